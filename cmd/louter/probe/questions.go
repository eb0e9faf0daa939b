package probe

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/tidwall/gjson"
)

// question asks for one capability. It is put in Gemini's dialect, the one of
// the two that has a slot for each kind of media; on its way to the backend it
// is translated as any client's request is.
type question struct {
	capability string
	text       string
	media      string // a file of the conformance suite; "": none
	mime       string
	tool       bool
	// shown are words of which an answer that saw what it was asked has one.
	shown []string
}

// questions by capability, in the order of the table.
var questions = []question{
	{capability: "text", text: "What is the capital of France? Answer in one word.", shown: []string{"paris"}},
	{capability: "vision", text: "Which colour is this square? Answer in one word.", media: "red.png", mime: "image/png", shown: []string{"red"}},
	{capability: "audio", text: "Is this speech, music or a tone? Answer in one word.", media: "tone.wav", mime: "audio/wav",
		shown: []string{"tone", "beep", "sine"}},
	{capability: "video", text: "Which colour does this film show? Answer in one word.", media: "red.mp4", mime: "video/mp4", shown: []string{"red"}},
	{capability: "pdf", text: "Which words are on this page? Repeat them.", media: "page.pdf", mime: "application/pdf", shown: []string{"square"}},
	{capability: "function_calling", text: "What is the weather in Paris? Ask the function.", tool: true},
}

// maxOutput leaves room for a model that thinks before it says one word.
const maxOutput = 1024

const function = "get_weather"

// body is the request's.
func (q question) body(media fs.FS) ([]byte, error) {
	parts := []any{}
	if q.media != "" {
		data, err := fs.ReadFile(media, q.media)
		if err != nil {
			return nil, fmt.Errorf("media of the probe: %w", err)
		}
		parts = append(parts, map[string]any{"inlineData": map[string]any{"mimeType": q.mime, "data": base64.StdEncoding.EncodeToString(data)}})
	}
	parts = append(parts, map[string]any{"text": q.text})
	request := map[string]any{
		"contents":         []any{map[string]any{"role": "user", "parts": parts}},
		"generationConfig": map[string]any{"maxOutputTokens": maxOutput},
	}
	if q.tool {
		request["tools"] = []any{map[string]any{"functionDeclarations": []any{map[string]any{
			"name": function, "description": "Tells the weather of a city.",
			"parameters": map[string]any{"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}}, "required": []string{"city"}},
		}}}}
	}
	return json.Marshal(request)
}

// judge reads an answer with status 200.
func (q question) judge(body []byte) (Verdict, string) {
	candidate := gjson.GetBytes(body, "candidates.0")
	if !candidate.Exists() {
		return Fails, "the answer has no candidate: " + oneLine(gjson.GetBytes(body, "promptFeedback.blockReason").String())
	}
	said := ""
	for _, part := range candidate.Get("content.parts").Array() {
		if q.tool && part.Get("functionCall.name").String() == function {
			return Works, ""
		}
		if !part.Get("thought").Bool() {
			said += part.Get("text").String()
		}
	}
	switch {
	case q.tool:
		return Fails, "it called no function and said: " + oneLine(said)
	case said == "":
		return Fails, "the answer is empty; it ended with " + oneLine(candidate.Get("finishReason").String())
	}
	for _, word := range q.shown {
		if strings.Contains(strings.ToLower(said), word) {
			return Works, ""
		}
	}
	return Answers, "it said: " + oneLine(said)
}

// oneLine is text of a backend as a table can hold it.
func oneLine(text string) string {
	const longest = 120
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)), " ")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
