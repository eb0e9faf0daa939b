package gemini

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"

	gen "louter/gen/gemini"
)

// callBook pairs function responses with their calls. Both may come without
// ids, or the response alone with one that nobody gave
// (google-gemini/gemini-cli#6974), so that names and order have to do
// (defects 12).
type callBook struct {
	open []openCall
	used map[string]bool
}

type openCall struct{ id, wireID, name string }

// call enters a call and gives its id: the client's own, else one made from
// its place, so that the same history always has the same ids.
func (b *callBook) call(turn, part int, wireID, name string) string {
	id := wireID
	if id == "" || b.used[id] {
		id = fmt.Sprintf("call_%d_%d", turn, part)
	}
	if b.used == nil {
		b.used = map[string]bool{}
	}
	b.used[id] = true
	b.open = append(b.open, openCall{id, wireID, name})
	return id
}

// result finds the call that a response answers and takes it off the book.
func (b *callBook) result(turn, part int, wireID, name string) (id, callName string) {
	found := -1
	for i, c := range b.open {
		if wireID != "" && c.wireID == wireID {
			found = i
			break
		}
		if found < 0 && (c.name == name || name == "") && (wireID == "" || c.wireID == "") {
			found = i
		}
	}
	if found < 0 {
		if wireID != "" {
			return wireID, name
		}
		return fmt.Sprintf("call_%d_%d", turn, part), name
	}
	c := b.open[found]
	b.open = append(b.open[:found], b.open[found+1:]...)
	return c.id, c.name
}

// decodeResult reads what a function gave. Google's convention has one key
// for it: output, result or error; all else is the object itself.
func decodeResult(f *gen.FunctionResponse, path, resolution string, drop dropFunc) (ir.ToolResult, error) {
	var r ir.ToolResult
	data, isError, err := unwrapResult(f.Response, path+".response")
	if err != nil {
		return r, err
	}
	r.IsError = isError
	var words string
	isText := bytes.HasPrefix(data, []byte{'"'}) && json.Unmarshal(data, &words) == nil
	if f.WillContinue != nil {
		drop(path+".willContinue", "has no counterpart")
	}
	if f.Scheduling != nil {
		drop(path+".scheduling", "has no counterpart")
	}
	switch {
	case isText:
		r.Content = []ir.Part{ir.Text{Text: words}}
	case len(f.Parts) > 0 && len(data) > 0 && string(data) != "{}":
		r.Content = []ir.Part{ir.Text{Text: string(rawjson.Compact(data))}}
	case len(f.Parts) == 0:
		r.Data = data
	}
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.MediaProcessing != nil {
			drop(at(path+".parts", i)+".mediaProcessing", "has no counterpart")
		}
		if err := checkBlob(p.InlineData, at(path+".parts", i)); err != nil {
			return r, err
		}
		switch {
		case p.InlineData != nil:
			m := decodeBlob(p.InlineData)
			m.Detail = resolution
			r.Content = append(r.Content, m)
		case p.FileData != nil:
			m := decodeFile(p.FileData)
			m.Detail = resolution
			r.Content = append(r.Content, m)
		default:
			return r, ir.Invalid(at(path+".parts", i), "A part of a function response must have inlineData or fileData.")
		}
	}
	return r, nil
}

// unwrapResult takes the one key off.
func unwrapResult(response json.RawMessage, path string) (data json.RawMessage, isError bool, err error) {
	response = bytes.TrimSpace(response)
	if len(response) == 0 || string(response) == "null" {
		return nil, false, nil
	}
	if response[0] != '{' {
		return nil, false, ir.Invalid(path, "Invalid type for '%s': expected an object.", path)
	}
	members, err := rawjson.Members(response, 0)
	if err != nil {
		return nil, false, ir.Invalid(path, "Invalid value for '%s'.", path)
	}
	if len(members) == 1 {
		switch members[0].Key {
		case "output", "result":
			return members[0].Raw(response), false, nil
		case "error":
			return members[0].Raw(response), true, nil
		}
	}
	return response, false, nil
}

// encodeResult gives functionResponse.response, which must be an object
// (defects 8), and the media that stand beside it.
func encodeResult(r ir.ToolResult) (response json.RawMessage, media []ir.Media, err error) {
	var words strings.Builder
	for _, p := range r.Content {
		switch p := p.(type) {
		case ir.Text:
			words.WriteString(p.Text)
		case ir.Media:
			media = append(media, p)
		}
	}
	data, text := bytes.TrimSpace(r.Data), words.String()
	if len(data) == 0 && !r.IsError {
		data = structured(text)
	}
	switch {
	case r.IsError && len(data) > 0:
		response, err = wrapResult("error", data)
	case r.IsError:
		response, err = wrapText("error", text)
	case bytes.Contains(data, []byte(`"$ref"`)):
		response, err = wrapText("output", string(data))
	case len(data) > 0 && data[0] == '{':
		response = data
	case len(data) > 0:
		response, err = wrapResult("result", data)
	case text == "" && len(media) > 0:
		response = json.RawMessage(`{}`)
	default:
		response, err = wrapText("output", text)
	}
	return response, media, err
}

// structured gives text that is a JSON object or array as such, so that the
// model reads structure and not a quoted string. One that holds "$ref" stays
// text: the service would read it as a reference to media (defects 9).
func structured(text string) json.RawMessage {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || strings.Contains(trimmed, `"$ref"`) || !json.Valid([]byte(trimmed)) {
		return nil
	}
	return json.RawMessage(trimmed)
}

func wrapText(key, text string) (json.RawMessage, error) {
	return translate.EncodeJSON(map[string]string{key: text})
}

func wrapResult(key string, data json.RawMessage) (json.RawMessage, error) {
	return translate.EncodeJSON(map[string]json.RawMessage{key: data})
}
