package fidelity

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"pgregory.net/rapid"
)

type object = map[string]any

// drawing draws requests in which every text holds a mark of its own, so that
// it can be found again.
type drawing struct {
	*rapid.T
	marks []string
	// plain leaves out what only one dialect has, so that the whole means the
	// same in both.
	plain bool
}

// mark gives a new text.
func (d *drawing) mark(label string) string {
	mark := fmt.Sprintf("mark%dx", len(d.marks))
	d.marks = append(d.marks, mark)
	return mark + d.oneOf(label, "", " ä€𝄞", ` "quoted\`, " <b>&amp;", "\ttab")
}

func (d *drawing) oneOf(label string, words ...string) string {
	return rapid.SampledFrom(words).Draw(d.T, label)
}

func (d *drawing) yes(label string) bool { return rapid.Bool().Draw(d.T, label) }

func (d *drawing) count(label string, least, most int) int {
	return rapid.IntRange(least, most).Draw(d.T, label)
}

func (d *drawing) data(label string) string {
	return base64.StdEncoding.EncodeToString([]byte(d.mark(label)))
}

// schema is an object's, in the spelling of JSON Schema.
func (d *drawing) schema() object {
	return object{"type": "object", "required": []string{"a"}, "properties": object{
		"a": object{"type": "string", "description": d.mark("schema")},
		"b": object{"type": "array", "items": object{"type": "integer"}},
		"c": object{"anyOf": []object{{"type": "string"}, {"type": "number"}}},
	}}
}

func (d *drawing) args() object {
	args := object{}
	for i := range d.count("arguments", 0, 3) {
		args[fmt.Sprintf("k%d", i)] = d.mark("argument")
	}
	return args
}

// dialect writes one conversation; the two of this package differ in
// spelling alone.
type dialect interface {
	user(d *drawing) object
	// step is what the model says and, where it calls, the results.
	step(d *drawing, calls []string) []object
	request(d *drawing, turns []object) object
}

func (d *drawing) conversation(in dialect) object {
	var turns []object
	for range d.count("exchanges", 1, 3) {
		turns = append(turns, in.user(d))
		var calls []string
		for range d.count("calls", 0, 3) {
			calls = append(calls, fmt.Sprintf("call%d", len(d.marks)+len(calls)))
		}
		turns = append(turns, in.step(d, calls)...)
	}
	return in.request(d, append(turns, in.user(d)))
}

// chatDialect writes Chat Completions requests.
type chatDialect struct{}

func (chatDialect) user(d *drawing) object {
	m := object{"role": "user"}
	if !d.yes("parts") {
		m["content"] = d.mark("question")
	} else {
		parts := []object{{"type": "text", "text": d.mark("part")}}
		if d.yes("picture") {
			parts = append(parts, object{"type": "image_url", "image_url": object{"url": "data:image/png;base64," + d.data("picture")}})
		}
		if d.yes("sound") {
			parts = append(parts, object{"type": "input_audio", "input_audio": object{"data": d.data("sound"), "format": "wav"}})
		}
		m["content"] = parts
	}
	if !d.plain && d.yes("named") {
		m["name"] = d.mark("name")
	}
	return m
}

func (chatDialect) step(d *drawing, calls []string) []object {
	said := object{"role": "assistant"}
	if len(calls) == 0 || d.yes("words beside calls") {
		said["content"] = d.mark("answer")
	}
	if !d.plain && d.yes("thoughts") {
		said["reasoning_content"] = d.mark("thought")
	}
	turns := []object{said}
	var list []object
	for _, id := range calls {
		list = append(list, object{"id": id, "type": "function", "function": object{"name": d.oneOf("function", "f0", "f1"), "arguments": text(d.args())}})
		result := object{"role": "tool", "tool_call_id": id}
		switch d.oneOf("form", "text", "object", "parts") {
		case "text":
			result["content"] = d.mark("result")
		case "object":
			result["content"] = text(object{"r": d.mark("result"), "n": []int{1, 2}})
		case "parts":
			result["content"] = []object{{"type": "text", "text": d.mark("result")}}
		}
		turns = append(turns, result)
	}
	if list != nil {
		said["tool_calls"] = list
		turns = append(turns, object{"role": "assistant", "content": d.mark("answer")})
	}
	return turns
}

func (chatDialect) request(d *drawing, turns []object) object {
	if d.yes("instructed") {
		turns = append([]object{{"role": d.oneOf("role", "system", "developer"), "content": d.mark("instruction")}}, turns...)
	}
	body := object{"model": "m", "messages": turns, "temperature": 0.5, "top_p": 0.25, "max_completion_tokens": 100, "stop": []string{d.mark("stop")}}
	var tools []object
	for i := range d.count("tools", 0, 2) {
		f := object{"name": fmt.Sprintf("f%d", i), "description": d.mark("description"), "parameters": d.schema()}
		if !d.plain && d.yes("strict") {
			f["strict"] = true
		}
		tools = append(tools, object{"type": "function", "function": f})
	}
	if tools != nil {
		body["tools"], body["tool_choice"] = tools, d.oneOf("choice", "auto", "none", "required")
	}
	if tools == nil && d.yes("structured") { // few Gemini models take both
		body["response_format"] = object{"type": "json_schema", "json_schema": object{"name": "answer", "schema": d.schema()}}
	}
	if !d.plain {
		body["user"], body["metadata"] = d.mark("user"), object{"k": d.mark("label")}
		body["prediction"] = object{"type": "content", "content": d.mark("prediction")}
		body["made_up"] = d.mark("unknown")
	}
	return body
}

// geminiDialect writes generateContent requests.
type geminiDialect struct{}

func (geminiDialect) user(d *drawing) object {
	parts := []object{{"text": d.mark("question")}}
	if d.yes("picture") {
		parts = append(parts, object{"inlineData": object{"mimeType": "image/png", "data": d.data("picture")}})
	}
	if d.yes("sound") {
		parts = append(parts, object{"inlineData": object{"mimeType": "audio/wav", "data": d.data("sound")}})
	}
	if !d.plain && d.yes("extras") {
		parts[0]["partMetadata"] = object{"k": d.mark("metadata")}
	}
	return object{"role": "user", "parts": parts}
}

func (geminiDialect) step(d *drawing, calls []string) []object {
	var said, results []object
	if !d.plain && d.yes("thoughts") {
		said = append(said, object{"text": d.mark("thought"), "thought": true})
	}
	if len(calls) == 0 || d.yes("words beside calls") {
		said = append(said, object{"text": d.mark("answer")})
	}
	for _, id := range calls {
		name := d.oneOf("function", "f0", "f1")
		response := object{"result": d.mark("result")}
		if d.yes("other form") {
			response["n"] = []int{1, 2}
		}
		said = append(said, object{"functionCall": object{"id": id, "name": name, "args": d.args()}})
		results = append(results, object{"functionResponse": object{"id": id, "name": name, "response": response}})
	}
	turns := []object{{"role": "model", "parts": said}}
	if results != nil {
		turns = append(turns, object{"role": "user", "parts": results}, object{"role": "model", "parts": []object{{"text": d.mark("answer")}}})
	}
	return turns
}

func (geminiDialect) request(d *drawing, turns []object) object {
	config := object{"temperature": 0.5, "topP": 0.25, "maxOutputTokens": 100, "stopSequences": []string{d.mark("stop")}}
	body := object{"contents": turns, "generationConfig": config}
	if d.yes("instructed") {
		body["systemInstruction"] = object{"parts": []object{{"text": d.mark("instruction")}}}
	}
	var functions []object
	for i := range d.count("tools", 0, 2) {
		functions = append(functions, object{"name": fmt.Sprintf("f%d", i), "description": d.mark("description"), "parametersJsonSchema": d.schema()})
	}
	if functions != nil {
		body["tools"] = []object{{"functionDeclarations": functions}}
		body["toolConfig"] = object{"functionCallingConfig": object{"mode": d.oneOf("mode", "AUTO", "NONE", "ANY", "VALIDATED")}}
	}
	if functions == nil && d.yes("structured") {
		config["responseMimeType"], config["responseJsonSchema"] = "application/json", d.schema()
	}
	if !d.plain {
		body["labels"] = object{"k": d.mark("label")}
		config["translationConfig"] = object{"k": d.mark("config")}
		body["madeUp"] = d.mark("unknown")
	}
	return body
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // the drawn values are strings and numbers
	}
	return string(out)
}
