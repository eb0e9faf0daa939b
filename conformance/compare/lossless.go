package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/tidwall/gjson"

	"louter/conformance/scenario"
	"louter/gen/gemini"
	"louter/gen/openai"
)

// typeOf gives an empty value of the generated type by its schema's name.
func typeOf(dialect, schema string) any {
	if dialect == scenario.Gemini {
		switch schema {
		case "GenerateContentRequest":
			return &gemini.GenerateContentRequest{}
		case "GenerateContentResponse":
			return &gemini.GenerateContentResponse{}
		case "ErrorResponse":
			return &gemini.ErrorResponse{}
		}
		return nil
	}
	switch schema {
	case "ChatCompletionRequest":
		return &openai.ChatCompletionRequest{}
	case "ChatCompletion":
		return &openai.ChatCompletion{}
	case "ChatCompletionChunk":
		return &openai.ChatCompletionChunk{}
	case "ErrorResponse":
		return &openai.ErrorResponse{}
	}
	return nil
}

// RequestLoss tells what a request's body loses when it is decoded into the
// generated type and encoded again.
func (s *Schemas) RequestLoss(dialect, target string, body []byte) []string {
	op, known := operationOf(dialect, target)
	if !known {
		return nil
	}
	if dialect == scenario.Gemini {
		body = spell(body)
	}
	return loss(dialect, op.request, "request", gjson.ParseBytes(body))
}

// AnswerLoss is RequestLoss for an answer.
func (s *Schemas) AnswerLoss(dialect, target string, status int, contentType string, body []byte) []string {
	op, known := operationOf(dialect, target)
	if !known {
		return nil
	}
	docs, _, _ := Payloads(contentType, body) // what breaks off is told by Answer
	var out []string
	for i, d := range docs {
		out = append(out, loss(dialect, op.schemaOf(status, contentType, d), fmt.Sprintf("document %d", i), d)...)
	}
	return out
}

func (op operation) schemaOf(status int, contentType string, d gjson.Result) string {
	switch {
	case status >= 400 || d.Get("error").IsObject():
		return "ErrorResponse"
	case strings.HasPrefix(contentType, "text/event-stream"):
		return op.chunk
	}
	return op.response
}

func loss(dialect, schema, where string, d gjson.Result) []string {
	into := typeOf(dialect, schema)
	if into == nil {
		return nil
	}
	if err := json.Unmarshal([]byte(d.Raw), into); err != nil {
		return []string{fmt.Sprintf("%s: decoding: %v", where, err)}
	}
	again, err := json.Marshal(into)
	if err != nil {
		return []string{fmt.Sprintf("%s: encoding: %v", where, err)}
	}
	var out []string
	for _, path := range lost("", parse([]byte(d.Raw)), parse(again)) {
		out = append(out, fmt.Sprintf("%s: %s%s is lost", where, schema, path))
	}
	sort.Strings(out)
	return out
}

func parse(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// lost names what is in want and not the same in got. A null that comes back
// as nothing is no loss.
func lost(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		other, _ := got.(map[string]any)
		var out []string
		for key, v := range want {
			out = append(out, lost(path+"."+key, v, other[key])...)
		}
		if len(want) == 0 && other == nil {
			out = append(out, path)
		}
		return out
	case []any:
		other, _ := got.([]any)
		if len(other) != len(want) {
			return []string{path}
		}
		var out []string
		for i, v := range want {
			out = append(out, lost(path+"[]", v, other[i])...)
		}
		return out
	case json.Number:
		other, ok := got.(json.Number)
		w, errW := want.Float64()
		g, errG := other.Float64()
		if ok && errW == nil && errG == nil && w == g {
			return nil
		}
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		return []string{path}
	}
	return nil
}
