package openaichat

import (
	"bytes"
	"encoding/json"
	"errors"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"
)

// Detect finds the model's name and the stream flag of a request without
// decoding it. It refuses what no backend could route: a body that is no JSON
// object, a model that is missing or no string, a stream flag that is no
// boolean. Of a key that stands twice the last one counts, as with the JSON
// readers of the backends: if the first counted here, a client could be
// routed by one name and served under another.
func Detect(body []byte) (model string, stream bool, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "", false, ir.Invalid("", "The request body is empty. A JSON object is expected.")
	}
	var rawModel, rawStream []byte
	s := rawjson.Scanner{Text: body}
	for m := range s.Object(0) {
		switch m.Key {
		case "model":
			rawModel = m.Raw(body)
		case "stream":
			rawStream = m.Raw(body)
		}
	}
	if s.Err == nil && rawjson.SkipSpace(body, s.End) != len(body) {
		s.Err = rawjson.ErrSyntax
	}
	if s.Err != nil {
		return "", false, invalidJSON(s)
	}
	if model, err = modelName(rawModel); err != nil {
		return "", false, err
	}
	stream, err = streamFlag(rawStream)
	return model, stream, err
}

// invalidJSON says where a body stops being JSON, in the words of the decoder.
func invalidJSON(s rawjson.Scanner) *ir.Error {
	if errors.Is(s.Err, rawjson.ErrDepth) {
		return ir.Invalid("", "The JSON body of the request is nested more than %d levels deep.", rawjson.MaxDepth)
	}
	var object map[string]json.RawMessage
	if fault := translate.DecodeJSON(s.Text, &object); fault != nil {
		return ir.AsError(fault)
	}
	return ir.Invalid("", "We could not parse the JSON body of your request. A JSON object is expected.")
}

func modelName(raw []byte) (string, error) {
	if raw == nil || string(raw) == "null" {
		return "", ir.Invalid("model", "You must provide a model parameter.")
	}
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return "", ir.Invalid("model", "Invalid type for 'model': expected a string.")
	}
	if name == "" {
		return "", ir.Invalid("model", "You must provide a model parameter.")
	}
	return name, nil
}

func streamFlag(raw []byte) (bool, error) {
	switch string(raw) {
	case "", "null", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, ir.Invalid("stream", "Invalid type for 'stream': expected a boolean.")
}
