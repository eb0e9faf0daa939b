package gemini

import (
	"encoding/json"
	"slices"

	"louter/translate/ir"
	"louter/translate/rawjson"
)

// editSystem follows translate.Edits: a whole replacement wins over the
// backend's instruction, which stands as a part of its own beside the
// client's.
func (e *edit) editSystem() error {
	if e.System == nil && e.Instruction == "" {
		return nil
	}
	if e.System != nil {
		e.setMember("systemInstruction", wrapParts(textPart(*e.System)))
		return nil
	}
	own := textPart(e.Instruction)
	system, found := lastMember(e.members, "systemInstruction")
	if !found || isNull(system, e.Text) || e.Mode == "override" {
		e.setMember("systemInstruction", wrapParts(own))
		return nil
	}
	members, err := rawjson.Members(e.Text, system.Start)
	if err != nil {
		return ir.Invalid(system.Key, "%s must be an object with parts.", system.Key)
	}
	parts, found := lastMember(members, "parts")
	if !found {
		e.addFirst(system.Start, len(members) > 0, appendField(nil, "parts", list(own)))
		return nil
	}
	return e.addPart(parts, own, e.Mode == "prepend")
}

// addPart puts a part into parts, which may be one object instead of a list.
func (e *edit) addPart(parts rawjson.Member, own []byte, first bool) error {
	switch e.Text[parts.Start] {
	case 'n':
		e.Replace(parts.Start, parts.End, list(own))
	case '{':
		before, after := []byte{'['}, append(append([]byte{','}, own...), ']')
		if first {
			before, after = append(append(before, own...), ','), []byte{']'}
		}
		e.Insert(parts.Start, before)
		e.Insert(parts.End, after)
	case '[':
		items, err := rawjson.Elements(e.Text, parts.Start)
		switch {
		case err != nil:
			return invalidJSON(err)
		case len(items) == 0:
			e.Replace(parts.Start, parts.End, list(own))
		case first:
			e.Insert(items[0].Start, append(own, ','))
		default:
			e.Insert(items[len(items)-1].End, append([]byte{','}, own...))
		}
	default:
		return ir.Invalid("systemInstruction.parts", "systemInstruction.parts must be a list.")
	}
	return nil
}

func textPart(text string) []byte {
	return append(append([]byte(`{"text":`), rawjson.String(text)...), '}')
}

func wrapParts(part []byte) []byte {
	return append(append([]byte(`{"parts":`), list(part)...), '}')
}

func list(item []byte) []byte { return append(append([]byte{'['}, item...), ']') }

// elements lists what stands in a list, or the one object in its place
// (defects 17).
func (e *edit) elements(m rawjson.Member) ([]rawjson.Member, error) {
	switch e.Text[m.Start] {
	case '[':
		items, err := rawjson.Elements(e.Text, m.Start)
		if err != nil {
			return nil, invalidJSON(err)
		}
		return items, nil
	case '{':
		return []rawjson.Member{{Start: m.Start, KeyStart: m.Start, End: m.End}}, nil
	}
	return nil, nil
}

// editTurns cuts before a turn that a user began in words, so that no
// function response loses its call.
func (e *edit) editTurns() error {
	contents, found := lastMember(e.members, "contents")
	if e.MaxTurns <= 0 || !found || e.Text[contents.Start] != '[' {
		return nil
	}
	turns, err := e.elements(contents)
	if err != nil {
		return err
	}
	seen, first := 0, 0
	for i := len(turns) - 1; i > 0 && seen < e.MaxTurns; i-- {
		begins, err := e.beginsExchange(turns[i])
		if err != nil {
			return err
		}
		if begins {
			if seen++; seen == e.MaxTurns {
				first = i
			}
		}
	}
	if first > 0 {
		e.KeepOnly(turns, func(i int) bool { return i >= first })
	}
	return nil
}

