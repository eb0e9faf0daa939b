package demo

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

func serveGemini(w http.ResponseWriter, r *http.Request) {
	name, action, _ := strings.Cut(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], ":")
	if r.Method != http.MethodPost || action != "generateContent" && action != "streamGenerateContent" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		writeJSON(w, map[string]any{"error": map[string]any{"code": 404, "message": "The demo generates content alone.", "status": "NOT_FOUND"}})
		return
	}
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	q := readGemini(body)
	q.model = name
	a := q.answer()
	chunks := geminiChunks(q, a)
	switch {
	case action == "generateContent":
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		writeJSON(w, geminiChunk(q, geminiParts(a), "STOP", a))
	case r.URL.Query().Get("alt") == "sse":
		sse(r.Context(), w, "\r\n\r\n", chunks)
	default:
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		raw := make([]json.RawMessage, len(chunks))
		for i, c := range chunks {
			raw[i] = json.RawMessage(c)
		}
		writeJSON(w, raw)
	}
}

func readGemini(body gjson.Result) question {
	q := question{
		tool:    body.Get("tools.0.functionDeclarations.0.name").String(),
		json:    body.Get("generationConfig.responseMimeType").String() == "application/json",
		thought: body.Get("generationConfig.thinkingConfig.includeThoughts").Bool(),
	}
	for _, c := range body.Get("contents").Array() {
		if c.Get("role").String() == "model" {
			continue
		}
		q.result, q.media, q.text = "", nil, ""
		for _, p := range c.Get("parts").Array() {
			switch {
			case p.Get("functionResponse").Exists():
				q.result = p.Get("functionResponse.response").Raw
			case p.Get("text").Exists():
				q.text += p.Get("text").String()
			case p.Get("inlineData").Exists(), p.Get("fileData").Exists():
				mimeType := p.Get("inlineData.mimeType").String() + p.Get("fileData.mimeType").String()
				q.media = append(q.media, "media of type "+mimeType)
			}
		}
	}
	return q
}

func geminiParts(a answer) []any {
	var parts []any
	if a.thought != "" {
		parts = append(parts, map[string]any{"text": a.thought, "thought": true})
	}
	if a.call != "" {
		return append(parts, map[string]any{
			"functionCall":     map[string]any{"name": a.call, "args": json.RawMessage(a.args)},
			"thoughtSignature": "ZGVtbyBzaWduYXR1cmU=",
		})
	}
	return append(parts, map[string]any{"text": a.text})
}

func geminiChunk(q question, parts []any, finish string, a answer) map[string]any {
	candidate := map[string]any{"content": map[string]any{"role": "model", "parts": parts}, "index": 0}
	out := map[string]any{"candidates": []any{candidate}, "modelVersion": q.model, "responseId": "demo"}
	if finish != "" {
		said := len(pieces(a.text)) + len(a.args)/4 + 1
		candidate["finishReason"] = finish
		out["usageMetadata"] = map[string]any{"promptTokenCount": 12, "candidatesTokenCount": said, "totalTokenCount": 12 + said}
	}
	return out
}

func geminiChunks(q question, a answer) []string {
	var out []string
	for _, p := range pieces(a.thought) {
		out = append(out, compact(geminiChunk(q, []any{map[string]any{"text": p, "thought": true}}, "", a)))
	}
	if a.call != "" {
		a.thought = ""
		return append(out, compact(geminiChunk(q, geminiParts(a), "STOP", a)))
	}
	words := pieces(a.text)
	for i, p := range words {
		finish := ""
		if i == len(words)-1 {
			finish = "STOP"
		}
		out = append(out, compact(geminiChunk(q, []any{map[string]any{"text": p}}, finish, a)))
	}
	return out
}
