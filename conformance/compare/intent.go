package compare

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"louter/conformance/scenario"
)

// Intent is what a request asks for, in neither dialect. Items are words that
// can be compared: "text …", "call NAME ARGS", "result …", "media DIGEST".
type Intent struct {
	System string
	Turns  []Turn
	// Tools in their order.
	Tools []Tool
	// Schema says whether structured output is wanted.
	Schema bool
	// Limits are those that both dialects have, where they are set, by name.
	Limits map[string]string
}

// Turn is one side's speech; what the same side says next belongs to it. An
// empty text says nothing, not even a turn: some gateways put one where a
// backend wants a turn, others leave it out.
type Turn struct {
	Speaker string // user or model
	Items   []string
}

// Mean reads a request of a dialect.
func Mean(dialect string, body []byte) Intent {
	i := &Intent{Limits: map[string]string{}}
	if dialect == scenario.Gemini {
		i.gemini(gjson.ParseBytes(spell(body)))
	} else {
		i.chat(gjson.ParseBytes(body))
	}
	// How several instructions are set apart is the gateway's.
	i.System = strings.Join(strings.FieldsFunc(i.System, func(r rune) bool { return r == '\n' }), "\n")
	for n := range i.Turns {
		i.Turns[n].settle()
	}
	return *i
}

// settle makes turns comparable that say the same in other pieces: texts that
// follow each other are one, without the line ends that may have been put
// between them, and results of several calls come in any order, since each
// names its call.
func (t *Turn) settle() {
	var out []string
	for _, item := range t.Items {
		text, isText := strings.CutPrefix(item, "text ")
		if n := len(out); isText && n > 0 && strings.HasPrefix(out[n-1], "text ") {
			out[n-1] += text
			continue
		}
		out = append(out, item)
	}
	for n, item := range out {
		if strings.HasPrefix(item, "text ") {
			out[n] = strings.ReplaceAll(item, "\n", "")
		}
	}
	for from := 0; from < len(out); from++ {
		to := from
		for to < len(out) && strings.HasPrefix(out[to], "result ") {
			to++
		}
		slices.Sort(out[from:to])
		from = max(from, to)
	}
	t.Items = out
}

func (i *Intent) add(speaker, item string) {
	if item == "text " {
		return
	}
	if n := len(i.Turns); n == 0 || i.Turns[n-1].Speaker != speaker {
		i.Turns = append(i.Turns, Turn{Speaker: speaker})
	}
	t := &i.Turns[len(i.Turns)-1]
	t.Items = append(t.Items, item)
}

func (i *Intent) limit(name string, v gjson.Result) {
	if v.Exists() && v.Type != gjson.Null {
		i.Limits[name] = fmt.Sprint(v.Value())
	}
}

// stops takes one or several words at which the answer ends.
func (i *Intent) stops(v gjson.Result) {
	var words []string
	for _, s := range v.Array() {
		words = append(words, s.String())
	}
	if len(words) > 0 {
		slices.Sort(words)
		i.Limits["stop"] = fmt.Sprintf("%q", words)
	}
}

func (i *Intent) gemini(d gjson.Result) {
	for _, p := range d.Get("systemInstruction.parts").Array() {
		i.System += p.Get("text").String() + "\n"
	}
	for _, content := range d.Get("contents").Array() {
		speaker := "user"
		if content.Get("role").String() == "model" {
			speaker = "model"
		}
		for _, p := range content.Get("parts").Array() {
			i.add(speaker, geminiItem(p))
			for _, inner := range p.Get("functionResponse.parts").Array() {
				i.add(speaker, geminiItem(inner))
			}
		}
	}
	for _, t := range d.Get("tools").Array() { // one object stands for a list of one
		for _, f := range t.Get("functionDeclarations").Array() {
			i.Tools = append(i.Tools, toolOf(f.Get("name").String(), first(f, "parameters", "parametersJsonSchema")))
		}
	}
	g := d.Get("generationConfig")
	i.Schema = first(g, "responseSchema", "responseJsonSchema").Exists()
	i.limit("max tokens", g.Get("maxOutputTokens"))
	i.limit("temperature", g.Get("temperature"))
	i.limit("top p", g.Get("topP"))
	i.stops(g.Get("stopSequences"))
}

