"""Each scenario drives one client through its own functions, described in
README.md, and says what must have come of it."""

import re
from dataclasses import replace

import talk
from talk import Failure


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, want {want!r}")


def answered(got):
    equal(got.text, talk.CAPITAL)
    equal(got.finish, "stop")
    equal(got.usage, talk.USAGE)


def text(client, model):
    answered(client.answer(model, talk.TEXT))


def text_streamed(client, model):
    got = client.stream(model, talk.TEXT)
    equal([p for p in got.pieces if p], talk.PIECES)
    answered(got)


def saw_results(got, cities):
    """The strict services say in the second turn what the calls of the first
    brought, so both were understood."""
    equal(got.calls, [("get_weather", {"city": city}) for city in cities])
    for city in cities:
        if not re.search(f"sunny in {city}", got.text):
            raise AssertionError(f"the result for {city} did not arrive: {got.text!r}")


def thinking(model):
    return model.replace("-on-", "-thinks-on-")


def thoughts(client, model):
    got = client.answer(thinking(model), talk.TEXT, think=True)
    equal(got.thought, talk.THOUGHT)
    answered(got)


def settings(client, model):
    got = client.settings(model, talk.SETTINGS, talk.LIMITS)
    equal(got, f'System: {talk.INSTRUCTIONS} Limits: temperature=0.5 top-p=0.9 max=100 stop=["END"] seed=7')


def seen(file):
    def scenario(client, model):
        got = client.answer(model, talk.MEDIA, file=file)
        equal(got.text, f"Seen: {file.type} of {len(file.content)} bytes")

    return scenario


def refused(ask, status, openai, gemini):
    def scenario(client, model):
        try:
            ask(client, model)
        except client.error as error:
            failure = client.failure(error)
        else:
            raise AssertionError("no error was told")
        kind = {"openai": openai, "gemini": gemini}[client.front]
        equal(replace(failure, message=""), Failure(status, kind, ""))
        if not failure.message:
            raise AssertionError("the error has no words")

    return scenario


def breaks_off(client, model):
    try:
        got = client.stream(model, talk.BROKEN)
    except client.broken:
        return
    raise AssertionError(f"a broken stream looks whole: {got!r}")


SCENARIOS = {
    "text": text,
    "text, streamed": text_streamed,
    "a tool over two turns": lambda c, m: saw_results(c.tools(m, talk.ONE_TOOL), ["Paris"]),
    "a tool over two turns, streamed": lambda c, m: saw_results(c.stream_tools(m, talk.ONE_TOOL), ["Paris"]),
    "parallel tools": lambda c, m: saw_results(c.tools(m, talk.TWO_TOOLS), ["Paris", "Tokyo"]),
    "parallel tools, streamed": lambda c, m: saw_results(c.stream_tools(m, talk.TWO_TOOLS), ["Paris", "Tokyo"]),
    "structured output": lambda c, m: equal(c.structured(m, talk.PERSON), talk.ADA),
    "structured output, streamed": lambda c, m: equal(c.stream_structured(m, talk.PERSON), talk.ADA),
    "thoughts": thoughts,
    "thoughts before a tool": lambda c, m: saw_results(c.tools(thinking(m), talk.ONE_TOOL, think=True), ["Paris"]),
    "thoughts before a tool, streamed": lambda c, m: saw_results(
        c.stream_tools(thinking(m), talk.ONE_TOOL, think=True), ["Paris"]),
    "instructions and limits": settings,
    "an image": seen(talk.IMAGE),
    "a PDF": seen(talk.PDF),
    "sound": seen(talk.SOUND),
    "error: rate limit": refused(
        lambda c, m: c.answer(m, talk.RATE_LIMIT), 429, "rate_limit_exceeded", "RESOURCE_EXHAUSTED"),
    "error: rate limit, streamed": refused(
        lambda c, m: c.stream(m, talk.RATE_LIMIT), 429, "rate_limit_exceeded", "RESOURCE_EXHAUSTED"),
    "error: too long": refused(
        lambda c, m: c.answer(m, talk.TOO_LONG), 400, "context_length_exceeded", "INVALID_ARGUMENT"),
    "error: unknown model": refused(
        lambda c, m: c.answer(m.replace("-on-", "-missing-on-"), talk.TEXT), 404, "model_not_found", "NOT_FOUND"),
    "error: the stream breaks off": breaks_off,
}