func (e *edit) beginsExchange(turn rawjson.Member) (bool, error) {
	if e.Text[turn.Start] != '{' {
		return false, nil
	}
	members, err := rawjson.Members(e.Text, turn.Start)
	if err != nil {
		return false, invalidJSON(err)
	}
	if role, found := lastMember(members, "role"); found && !isNull(role, e.Text) {
		if word := text(role, e.Text); word != "user" && word != "" {
			return false, nil
		}
	}
	parts, found := lastMember(members, "parts")
	if !found {
		return true, nil
	}
	items, err := e.elements(parts)
	if err != nil {
		return false, err
	}
	for _, part := range items {
		if e.Text[part.Start] != '{' {
			continue // no part; the backend says so
		}
		fields, err := rawjson.Members(e.Text, part.Start)
		if err != nil {
			return false, invalidJSON(err)
		}
		if _, isResponse := lastMember(fields, "functionResponse"); isResponse {
			return false, nil
		}
	}
	return true, nil
}

// text reads a string value; anything else is "".
func text(m rawjson.Member, body []byte) string {
	var s string
	if err := json.Unmarshal(m.Raw(body), &s); err != nil {
		return ""
	}
	return s
}

// editTools removes the functions that the configuration does not allow, and
// with the last one what was to steer them.
func (e *edit) editTools() error {
	tools, found := lastMember(e.members, "tools")
	if len(e.AllowedTools) == 0 || !found || isNull(tools, e.Text) {
		return nil
	}
	entries, err := e.elements(tools)
	if err != nil {
		return err
	}
	var kept, functions int
	keep := make([]bool, len(entries))
	for i, entry := range entries {
		left, own, err := e.editTool(entry)
		if err != nil {
			return err
		}
		if keep[i] = left; left {
			kept++
		}
		functions += own
	}
	switch {
	case len(entries) == 0:
		return nil
	case kept == 0:
		e.dropped = append(e.dropped, tools.Key)
	case kept < len(entries):
		e.KeepOnly(entries, func(i int) bool { return keep[i] })
	}
	return e.editToolConfig(kept, functions)
}

// editTool filters one entry of tools; left says whether anything of it is.
// It changes nothing in an entry that is to go altogether.
func (e *edit) editTool(entry rawjson.Member) (left bool, functions int, err error) {
	if e.Text[entry.Start] != '{' {
		return true, 0, nil
	}
	members, err := rawjson.Members(e.Text, entry.Start)
	if err != nil {
		return false, 0, invalidJSON(err)
	}
	declared, found := lastMember(members, "functionDeclarations")
	if !found {
		return true, 0, nil
	}
	items, err := e.elements(declared)
	if err != nil {
		return false, 0, err
	}
	allowed := make([]bool, len(items))
	for i, item := range items {
		if allowed[i] = e.allows(item); allowed[i] {
			functions++
		}
	}
	switch {
	case functions == 0 && len(members) == 1:
		return false, 0, nil
	case functions == 0:
		e.keepMembers(members, []string{declared.Key})
	case functions < len(items):
		e.KeepOnly(items, func(i int) bool { return allowed[i] })
	}
	return true, functions, nil
}

func (e *edit) allows(declaration rawjson.Member) bool {
	if e.Text[declaration.Start] != '{' {
		return false
	}
	members, err := rawjson.Members(e.Text, declaration.Start)
	if err != nil {
		return false
	}
	name, found := lastMember(members, "name")
	return found && slices.Contains(e.AllowedTools, text(name, e.Text))
}

// editToolConfig keeps allowedFunctionNames in step: a name that is not
// declared is a 400.
func (e *edit) editToolConfig(tools, functions int) error {
	config, found := lastMember(e.members, "toolConfig")
	if !found || e.Text[config.Start] != '{' {
		return nil
	}
	if tools == 0 {
		e.dropped = append(e.dropped, config.Key)
		return nil
	}
	members, err := rawjson.Members(e.Text, config.Start)
	if err != nil {
		return invalidJSON(err)
	}
	calling, found := lastMember(members, "functionCallingConfig")
	if !found || e.Text[calling.Start] != '{' {
		return nil
	}
	if functions == 0 {
		e.keepMembers(members, []string{calling.Key})
		return nil
	}
	fields, err := rawjson.Members(e.Text, calling.Start)
	if err != nil {
		return invalidJSON(err)
	}
	names, found := lastMember(fields, "allowedFunctionNames")
	if !found || e.Text[names.Start] != '[' {
		return nil
	}
	items, err := rawjson.Elements(e.Text, names.Start)
	if err != nil {
		return invalidJSON(err)
	}
	e.KeepOnly(items, func(i int) bool { return slices.Contains(e.AllowedTools, text(items[i], e.Text)) })
	return nil
}