func geminiItem(p gjson.Result) string {
	switch {
	case p.Get("functionCall").Exists():
		return "call " + p.Get("functionCall.name").String() + " " + Canonical(p.Get("functionCall.args").Raw)
	case p.Get("functionResponse").Exists():
		r := p.Get("functionResponse.response")
		if m := r.Map(); len(m) == 1 {
			for _, key := range []string{"output", "result", "content"} {
				if v, ok := m[key]; ok {
					return "result " + Canonical(v.String())
				}
			}
		}
		return "result " + Canonical(r.Raw)
	case p.Get("inlineData").Exists():
		return mediaItem(p.Get("inlineData.mimeType").String(), p.Get("inlineData.data").String())
	case p.Get("fileData").Exists():
		return "media " + p.Get("fileData.fileUri").String()
	}
	return "text " + p.Get("text").String()
}

func (i *Intent) chat(d gjson.Result) {
	for _, m := range d.Get("messages").Array() {
		switch role := m.Get("role").String(); role {
		case "system", "developer":
			i.System += text(m.Get("content")) + "\n"
		case "tool", "function":
			i.add("user", "result "+Canonical(text(m.Get("content"))))
		default:
			i.message(map[bool]string{true: "model", false: "user"}[role == "assistant"], m)
		}
	}
	for _, t := range d.Get("tools").Array() {
		if f := t.Get("function"); f.Exists() {
			i.Tools = append(i.Tools, toolOf(f.Get("name").String(), f.Get("parameters")))
		}
	}
	for _, f := range d.Get("functions").Array() { // the older form of tools
		i.Tools = append(i.Tools, toolOf(f.Get("name").String(), f.Get("parameters")))
	}
	i.Schema = d.Get("response_format.type").String() == "json_schema"
	i.limit("max tokens", first(d, "max_completion_tokens", "max_tokens"))
	i.limit("temperature", d.Get("temperature"))
	i.limit("top p", d.Get("top_p"))
	i.stops(d.Get("stop"))
}

func (i *Intent) message(speaker string, m gjson.Result) {
	content := m.Get("content")
	if content.Type == gjson.String && content.String() != "" {
		i.add(speaker, "text "+content.String())
	}
	if content.IsArray() {
		for _, p := range content.Array() {
			i.add(speaker, chatItem(p))
		}
	}
	for _, f := range append(m.Get("tool_calls.#.function").Array(), m.Get("function_call")) {
		if f.Get("name").Exists() {
			i.add(speaker, "call "+f.Get("name").String()+" "+Canonical(f.Get("arguments").String()))
		}
	}
}

func chatItem(p gjson.Result) string {
	switch p.Get("type").String() {
	case "image_url", "video_url", "audio_url":
		return "media " + digestURL(p.Get(p.Get("type").String()+".url").String())
	case "input_audio":
		return "media " + digest(p.Get("input_audio.data").String())
	case "file":
		if data := p.Get("file.file_data").String(); data != "" {
			kind, inner, isURL := strings.Cut(strings.TrimPrefix(data, "data:"), ";base64,")
			if !isURL {
				kind, inner = "", data
			}
			return mediaItem(kind, inner)
		}
		return "media " + p.Get("file.file_id").String()
	case "refusal":
		return "text " + p.Get("refusal").String()
	}
	return "text " + p.Get("text").String()
}

// mediaItem is the text of a file that is one: a backend without a place for
// files may be told it as text.
func mediaItem(kind, data string) string {
	if raw, err := base64.StdEncoding.DecodeString(data); err == nil && strings.HasPrefix(kind, "text/") {
		return "text " + string(raw)
	}
	return "media " + digest(data)
}

func text(content gjson.Result) string {
	if !content.IsArray() {
		return content.String()
	}
	var parts []string
	for _, p := range content.Array() {
		parts = append(parts, p.Get("text").String())
	}
	return strings.Join(parts, "\n")
}

func first(d gjson.Result, paths ...string) gjson.Result {
	for _, p := range paths {
		if v := d.Get(p); v.Exists() && v.Type != gjson.Null {
			return v
		}
	}
	return gjson.Result{}
}

// DiffIntent says what the arrived request asks for otherwise than the
// client did.
func DiffIntent(want, got Intent) []Problem {
	var d differences
	d.say(KindIntent, "system instruction", want.System, got.System)
	d.say(KindIntent, "number of turns", len(want.Turns), len(got.Turns))
	for i := range min(len(want.Turns), len(got.Turns)) {
		d.say(KindIntent, fmt.Sprintf("turn %d", i), want.Turns[i], got.Turns[i])
	}
	d.tools(want.Tools, got.Tools)
	d.say(KindIntent, "structured output", want.Schema, got.Schema)
	for _, name := range []string{"max tokens", "temperature", "top p", "stop"} {
		d.say(KindIntent, name, want.Limits[name], got.Limits[name])
	}
	return d
}
