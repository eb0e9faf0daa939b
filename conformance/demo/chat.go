package demo

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

func serveChat(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/chat/completions") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		writeJSON(w, map[string]any{"error": map[string]any{"message": "The demo answers chat completions alone.", "type": "invalid_request_error", "param": nil, "code": nil}})
		return
	}
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	q := readChat(body)
	a := q.answer()
	if !q.stream {
		w.Header().Set("Content-Type", "application/json")
		writeJSON(w, wholeChat(q, a))
		return
	}
	sse(r.Context(), w, "\n\n", chatChunks(q, a, body.Get("stream_options.include_usage").Bool()))
}

func readChat(body gjson.Result) question {
	q := question{
		model: body.Get("model").String(), stream: body.Get("stream").Bool(),
		tool: body.Get("tools.0.function.name").String(),
		json: strings.HasPrefix(body.Get("response_format.type").String(), "json"), thought: body.Get("reasoning_effort").Exists(),
	}
	for _, m := range body.Get("messages").Array() {
		content := m.Get("content")
		switch m.Get("role").String() {
		case "tool":
			q.result = content.String()
		case "user":
			q.result, q.media = "", nil
			q.text = content.String()
			if content.IsArray() {
				q.text = ""
				for _, p := range content.Array() {
					if kind := p.Get("type").String(); kind == "text" {
						q.text += p.Get("text").String()
					} else {
						q.media = append(q.media, chatMedia[kind])
					}
				}
			}
		}
	}
	return q
}

var chatMedia = map[string]string{"image_url": "an image", "input_audio": "a sound", "file": "a document", "video_url": "a film"}

func writeJSON(w http.ResponseWriter, v any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return // the client has left
	}
}

func compact(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "{}"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func chatUsage(a answer) map[string]any {
	out := len(pieces(a.text)) + len(a.args)/4 + 1
	return map[string]any{"prompt_tokens": 12, "completion_tokens": out, "total_tokens": 12 + out}
}

func wholeChat(q question, a answer) map[string]any {
	message := map[string]any{"role": "assistant", "content": a.text, "refusal": nil}
	finish := "stop"
	if a.thought != "" {
		message["reasoning_content"] = a.thought
	}
	if a.call != "" {
		finish, message["content"] = "tool_calls", nil
		message["tool_calls"] = []any{map[string]any{"id": "call_demo1", "type": "function", "function": map[string]any{"name": a.call, "arguments": a.args}}}
	}
	return map[string]any{
		"id": "chatcmpl-demo", "object": "chat.completion", "created": time.Now().Unix(), "model": q.model,
		"choices": []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}}, "usage": chatUsage(a),
	}
}

func chatChunks(q question, a answer, usage bool) []string {
	var out []string
	add := func(delta map[string]any, finish any) {
		out = append(out, compact(map[string]any{
			"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": time.Now().Unix(), "model": q.model,
			"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
		}))
	}
	add(map[string]any{"role": "assistant", "content": ""}, nil)
	for _, p := range pieces(a.thought) {
		add(map[string]any{"reasoning_content": p}, nil)
	}
	for _, p := range pieces(a.text) {
		add(map[string]any{"content": p}, nil)
	}
	finish := "stop"
	if a.call != "" {
		finish = "tool_calls"
		add(map[string]any{"tool_calls": []any{map[string]any{"index": 0, "id": "call_demo1", "type": "function", "function": map[string]any{"name": a.call, "arguments": ""}}}}, nil)
		half := len(a.args) / 2
		for _, p := range []string{a.args[:half], a.args[half:]} {
			add(map[string]any{"tool_calls": []any{map[string]any{"index": 0, "function": map[string]any{"arguments": p}}}}, nil)
		}
	}
	add(map[string]any{}, finish)
	if usage {
		out = append(out, compact(map[string]any{"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": time.Now().Unix(), "model": q.model, "choices": []any{}, "usage": chatUsage(a)}))
	}
	return append(out, "[DONE]")
}
