package strict

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"louter/gen/openai"
)

// NewChat starts the Chat Completions service.
func NewChat() (*Service, error) {
	spec, err := openai.GetSpec()
	if err != nil {
		return nil, err
	}
	s := &Service{}
	root := spec.Components.Schemas["ChatCompletionRequest"]
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.chat(w, r, root) }))
	return s, nil
}

func (s *Service) chat(w http.ResponseWriter, r *http.Request, root *openapi3.SchemaRef) {
	body, no := readChat(r, root)
	if no != nil {
		var param, code any
		if no.param != "" {
			param = no.param
		}
		if no.code != "" {
			code = no.code
		}
		kind := "invalid_request_error"
		if no.status == http.StatusTooManyRequests {
			kind = "rate_limit_exceeded"
			w.Header().Set("Retry-After", "7")
		}
		send(w, no.status, object("error", object("message", no.message, "type", kind, "param", param, "code", code)))
		return
	}
	s.accept(body)
	i := chatIntent(body)
	a := i.answer()
	if !i.stream {
		send(w, http.StatusOK, chatWhole(i, a))
		return
	}
	i.sendEvents(w, "\n\n", chatEvents(i, a, body.Get("stream_options.include_usage").Bool()), "data: [DONE]\n\n")
}

func readChat(r *http.Request, root *openapi3.SchemaRef) (gjson.Result, *refusal) {
	if r.Header.Get("Authorization") != "Bearer "+Key {
		return gjson.Result{}, &refusal{http.StatusUnauthorized, "Incorrect API key provided: strict-****.", "invalid_api_key", ""}
	}
	if r.Header.Get("X-Goog-Api-Key") != "" || r.URL.Query().Get("key") != "" {
		return gjson.Result{}, &refusal{http.StatusBadRequest, "Multiple authentication credentials received.", "", ""}
	}
	body, err := readJSON(r)
	if err != nil {
		return body, &refusal{http.StatusBadRequest, "We could not parse the JSON body of your request.", "", ""}
	}
	if path := unknownMember(withoutOwnThoughts(body), root, "", chatOpen); path != "" {
		return body, &refusal{http.StatusBadRequest, "Unrecognized request argument supplied: " + path, "unknown_parameter", path}
	}
	if no := checkChatModel(body); no != nil {
		return body, no
	}
	return body, checkChatMessages(body.Get("messages").Array())
}

// withoutOwnThoughts: who is told to think says reasoning_content, and takes it
// back from clients that repeat whatever they were told.
func withoutOwnThoughts(body gjson.Result) gjson.Result {
	raw := body.Raw
	for i, m := range body.Get("messages").Array() {
		if !m.Get("reasoning_content").Exists() || !body.Get("reasoning_effort").Exists() {
			continue
		}
		shorter, err := sjson.Delete(raw, fmt.Sprintf("messages.%d.reasoning_content", i))
		if err != nil {
			return body
		}
		raw = shorter
	}
	return gjson.Parse(raw)
}

// chatOpen are members whose inside is the client's own.
var chatOpen = map[string]bool{"parameters": true, "schema": true, "metadata": true, "logit_bias": true}

// unknownMember finds a member that the specification does not have, or has
// only as the field's practice. Unions and free objects are not looked into.
func unknownMember(v gjson.Result, ref *openapi3.SchemaRef, path string, open map[string]bool) (found string) {
	if ref == nil || ref.Value == nil {
		return ""
	}
	schema := ref.Value
	switch {
	case v.IsArray():
		items := schema.Items
		for _, one := range schema.OneOf { // string or array
			if one.Value != nil && one.Value.Items != nil {
				items = one.Value.Items
			}
		}
		for i, e := range v.Array() {
			if found = unknownMember(e, items, fmt.Sprintf("%s[%d]", path, i), open); found != "" {
				return found
			}
		}
	case v.IsObject() && len(schema.Properties) > 0:
		v.ForEach(func(key, value gjson.Result) bool {
			property := schema.Properties[key.Str]
			at := strings.TrimPrefix(path+"."+key.Str, ".")
			if property == nil || practice(property) {
				found = at
				return false
			}
			if !open[key.Str] {
				found = unknownMember(value, property, at, open)
			}
			return found == ""
		})
	}
	return found
}

func practice(ref *openapi3.SchemaRef) bool {
	return ref.Extensions["x-louter-practice"] == true || ref.Value != nil && ref.Value.Extensions["x-louter-practice"] == true
}

