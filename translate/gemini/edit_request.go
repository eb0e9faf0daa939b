package gemini

import (
	"errors"
	"slices"
	"strconv"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"
)

// Editor makes the small edits of pass-through in the bytes of a request.
// What it does not touch keeps its bytes; without a change the same slice
// comes back. It reads camelCase and snake_case names alike (defects 73).
type Editor struct{}

var _ translate.Editor = Editor{}

// EditRequest edits a generation request; of any other operation it edits the
// model's name alone, in the path and where the body repeats it.
func (Editor) EditRequest(call translate.Call, e translate.Edits) (translate.Call, error) {
	if e.Model != "" {
		call.Path = replaceModel(call.Path, e.Model)
		call.Model = e.Model
	}
	at := rawjson.SkipSpace(call.Body, 0)
	if at >= len(call.Body) || call.Body[at] != '{' {
		return call, nil
	}
	ed := edit{Edits: e, Splices: rawjson.Splices{Text: call.Body}}
	if !ed.touchesBody(call.Operation) {
		return call, nil
	}
	var err error
	if ed.members, err = rawjson.Members(call.Body, at); err != nil {
		return call, invalidJSON(err)
	}
	if err = ed.run(call.Operation); err != nil {
		return call, err
	}
	call.Body = ed.Splices.Apply()
	return call, nil
}

// edit is one body under its edits.
type edit struct {
	translate.Edits
	rawjson.Splices
	members []rawjson.Member // of the body, in order
	dropped []string         // members that go altogether
	added   []byte           // members that were not there
}

func (e *edit) touchesBody(op translate.Operation) bool {
	if op != translate.OpGenerate {
		return e.Model != ""
	}
	return e.Model != "" || e.System != nil || e.Instruction != "" || len(e.AllowedTools) > 0 ||
		e.MaxTurns > 0 || e.MaxTokens > 0 || e.Temperature != nil
}

func (e *edit) run(op translate.Operation) error {
	steps := []func() error{e.editModel}
	if op == translate.OpGenerate {
		steps = append(steps, e.editSystem, e.editTools, e.editTurns, e.editConfig)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if len(e.added) > 0 {
		left := slices.ContainsFunc(e.members, func(m rawjson.Member) bool { return !slices.Contains(e.dropped, m.Key) })
		e.addFirst(0, left, e.added)
	}
	e.keepMembers(e.members, e.dropped)
	return nil
}

// keepMembers drops the named members of one object.
func (e *edit) keepMembers(members []rawjson.Member, dropped []string) {
	if len(dropped) == 0 {
		return
	}
	e.KeepOnly(members, func(i int) bool { return !slices.Contains(dropped, members[i].Key) })
}

// editModel follows the mapped name where a body repeats it: embedContent,
// batchEmbedContents and countTokens are refused when body and path differ.
func (e *edit) editModel() error {
	if e.Model == "" {
		return nil
	}
	e.setModelName(e.members)
	if m, found := lastMember(e.members, "generateContentRequest"); found && e.Text[m.Start] == '{' {
		return e.setModelNameAt(m.Start)
	}
	if m, found := lastMember(e.members, "requests"); found && e.Text[m.Start] == '[' {
		requests, err := rawjson.Elements(e.Text, m.Start)
		if err != nil {
			return invalidJSON(err)
		}
		for _, r := range requests {
			if e.Text[r.Start] != '{' {
				continue // no request; the backend says so
			}
			if err := e.setModelNameAt(r.Start); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *edit) setModelNameAt(start int) error {
	members, err := rawjson.Members(e.Text, start)
	if err != nil {
		return invalidJSON(err)
	}
	e.setModelName(members)
	return nil
}

func (e *edit) setModelName(members []rawjson.Member) {
	name := rawjson.String(modelResource(e.Model))
	for _, m := range members {
		if m.Key == "model" && string(m.Raw(e.Text)) != string(name) {
			e.Replace(m.Start, m.End, name)
		}
	}
}

func (e *edit) editConfig() error {
	if e.MaxTokens <= 0 && e.Temperature == nil {
		return nil
	}
	config, found := lastMember(e.members, "generationConfig")
	var members []rawjson.Member
	if found = found && !isNull(config, e.Text); found {
		var err error
		if members, err = rawjson.Members(e.Text, config.Start); err != nil {
			return ir.Invalid(config.Key, "%s must be an object.", config.Key)
		}
	}
	var added []byte
	if e.MaxTokens > 0 && !said(members, e.Text, "maxOutputTokens") {
		added = appendField(added, "maxOutputTokens", strconv.AppendInt(nil, e.MaxTokens, 10))
	}
	if e.Temperature != nil {
		number := strconv.AppendFloat(nil, *e.Temperature, 'g', -1, 64)
		switch m, has := lastMember(members, "temperature"); {
		case !has:
			added = appendField(added, "temperature", number)
		case e.Override || isNull(m, e.Text):
			if string(m.Raw(e.Text)) != string(number) {
				e.Replace(m.Start, m.End, number)
			}
		}
	}
	if len(added) == 0 {
		return nil
	}
	if found {
		e.addFirst(config.Start, len(members) > 0, added)
		return nil
	}
	e.setMember("generationConfig", append(append([]byte{'{'}, added...), '}'))
	return nil
}

// addFirst puts fields behind the opening brace at or after at.
func (e *edit) addFirst(at int, others bool, fields []byte) {
	if others {
		fields = append(fields, ',')
	}
	e.Insert(rawjson.SkipSpace(e.Text, at)+1, fields)
}

// setMember replaces the body's member of that name in either spelling, or
// adds it.
func (e *edit) setMember(key string, value []byte) {
	found := false
	for _, m := range e.members {
		if sameName(m.Key, key) {
			found = true
			e.Replace(m.Start, m.End, value)
		}
	}
	if !found {
		e.added = appendField(e.added, key, value)
	}
}

func appendField(dst []byte, key string, value []byte) []byte {
	if len(dst) > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, rawjson.String(key)...)
	return append(append(dst, ':'), value...)
}

// lastMember gives the last member of that name in either spelling: the one
// that the service lets win.
func lastMember(members []rawjson.Member, key string) (rawjson.Member, bool) {
	for i := len(members) - 1; i >= 0; i-- {
		if sameName(members[i].Key, key) {
			return members[i], true
		}
	}
	return rawjson.Member{}, false
}

// said is lastMember for members whose null means that nothing was said.
func said(members []rawjson.Member, text []byte, key string) bool {
	m, found := lastMember(members, key)
	return found && !isNull(m, text)
}

func isNull(m rawjson.Member, text []byte) bool { return string(m.Raw(text)) == "null" }

func invalidJSON(err error) *ir.Error {
	if errors.Is(err, rawjson.ErrDepth) {
		return ir.Invalid("", "Invalid JSON payload received. It is nested more than %d levels deep.", rawjson.MaxDepth)
	}
	return ir.Invalid("", "Invalid JSON payload received. A JSON object is expected.")
}
