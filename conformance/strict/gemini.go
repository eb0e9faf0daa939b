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

// schemaMembers are those of the service's own Schema.
var schemaMembers = map[string]bool{
	"type": true, "format": true, "title": true, "description": true, "nullable": true, "enum": true, "maxItems": true, "minItems": true,
	"properties": true, "required": true, "minProperties": true, "maxProperties": true, "minLength": true, "maxLength": true, "pattern": true,
	"example": true, "anyOf": true, "propertyOrdering": true, "default": true, "items": true, "minimum": true, "maximum": true,
}

func checkSchema(s gjson.Result, at string) (no *refusal) {
	s.ForEach(func(key, value gjson.Result) bool {
		switch {
		case !schemaMembers[key.Str]:
			no = invalid("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", key.Str, at)
		case key.Str == "type" && value.Type != gjson.String:
			no = invalid("Invalid JSON payload received. Unknown name \"type\" at '%s': Proto field is not repeating, cannot start list.", at)
		case key.Str == "properties":
			value.ForEach(func(name, property gjson.Result) bool {
				no = checkSchema(property, at+".properties["+name.Str+"]")
				return no == nil
			})
		case key.Str == "items":
			no = checkSchema(value, at+".items")
		case key.Str == "anyOf":
			for _, branch := range value.Array() {
				if no == nil {
					no = checkSchema(branch, at+".any_of")
				}
			}
		}
		return no == nil
	})
	return no
}

func checkGeminiTools(body gjson.Result, _ string) (no *refusal) {
	for i, t := range body.Get("tools").Array() {
		for j, f := range t.Get("functionDeclarations").Array() {
			at := fmt.Sprintf("tools[%d].function_declarations[%d].parameters", i, j)
			if p := f.Get("parameters"); p.Exists() {
				if f.Get("parametersJsonSchema").Exists() {
					return invalid("parameters and parameters_json_schema cannot both be set.")
				}
				if no = checkSchema(p, at); no != nil {
					return no
				}
			}
		}
	}
	if s := body.Get("generationConfig.responseSchema"); s.Exists() {
		return checkSchema(s, "generation_config.response_schema")
	}
	return nil
}

// checkGeminiTurns: every call is answered in the next turn, as many results
// as calls; a part holds exactly one thing. Contents of the model that follow
// each other are one turn: the chats of the SDKs keep each chunk of a stream.
func checkGeminiTurns(body gjson.Result, _ string) *refusal {
	contents := body.Get("contents").Array()
	if len(contents) == 0 {
		return invalid("* GenerateContentRequest.contents: contents is not specified")
	}
	calls := 0
	for i, c := range contents {
		role := c.Get("role").String()
		if role != "user" && role != "model" && role != "" {
			return invalid("Please use a valid role: user, model.")
		}
		parts := c.Get("parts").Array()
		if len(parts) == 0 {
			return invalid("* GenerateContentRequest.contents[%d].parts: contents.parts must not be empty.", i)
		}
		results, next := 0, 0
		for j, p := range parts {
			held := 0
			for _, field := range []string{"text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"} {
				if p.Get(field).Exists() {
					held++
				}
			}
			if held != 1 {
				return invalid("* GenerateContentRequest.contents[%d].parts[%d].data: required oneof field 'data' must have one initialized field", i, j)
			}
			if r := p.Get("functionResponse"); r.Exists() {
				results++
				if r.Get("name").String() == "" || !r.Get("response").IsObject() {
					return invalid("* GenerateContentRequest.contents[%d].parts[%d].function_response.name: Name cannot be empty.", i, j)
				}
			}
			if p.Get("functionCall").Exists() {
				next++
			}
		}
		if role == "model" && i > 0 && contents[i-1].Get("role").String() == "model" {
			calls += next
			continue
		}
		if results != calls {
			return invalid("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
		}
		calls = next
	}
	return lastFailure(contents[len(contents)-1])
}

func lastFailure(last gjson.Result) *refusal {
	switch {
	case strings.Contains(last.Raw, "fail 429"):
		return &refusal{http.StatusTooManyRequests, "You exceeded your current quota.", "RESOURCE_EXHAUSTED", ""}
	case strings.Contains(last.Raw, "fail context"):
		return invalid("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")
	}
	return nil
}

// checkGeminiSignatures: Gemini 3 demands the proof on the first call of each
// step of the current turn; contents of the model that follow each other are one step.
func checkGeminiSignatures(body gjson.Result, model string) *refusal {
	if !strings.HasPrefix(model, "gemini-3") {
		return nil
	}
	contents := body.Get("contents").Array()
	begin := 0
	for i, c := range contents {
		if c.Get("role").String() != "model" && c.Get("parts.#(text)").Exists() {
			begin = i
		}
	}
	proved := false
	for i := begin; i < len(contents); i++ {
		if contents[i].Get("role").String() != "model" {
			proved = false
			continue
		}
		for j, p := range contents[i].Get("parts").Array() {
			if proved {
				break
			}
			if !p.Get("functionCall").Exists() {
				continue
			}
			if got := p.Get("thoughtSignature").String(); got != Signature && got != skipSignature {
				return invalid("Function call is missing a thought_signature in functionCall parts. Additional data, function call `default_api:%s`, position %d.", p.Get("functionCall.name").String(), j)
			}
			proved = true
		}
	}
	return nil
}

func geminiIntent(body gjson.Result) intent {
	i := intent{
		schema: body.Get("generationConfig.responseSchema").Exists() || body.Get("generationConfig.responseJsonSchema").Exists(),
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
				i.media = append(i.media, seenBytes(p.Get("inlineData.mimeType").String(), p.Get("inlineData.data").String()))
			default:
				i.text += p.Get("text").String()
			}
		}
	}
	return i
}

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