func checkChatModel(body gjson.Result) *refusal {
	model := body.Get("model").String()
	if model == "" {
		return &refusal{http.StatusBadRequest, "you must provide a model parameter", "", "model"}
	}
	if strings.HasPrefix(model, "missing") {
		return &refusal{http.StatusNotFound, "The model `" + model + "` does not exist or you do not have access to it.", "model_not_found", ""}
	}
	if strings.HasPrefix(model, "gpt-5") || strings.HasPrefix(model, "o3") {
		if body.Get("max_tokens").Exists() {
			return &refusal{http.StatusBadRequest, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "unsupported_parameter", "max_tokens"}
		}
		if t := body.Get("temperature"); t.Exists() && t.Num != 1 {
			return &refusal{http.StatusBadRequest, "Unsupported value: 'temperature' does not support this value with this model.", "unsupported_value", "temperature"}
		}
	}
	if last := lastText(body); strings.Contains(last, "fail 429") {
		return &refusal{http.StatusTooManyRequests, "Rate limit reached for requests", "rate_limit_exceeded", ""}
	} else if strings.Contains(last, "fail context") {
		return &refusal{http.StatusBadRequest, "This model's maximum context length is 128000 tokens.", "context_length_exceeded", "messages"}
	}
	return nil
}

func lastText(body gjson.Result) string {
	messages := body.Get("messages").Array()
	if len(messages) == 0 {
		return ""
	}
	return messages[len(messages)-1].Get("content").Raw
}

func checkChatMessages(messages []gjson.Result) *refusal {
	waiting := map[string]bool{}
	for i, m := range messages {
		role := m.Get("role").String()
		param := fmt.Sprintf("messages.[%d].role", i)
		if role == "tool" {
			id := m.Get("tool_call_id").String()
			if !waiting[id] {
				return &refusal{http.StatusBadRequest, "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", "", param}
			}
			delete(waiting, id)
			if c := m.Get("content"); c.IsArray() && c.Get(`#(type!="text")`).Exists() {
				return &refusal{http.StatusBadRequest, "Invalid content type: tool messages take text alone.", "invalid_value", param}
			}
			continue
		}
		if len(waiting) > 0 {
			return &refusal{http.StatusBadRequest, "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.", "", param}
		}
		switch role {
		case "system", "developer", "user", "assistant":
		default:
			return &refusal{http.StatusBadRequest, "Invalid value: '" + role + "'.", "invalid_value", param}
		}
		for _, c := range m.Get("tool_calls").Array() {
			if c.Get("id").String() == "" || !gjson.Valid(c.Get("function.arguments").String()) {
				return &refusal{http.StatusBadRequest, "Invalid tool call.", "invalid_value", param}
			}
			waiting[c.Get("id").String()] = true
		}
	}
	if len(waiting) > 0 {
		return &refusal{http.StatusBadRequest, "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.", "", "messages"}
	}
	return nil
}

func chatUsage() map[string]any {
	return object("prompt_tokens", 20, "completion_tokens", 10, "total_tokens", 30,
		"prompt_tokens_details", object("cached_tokens", 4, "audio_tokens", 0),
		"completion_tokens_details", object("reasoning_tokens", 3, "audio_tokens", 0))
}

func chatCalls(calls []call) []any {
	var out []any
	for i, c := range calls {
		out = append(out, object("id", fmt.Sprintf("call_%s_%d", c.name, i), "type", "function", "function", object("name", c.name, "arguments", c.args)))
	}
	return out
}

func chatFinish(a reply) string {
	if len(a.calls) > 0 {
		return "tool_calls"
	}
	return "stop"
}

func chatWhole(i intent, a reply) any {
	m := object("role", "assistant", "content", a.text, "refusal", nil)
	if a.thought != "" {
		m["reasoning_content"] = a.thought
	}
	if len(a.calls) > 0 {
		m["content"], m["tool_calls"] = nil, chatCalls(a.calls)
	}
	return object("id", "chatcmpl-strict", "object", "chat.completion", "created", 1700000000, "model", i.model,
		"choices", []any{object("index", 0, "message", m, "logprobs", nil, "finish_reason", chatFinish(a))}, "usage", chatUsage())
}

func chatEvents(i intent, a reply, usage bool) []any {
	var out []any
	add := func(delta map[string]any, finish any) {
		out = append(out, object("id", "chatcmpl-strict", "object", "chat.completion.chunk", "created", 1700000000, "model", i.model,
			"choices", []any{object("index", 0, "delta", delta, "finish_reason", finish)}))
	}
	add(object("role", "assistant", "content", ""), nil)
	if a.thought != "" {
		add(object("reasoning_content", a.thought), nil)
	}
	if len(a.calls) == 0 {
		for _, w := range words(a.text) {
			add(object("content", w), nil)
		}
	}
	for n, c := range a.calls {
		head := object("index", n, "id", fmt.Sprintf("call_%s_%d", c.name, n), "type", "function", "function", object("name", c.name, "arguments", ""))
		add(object("tool_calls", []any{head}), nil)
		for at := 0; at < len(c.args); at += 5 {
			add(object("tool_calls", []any{object("index", n, "function", object("arguments", c.args[at:min(at+5, len(c.args))]))}), nil)
		}
	}
	add(object(), chatFinish(a))
	if usage {
		out = append(out, object("id", "chatcmpl-strict", "object", "chat.completion.chunk", "created", 1700000000, "model", i.model, "choices", []any{}, "usage", chatUsage()))
	}
	return out
}
