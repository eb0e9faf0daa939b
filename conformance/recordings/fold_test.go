package recordings_test

import (
	"bytes"
	"sort"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// folded is the meaning of an answer, in neither dialect.
type folded struct {
	text, thoughts, refusal string
	calls                   []string // name(args), sorted keys
	finish                  string
	input, output           int64
	failed                  string
}

// payloads gives the JSON documents of an answer: one, or those of a stream.
func payloads(body []byte) []gjson.Result {
	trimmed := bytes.TrimSpace(body)
	if bytes.HasPrefix(trimmed, []byte("{")) {
		return []gjson.Result{gjson.ParseBytes(trimmed)}
	}
	var out []gjson.Result
	for _, line := range strings.Split(string(body), "\n") {
		data, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "data:")
		if data = strings.TrimSpace(data); ok && data != "[DONE]" {
			out = append(out, gjson.Parse(data))
		}
	}
	return out
}

func foldChat(body []byte) folded {
	var f folded
	names, args := map[int64]string{}, map[int64]string{}
	for _, p := range payloads(body) {
		f.failed += p.Get("error.message").String()
		choice := p.Get("choices.0")
		for _, field := range []string{"message", "delta"} {
			m := choice.Get(field)
			if content := m.Get("content"); content.IsArray() {
				for _, part := range content.Array() {
					f.text += part.Get("text").String()
				}
			} else {
				f.text += content.String()
			}
			thought := m.Get("reasoning_content").String()
			if thought == "" {
				thought = m.Get("reasoning").String()
			}
			f.thoughts += thought
			f.refusal += m.Get("refusal").String()
			for i, c := range m.Get("tool_calls").Array() {
				n := int64(i)
				if index := c.Get("index"); index.Exists() {
					n = index.Int()
				}
				names[n] += c.Get("function.name").String()
				args[n] += c.Get("function.arguments").String()
			}
		}
		if reason := choice.Get("finish_reason").String(); reason != "" {
			f.finish = reason
		}
		usage := p.Get("usage")
		if !usage.IsObject() {
			usage = p.Get("x_groq.usage")
		}
		if usage.IsObject() {
			f.input, f.output = usage.Get("prompt_tokens").Int(), usage.Get("completion_tokens").Int()
		}
	}
	for n := int64(0); n < int64(len(names)); n++ {
		f.calls = append(f.calls, names[n]+canonical(args[n]))
	}
	return f
}

func foldGemini(body []byte) folded {
	var f folded
	for _, p := range payloads(body) {
		f.failed += p.Get("error.message").String()
		candidate := p.Get("candidates.0")
		for _, part := range candidate.Get("content.parts").Array() {
			switch {
			case part.Get("functionCall").Exists():
				f.addCall(part.Get("functionCall"))
			case part.Get("thought").Bool():
				f.thoughts += part.Get("text").String()
			default:
				f.text += part.Get("text").String()
			}
		}
		if reason := candidate.Get("finishReason").String(); reason != "" {
			f.finish = map[string]string{"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter"}[reason]
		}
		if u := p.Get("usageMetadata"); u.Get("promptTokenCount").Exists() {
			f.input = u.Get("promptTokenCount").Int() + u.Get("toolUsePromptTokenCount").Int()
			f.output = u.Get("candidatesTokenCount").Int() + u.Get("thoughtsTokenCount").Int()
		}
	}
	if f.finish == "stop" && len(f.calls) > 0 {
		f.finish = "tool_calls"
	}
	return f
}

// addCall takes a whole call, or a piece of one whose arguments are streamed:
// a piece without a name belongs to the call before it. The recordings stream
// strings of the first level alone.
func (f *folded) addCall(c gjson.Result) {
	if name := c.Get("name").String(); name != "" {
		args := c.Get("args").Raw
		if args == "" {
			args = "{}"
		}
		f.calls = append(f.calls, name+canonical(args))
		return
	}
	for _, piece := range c.Get("partialArgs").Array() {
		last := len(f.calls) - 1
		name, args, _ := strings.Cut(f.calls[last], "{")
		key := strings.TrimPrefix(piece.Get("jsonPath").String(), "$.")
		value := gjson.Get("{"+args, key).String() + piece.Get("stringValue").String()
		f.calls[last] = name + "{" + strconv.Quote(key) + ":" + strconv.Quote(value) + "}"
	}
}

// canonical writes JSON with sorted keys and no space.
func canonical(text string) string {
	v := gjson.Parse(text)
	if !v.IsObject() || !gjson.Valid(text) {
		return text
	}
	var members []string
	v.ForEach(func(key, value gjson.Result) bool {
		members = append(members, key.Raw+":"+canonical(value.Raw))
		return true
	})
	sort.Strings(members)
	return "{" + strings.Join(members, ",") + "}"
}
