package fidelity

import "fmt"

// answer is one answer of a backend, whole and in the pieces of a stream.
type answer struct {
	whole  object
	chunks []any
}

// pieces cuts a text at random places between characters.
func (d *drawing) pieces(text string) []string {
	letters := []rune(text)
	var out []string
	for len(letters) > 0 {
		n := d.count("piece", 1, len(letters))
		out = append(out, string(letters[:n]))
		letters = letters[n:]
	}
	return out
}

// counts draws usage: cached tokens are a part of the input, thoughts of the output.
func (d *drawing) counts() (input, output, cached, thoughts int) {
	input, output = d.count("input", 1, 1000), d.count("output", 1, 1000)
	return input, output, d.count("cached", 0, input), d.count("thoughts", 0, output-1)
}

// chatAnswer draws what a Chat Completions backend says.
func chatAnswer(d *drawing) answer {
	head := object{"id": "r1", "object": "chat.completion", "created": 1700000000, "model": "m"}
	var choices []object
	a := answer{}
	chunk := func(choices []object, usage object) {
		c := object{"id": "r1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m", "choices": choices}
		if usage != nil {
			c["usage"] = usage
		}
		a.chunks = append(a.chunks, c)
	}
	for i := range d.count("choices", 1, 2) {
		message := object{"role": "assistant", "content": nil}
		say := func(delta object) { chunk([]object{{"index": i, "delta": delta}}, nil) }
		say(object{"role": "assistant"})
		finish := d.oneOf("finish", "stop", "length", "content_filter")
		for _, member := range []string{"reasoning_content", "content"} {
			if !d.yes(member) {
				continue
			}
			text := d.mark(member)
			message[member] = text
			for _, piece := range d.pieces(text) {
				say(object{member: piece})
			}
		}
		var calls []object
		for j := range d.count("calls", 0, 2) {
			id, name, args := fmt.Sprintf("call%d_%d", i, j), "f0", text(d.args())
			calls = append(calls, object{"id": id, "type": "function", "function": object{"name": name, "arguments": args}})
			say(object{"tool_calls": []object{{"index": j, "id": id, "type": "function", "function": object{"name": name, "arguments": ""}}}})
			for _, piece := range d.pieces(args) {
				say(object{"tool_calls": []object{{"index": j, "function": object{"arguments": piece}}}})
			}
		}
		if calls != nil {
			message["tool_calls"], finish = calls, "tool_calls"
		}
		choices = append(choices, object{"index": i, "message": message, "finish_reason": finish})
		chunk([]object{{"index": i, "delta": object{}, "finish_reason": finish}}, nil)
	}
	input, output, cached, thoughts := d.counts()
	usage := object{"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
		"prompt_tokens_details": object{"cached_tokens": cached}, "completion_tokens_details": object{"reasoning_tokens": thoughts}}
	chunk([]object{}, usage)
	head["choices"], head["usage"] = choices, usage
	a.whole = head
	return a
}

// geminiAnswer draws what a Gemini backend says.
func geminiAnswer(d *drawing) answer {
	var candidates []object
	a := answer{}
	chunk := func(candidate object) object {
		c := object{"responseId": "r1", "modelVersion": "m", "candidates": []object{candidate}}
		a.chunks = append(a.chunks, c)
		return c
	}
	for i := range d.count("candidates", 1, 2) {
		var parts []object
		say := func(part object) {
			chunk(object{"index": i, "content": object{"role": "model", "parts": []object{part}}})
		}
		if d.yes("thought") {
			text := d.mark("thought")
			parts = append(parts, object{"text": text, "thought": true})
			for _, piece := range d.pieces(text) {
				say(object{"text": piece, "thought": true})
			}
		}
		if d.yes("said") {
			text := d.mark("said")
			parts = append(parts, object{"text": text})
			for _, piece := range d.pieces(text) {
				say(object{"text": piece})
			}
		}
		for j := range d.count("calls", 0, 2) {
			call := object{"functionCall": object{"id": fmt.Sprintf("call%d_%d", i, j), "name": "f0", "args": d.args()}}
			parts = append(parts, call)
			say(call)
		}
		finish := d.oneOf("finish", "STOP", "MAX_TOKENS", "SAFETY")
		candidates = append(candidates, object{"index": i, "content": object{"role": "model", "parts": parts}, "finishReason": finish})
		chunk(object{"index": i, "finishReason": finish})
	}
	input, output, cached, thoughts := d.counts()
	usage := object{"promptTokenCount": input, "candidatesTokenCount": output - thoughts, "thoughtsTokenCount": thoughts,
		"cachedContentTokenCount": cached, "totalTokenCount": input + output}
	a.whole = object{"responseId": "r1", "modelVersion": "m", "candidates": candidates, "usageMetadata": usage}
	a.chunks[len(a.chunks)-1].(object)["usageMetadata"] = usage
	return a
}
