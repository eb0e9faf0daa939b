package strict

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/tidwall/gjson"

	"louter/gen/gemini"
)

// Signature is the proof that the service puts on calls and thoughts, and
// demands back from Gemini 3.
const Signature = "c3RyaWN0LXNpZ25hdHVyZQ=="

const skipSignature = "skip_thought_signature_validator"

// NewGemini starts the Gemini service.
func NewGemini() (*Service, error) {
	spec, err := gemini.GetSpec()
	if err != nil {
		return nil, err
	}
	s := &Service{}
	root := spec.Components.Schemas["GenerateContentRequest"]
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.gemini(w, r, root) }))
	return s, nil
}

func (s *Service) gemini(w http.ResponseWriter, r *http.Request, root *openapi3.SchemaRef) {
	model, action, _ := strings.Cut(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], ":")
	body, no := readGemini(r, model, root)
	if no != nil {
		details := []any{}
		if no.status == http.StatusTooManyRequests {
			details = append(details, object("@type", "type.googleapis.com/google.rpc.RetryInfo", "retryDelay", "7s"))
		}
		send(w, no.status, object("error", object("code", no.status, "message", no.message, "status", no.code, "details", details)))
		return
	}
	s.accept(body)
	i := geminiIntent(body)
	i.model = model
	a := i.answer()
	switch {
	case action == "generateContent":
		send(w, http.StatusOK, geminiChunk(i, geminiParts(i, a), true))
	case r.URL.Query().Get("alt") == "sse":
		i.sendEvents(w, "\r\n\r\n", geminiEvents(i, a), "")
	default:
		send(w, http.StatusOK, geminiEvents(i, a))
	}
}

func invalid(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...), "INVALID_ARGUMENT", ""}
}

func readGemini(r *http.Request, model string, root *openapi3.SchemaRef) (gjson.Result, *refusal) {
	shown := 0
	for _, key := range []string{r.Header.Get("X-Goog-Api-Key"), r.URL.Query().Get("key"), r.Header.Get("Authorization")} {
		if key != "" {
			shown++
		}
	}
	if shown > 1 {
		return gjson.Result{}, invalid("Multiple authentication credentials received. Please pass only one.")
	}
	if r.Header.Get("X-Goog-Api-Key") != Key {
		return gjson.Result{}, invalid("API key not valid. Please pass a valid API key.")
	}
	body, err := readJSON(r)
	if err != nil {
		return body, invalid("Invalid JSON payload received. Unexpected end of string.")
	}
	body = gjson.Parse(camelNames(body))
	if strings.HasPrefix(model, "missing") {
		return body, &refusal{http.StatusNotFound, "models/" + model + " is not found for API version v1beta.", "NOT_FOUND", ""}
	}
	if path := unknownMember(body, root, "", geminiOpen); path != "" {
		at, name := "", path
		if cut := strings.LastIndexByte(path, '.'); cut >= 0 {
			at, name = path[:cut], path[cut+1:]
		}
		return body, invalid("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", name, at)
	}
	for _, check := range []func(gjson.Result, string) *refusal{checkGeminiTools, checkGeminiTurns, checkGeminiSignatures} {
		if no := check(body, model); no != nil {
			return body, no
		}
	}
	return body, nil
}

var geminiOpen = map[string]bool{
	"args": true, "response": true, "parameters": true, "parametersJsonSchema": true, "responseSchema": true, "responseJsonSchema": true, "labels": true,
}

func geminiIntent(body gjson.Result) intent {
	i := intent{
		schema: body.Get("generationConfig.responseSchema").Exists() || body.Get("generationConfig.responseJsonSchema").Exists(),
		system: saidIn(body.Get("systemInstruction.parts")),
		limits: tellLimits(body.Get("generationConfig"), geminiLimits),
		think:  body.Get("generationConfig.thinkingConfig.includeThoughts").Bool(),
	}
	for _, t := range body.Get("tools").Array() {
		for _, f := range t.Get("functionDeclarations").Array() {
			i.tools = append(i.tools, f.Get("name").String())
		}
	}
	for _, c := range body.Get("contents").Array() {
		i.results, i.media, i.text = nil, nil, ""
		if c.Get("role").String() == "model" {
			continue
		}
		for _, p := range c.Get("parts").Array() {
			switch {
			case p.Get("functionResponse").Exists():
				i.results = append(i.results, p.Get("functionResponse.response").Raw)
			case p.Get("inlineData").Exists():
				// Both alphabets of base64 are read; google-genai writes the one for URLs.
				data := strings.NewReplacer("-", "+", "_", "/").Replace(p.Get("inlineData.data").String())
				i.media = append(i.media, seenBytes(p.Get("inlineData.mimeType").String(), data))
			default:
				i.text += p.Get("text").String()
			}
		}
	}
	return i
}

var geminiLimits = [][2]string{{"temperature", "temperature"}, {"topP", "top-p"}, {"maxOutputTokens", "max"}, {"stopSequences", "stop"}, {"seed", "seed"}}

func geminiParts(i intent, a reply) []any {
	var parts []any
	if a.thought != "" {
		parts = append(parts, object("text", a.thought, "thought", true))
	}
	for n, c := range a.calls {
		part := object("functionCall", object("name", c.name, "args", json.RawMessage(c.args)))
		if n == 0 {
			part["thoughtSignature"] = Signature
		}
		parts = append(parts, part)
	}
	if len(a.calls) == 0 {
		parts = append(parts, object("text", a.text))
	}
	return parts
}

func geminiChunk(i intent, parts []any, last bool) any {
	candidate := object("index", 0)
	if len(parts) > 0 {
		candidate["content"] = object("role", "model", "parts", parts)
	}
	out := object("candidates", []any{candidate}, "modelVersion", i.model, "responseId", "strict")
	if last {
		candidate["finishReason"] = "STOP"
		out["usageMetadata"] = object("promptTokenCount", 20, "candidatesTokenCount", 7, "thoughtsTokenCount", 3, "totalTokenCount", 30, "cachedContentTokenCount", 4)
	}
	return out
}

// geminiEvents gives each part its own chunk, and the end one that says
// nothing, as the service does.
func geminiEvents(i intent, a reply) []any {
	var out []any
	for _, p := range geminiParts(i, a) {
		part, isMap := p.(map[string]any)
		text, isText := "", false
		if isMap {
			text, isText = part["text"].(string)
		}
		if !isText || part["thought"] != nil {
			out = append(out, geminiChunk(i, []any{p}, false))
			continue
		}
		for _, w := range words(text) {
			out = append(out, geminiChunk(i, []any{object("text", w)}, false))
		}
	}
	return append(out, geminiChunk(i, []any{object("text", "")}, true))
}
