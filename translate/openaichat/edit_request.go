package openaichat

import (
	"strconv"

	"louter/translate"
	"louter/translate/rawjson"
)

// Editor makes the small edits of pass-through in the bytes of a request. All
// that it does not touch keeps its bytes: unknown fields, order, spacing,
// duplicate keys, numbers of any size. Without a change the same slice comes
// back.
type Editor struct{}

var _ translate.Editor = Editor{}

// EditRequest edits a generation request; of any other operation it edits the
// model's name alone, and nothing where the body is no JSON object.
func (Editor) EditRequest(call translate.Call, e translate.Edits) (translate.Call, error) {
	at := rawjson.SkipSpace(call.Body, 0)
	if at >= len(call.Body) || call.Body[at] != '{' {
		return call, nil
	}
	ed := edit{Edits: e, stream: call.Stream, model: call.Model, Splices: rawjson.Splices{Text: call.Body}, drop: map[string]bool{}}
	s := rawjson.Scanner{Text: call.Body}
	for m := range s.Object(at) {
		ed.members = append(ed.members, m)
	}
	if s.Err != nil {
		return call, invalidJSON(s)
	}
	ed.editModel()
	if call.Operation == translate.OpGenerate {
		if err := ed.editGeneration(); err != nil {
			return call, err
		}
	}
	ed.editMembers(at + 1)
	call.Body = ed.Splices.Apply()
	if e.Model != "" {
		call.Model = e.Model
	}
	return call, nil
}

// edit is one body under its edits.
type edit struct {
	translate.Edits
	rawjson.Splices
	stream  bool
	model   string           // the client's name for it
	members []rawjson.Member // of the body, in order
	drop    map[string]bool  // members that go altogether
	added   []byte           // members that come, each with a comma behind it
}

// find gives the last member of that name: the one that the readers of the
// backends let win.
func (e *edit) find(key string) (rawjson.Member, bool) {
	for i := len(e.members) - 1; i >= 0; i-- {
		if e.members[i].Key == key {
			return e.members[i], true
		}
	}
	return rawjson.Member{}, false
}

// said is find for members whose null means that nothing was said.
func (e *edit) said(key string) bool {
	m, found := e.find(key)
	return found && string(m.Raw(e.Text)) != "null"
}

// set replaces every member of that name, or adds one in front.
func (e *edit) set(key string, value []byte) {
	found := false
	for _, m := range e.members {
		if m.Key == key {
			found = true
			e.Replace(m.Start, m.End, value)
		}
	}
	if !found {
		e.added = append(append(append(e.added, rawjson.String(key)...), ':'), value...)
		e.added = append(e.added, ',')
	}
}

// editMembers removes and adds members of the body itself; at is the place
// behind its opening brace.
func (e *edit) editMembers(at int) {
	kept := func(i int) bool { return !e.drop[e.members[i].Key] }
	if len(e.added) > 0 {
		text := e.added[:len(e.added)-1]
		for i := range e.members {
			if kept(i) {
				text = e.added
				break
			}
		}
		e.Insert(at, text)
	}
	e.KeepOnly(e.members, kept)
}

func (e *edit) editModel() {
	if e.Model == "" {
		return
	}
	name := rawjson.String(e.Model)
	if m, found := e.find("model"); found && string(m.Raw(e.Text)) == string(name) && e.once("model") {
		return
	}
	e.set("model", name)
}

func (e *edit) once(key string) bool {
	n := 0
	for _, m := range e.members {
		if m.Key == key {
			n++
		}
	}
	return n == 1
}

func (e *edit) editGeneration() error {
	if err := e.editMessages(); err != nil {
		return err
	}
	if len(e.AllowedTools) > 0 {
		if err := e.editTools(); err != nil {
			return err
		}
	}
	e.editMaxTokens()
	if e.Temperature != nil && (e.Override || !e.said("temperature")) {
		e.set("temperature", strconv.AppendFloat(nil, *e.Temperature, 'g', -1, 64))
	}
	if e.StreamUsage && e.stream {
		return e.editStreamUsage()
	}
	return nil
}

// editMaxTokens adds the default, and puts a client's limit into the field
// that the backend reads where the configuration names one (defects 77).
func (e *edit) editMaxTokens() {
	model := e.Model
	if model == "" {
		model = e.model
	}
	keys := maxTokensKeys(maxTokensField(e.MaxTokensField), model)
	var limit []byte
	for _, key := range []string{"max_completion_tokens", "max_tokens"} {
		if e.said(key) {
			m, _ := e.find(key)
			limit = m.Raw(e.Text)
			break
		}
	}
	switch {
	case limit == nil && e.MaxTokens <= 0:
		return
	case limit == nil:
		limit = strconv.AppendInt(nil, e.MaxTokens, 10)
	case e.MaxTokensField == "" || e.MaxTokensField == string(maxTokensAuto):
		return
	}
	for _, key := range keys {
		if !e.said(key) {
			e.set(key, limit)
		}
	}
	if len(keys) == 1 {
		e.drop["max_tokens"] = keys[0] != "max_tokens"
		e.drop["max_completion_tokens"] = keys[0] != "max_completion_tokens"
	}
}

func (e *edit) editStreamUsage() error {
	options, found := e.find("stream_options")
	if !found || e.Text[options.Start] != '{' {
		e.set("stream_options", []byte(`{"include_usage":true}`))
		return nil
	}
	s := rawjson.Scanner{Text: e.Text}
	empty := true
	var flag *rawjson.Member
	for m := range s.Object(options.Start) {
		empty = false
		if m.Key == "include_usage" {
			flag = &m
		}
	}
	switch {
	case s.Err != nil:
		return invalidJSON(s)
	case flag == nil && empty:
		e.Insert(options.Start+1, []byte(`"include_usage":true`))
	case flag == nil:
		e.Insert(options.Start+1, []byte(`"include_usage":true,`))
	case string(flag.Raw(e.Text)) != "true":
		e.Replace(flag.Start, flag.End, []byte("true"))
	}
	return nil
}
