import json

import openai

from talk import INSTRUCTIONS, Failure, Got, Person, URL, Usage, get_weather


def _usage(u):
    return u and Usage(
        input=u.prompt_tokens, output=u.completion_tokens, total=u.total_tokens,
        cached=u.prompt_tokens_details.cached_tokens, reasoning=u.completion_tokens_details.reasoning_tokens)


def _part(file):
    return {
        "image/png": lambda: {"type": "image_url", "image_url": {"url": file.data_url}},
        "application/pdf": lambda: {"type": "file", "file": {"filename": file.name, "file_data": file.data_url}},
        "audio/wav": lambda: {"type": "input_audio", "input_audio": {"data": file.base64, "format": "wav"}},
    }[file.type]()


def _messages(question, file=None):
    content = [{"type": "text", "text": question}, _part(file)] if file else question
    return [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": content}]


def _thinking(model, think):
    if not think:
        return {}
    # Google shows thoughts to those clients alone who ask so; extra_body is
    # the SDK's own name for more members of the body.
    show = {"extra_body": {"google": {"thinking_config": {"include_thoughts": True}}}}
    return {"reasoning_effort": "high", "extra_body": show if model.endswith("gemini") else {}}


_weather = {"type": "function", "function": {
    "name": "get_weather", "description": get_weather.__doc__, "strict": True, "parameters": {
        "type": "object", "required": ["city"], "additionalProperties": False, "properties": {"city": {"type": "string"}}}}}


class Client:
    name, package, front = "openai", "openai", "openai"
    error = openai.APIStatusError
    broken = openai.APIError

    def __init__(self):
        self.completions = openai.OpenAI(api_key="any", base_url=f"{URL}/v1", max_retries=0).chat.completions

    def answer(self, model, question, file=None, think=False):
        resp = self.completions.create(model=model, messages=_messages(question, file), **_thinking(model, think))
        choice = resp.choices[0]
        thought = getattr(choice.message, "reasoning_content", "")
        return Got(text=choice.message.content, thought=thought, finish=choice.finish_reason, usage=_usage(resp.usage))

    def stream(self, model, question):
        got = Got()
        stream = self.completions.create(
            model=model, messages=_messages(question), stream=True, stream_options={"include_usage": True})
        for chunk in stream:
            got.usage = _usage(chunk.usage) or got.usage
            for choice in chunk.choices:
                got.pieces.append(choice.delta.content or "")
                got.finish = choice.finish_reason or got.finish
        got.text = "".join(got.pieces)
        return got

    def _loop(self, ask, question):
        messages = _messages(question)
        said = ask(messages)
        # The SDK's own object would send parsed_arguments, which is not OpenAI's.
        calls = [call.model_dump(include={"id": True, "type": True, "function": {"name", "arguments"}}) for call in said.tool_calls]
        messages.append({"role": "assistant", "tool_calls": calls})
        got = Got()
        for call in said.tool_calls:
            args = json.loads(call.function.arguments)
            got.calls.append((call.function.name, args))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": get_weather(**args)})
        got.text = ask(messages).content
        return got

    def tools(self, model, question, think=False):
        def ask(messages):
            resp = self.completions.create(model=model, messages=messages, tools=[_weather], **_thinking(model, think))
            return resp.choices[0].message

        return self._loop(ask, question)

    def stream_tools(self, model, question, think=False):
        def ask(messages):
            settings = {"model": model, "messages": messages, "tools": [_weather], **_thinking(model, think)}
            with self.completions.stream(**settings) as stream:
                return stream.get_final_completion().choices[0].message

        return self._loop(ask, question)

    def settings(self, model, question, limits):
        resp = self.completions.create(
            model=model, messages=_messages(question), temperature=limits.temperature, top_p=limits.top_p,
            max_completion_tokens=limits.max, stop=limits.stop, seed=limits.seed)
        return resp.choices[0].message.content

    def structured(self, model, question):
        resp = self.completions.parse(model=model, messages=_messages(question), response_format=Person)
        return resp.choices[0].message.parsed

    def stream_structured(self, model, question):
        with self.completions.stream(model=model, messages=_messages(question), response_format=Person) as stream:
            return stream.get_final_completion().choices[0].message.parsed

    def failure(self, error):
        return Failure(status=error.status_code, kind=error.code, message=error.message)
