from google import genai
from google.genai import errors, types

from talk import INSTRUCTIONS, Failure, Got, Person, URL, Usage, get_weather


def _usage(u):
    return u and Usage(
        input=u.prompt_token_count, output=u.candidates_token_count + u.thoughts_token_count, total=u.total_token_count,
        cached=u.cached_content_token_count, reasoning=u.thoughts_token_count)


def _parts(resp):
    content = resp.candidates and resp.candidates[0].content
    return content.parts or [] if content else []


def _said(resp):
    return "".join(p.text for p in _parts(resp) if p.text and not p.thought)


def _finish(resp):
    reason = resp.candidates and resp.candidates[0].finish_reason
    return reason.name.lower() if reason else None


def _collect(stream):
    got = Got()
    for chunk in stream:
        got.pieces.append(_said(chunk))
        got.calls += [(c.name, c.args) for c in chunk.function_calls or []]
        got.finish = _finish(chunk) or got.finish
        got.usage = _usage(chunk.usage_metadata) or got.usage
    got.text = "".join(got.pieces)
    return got


def _contents(question, file):
    return [question, types.Part.from_bytes(data=file.content, mime_type=file.type)] if file else question


def _config(think, **more):
    if think:
        more["thinking_config"] = types.ThinkingConfig(include_thoughts=True, thinking_level=types.ThinkingLevel.HIGH)
    return types.GenerateContentConfig(**more)


_asked = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Person)


class Client:
    name, package, front = "google-genai", "google-genai", "gemini"
    error = errors.APIError
    # What the SDK raises for a stream that broke: the event that tells it.
    broken = errors.APIError

    def __init__(self):
        self.client = genai.Client(api_key="any", http_options=types.HttpOptions(base_url=URL))
        self.models = self.client.models

    def answer(self, model, question, file=None, think=False):
        resp = self.models.generate_content(model=model, contents=_contents(question, file), config=_config(think))
        thought = "".join(p.text for p in _parts(resp) if p.thought)
        return Got(text=_said(resp), thought=thought, finish=_finish(resp), usage=_usage(resp.usage_metadata))

    def stream(self, model, question):
        return _collect(self.models.generate_content_stream(model=model, contents=question))

    def tools(self, model, question, think=False):
        """The SDK's chat calls the Python function and asks again by itself."""
        chat = self.client.chats.create(model=model, config=_config(think, tools=[get_weather]))
        text = _said(chat.send_message(question))
        calls = [p.function_call for c in chat.get_history() for p in c.parts or [] if p.function_call]
        return Got(text=text, calls=[(c.name, c.args) for c in calls])

    def stream_tools(self, model, question, think=False):
        """The chat keeps each chunk of its history, signatures in it."""
        by_hand = types.AutomaticFunctionCallingConfig(disable=True)
        chat = self.client.chats.create(
            model=model, config=_config(think, tools=[get_weather], automatic_function_calling=by_hand))
        calls = _collect(chat.send_message_stream(question)).calls
        results = [
            types.Part.from_function_response(name=name, response={"output": get_weather(**args)}) for name, args in calls]
        return Got(text=_collect(chat.send_message_stream(results)).text, calls=calls)

    def settings(self, model, question, limits):
        config = types.GenerateContentConfig(
            system_instruction=INSTRUCTIONS, temperature=limits.temperature, top_p=limits.top_p,
            max_output_tokens=limits.max, stop_sequences=limits.stop, seed=limits.seed)
        return self.models.generate_content(model=model, contents=question, config=config).text

    def structured(self, model, question):
        return self.models.generate_content(model=model, contents=question, config=_asked).parsed

    def stream_structured(self, model, question):
        stream = self.models.generate_content_stream(model=model, contents=question, config=_asked)
        return Person.model_validate_json(_collect(stream).text)

    def failure(self, error):
        return Failure(status=error.code, kind=error.status, message=error.message)
