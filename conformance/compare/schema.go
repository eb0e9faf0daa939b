package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/tidwall/gjson"

	"louter/conformance/scenario"
	"louter/gen/gemini"
	"louter/gen/openai"
)

// Schemas holds bodies against the OpenAPI files.
type Schemas struct{ specs map[string]*openapi3.T }

// NewSchemas reads the files that the generated types were made from.
func NewSchemas() (*Schemas, error) {
	g, err := gemini.GetSpec()
	if err != nil {
		return nil, fmt.Errorf("gemini specification: %w", err)
	}
	o, err := openai.GetSpec()
	if err != nil {
		return nil, fmt.Errorf("openai specification: %w", err)
	}
	return &Schemas{map[string]*openapi3.T{scenario.Gemini: g, scenario.OpenAIChat: o}}, nil
}

// operation is what a path's end tells of the bodies' schemas.
type operation struct{ request, response, chunk string }

var operations = map[string]map[string]operation{
	scenario.Gemini: {
		":generateContent":       {"GenerateContentRequest", "GenerateContentResponse", ""},
		":streamGenerateContent": {"GenerateContentRequest", "", "GenerateContentResponse"},
		":countTokens":           {"CountTokensRequest", "CountTokensResponse", ""},
		":embedContent":          {"EmbedContentRequest", "EmbedContentResponse", ""},
		":batchEmbedContents":    {"BatchEmbedContentsRequest", "BatchEmbedContentsResponse", ""},
	},
	scenario.OpenAIChat: {
		"/chat/completions": {"ChatCompletionRequest", "ChatCompletion", "ChatCompletionChunk"},
		"/embeddings":       {"EmbeddingRequest", "EmbeddingResponse", ""},
	},
}

func operationOf(dialect, target string) (operation, bool) {
	path, _, _ := strings.Cut(target, "?")
	for end, op := range operations[dialect] {
		if strings.HasSuffix(path, end) {
			return op, true
		}
	}
	return operation{}, false
}

// Request tells how a body differs from what its operation takes; an
// operation that the files do not describe has no fault.
func (s *Schemas) Request(dialect, target string, body []byte) []string {
	op, known := operationOf(dialect, target)
	if !known {
		return nil
	}
	if !gjson.ValidBytes(body) {
		return []string{"the request body is no JSON"}
	}
	return s.check(dialect, op.request, "request", gjson.ParseBytes(body))
}

// Answer tells how an answer differs from what its operation gives.
func (s *Schemas) Answer(dialect, target string, status int, contentType string, body []byte) []string {
	op, known := operationOf(dialect, target)
	if !known {
		return nil
	}
	docs, _, err := Payloads(contentType, body)
	stream := strings.HasPrefix(contentType, "text/event-stream") || len(docs) > 0 && len(body) > 0 && body[0] == '['
	var out []string
	if err != nil && !stream {
		out = append(out, err.Error())
	}
	for i, d := range docs {
		name, where := op.response, "response"
		if stream {
			name, where = op.chunk, fmt.Sprintf("event %d", i)
		}
		if status >= 400 || d.Get("error").Exists() {
			name = "ErrorResponse"
		}
		if name == "" {
			out = append(out, where+": the operation does not answer so")
			continue
		}
		out = append(out, s.check(dialect, name, where, d)...)
	}
	return out
}

func (s *Schemas) check(dialect, schema, where string, d gjson.Result) []string {
	ref := s.specs[dialect].Components.Schemas[schema]
	if ref == nil {
		return []string{"the OpenAPI file has no schema " + schema}
	}
	var v any
	if err := json.Unmarshal([]byte(d.Raw), &v); err != nil {
		return []string{where + ": " + err.Error()}
	}
	err := ref.Value.VisitJSON(v, openapi3.MultiErrors())
	if err == nil {
		return nil
	}
	var all openapi3.MultiError
	if !errors.As(err, &all) {
		all = openapi3.MultiError{err}
	}
	var out []string
	for _, e := range all {
		var fault *openapi3.SchemaError
		if errors.As(e, &fault) {
			out = append(out, fmt.Sprintf("%s is no %s: /%s: %s", where, schema, strings.Join(fault.JSONPointer(), "/"), fault.Reason))
			continue
		}
		out = append(out, fmt.Sprintf("%s is no %s: %s", where, schema, e))
	}
	return out
}
