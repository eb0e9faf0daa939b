package openaichat

import (
	"bytes"

	"louter/translate/rawjson"
)

// message is one element of messages with what the edits must know of it.
type message struct {
	rawjson.Member
	role    string
	content rawjson.Member
	said    bool // content is there
}

func (m message) instructs() bool { return m.role == "system" || m.role == "developer" }

// editMessages makes the edits of instructions and turns.
func (e *edit) editMessages() error {
	place, found := e.find("messages")
	wanted := e.System != nil || e.Instruction != "" || e.MaxTurns > 0
	if !wanted || !found || e.Text[place.Start] != '[' {
		return nil
	}
	messages, err := e.readMessages(place.Start)
	if err != nil {
		return err
	}
	leading := 0
	for leading < len(messages) && messages[leading].instructs() {
		leading++
	}
	from := leading
	if e.System != nil || e.Instruction != "" && e.Mode == "override" {
		from = 0
	}
	first := e.firstKept(messages, leading)
	kept := func(i int) bool { return i < leading && from > 0 || i >= first }
	items := make([]rawjson.Member, len(messages))
	rest := 0
	for i, m := range messages {
		items[i] = m.Member
		if kept(i) {
			rest++
		}
	}
	e.KeepOnly(items, kept)
	e.editInstructions(place.Start+1, messages[:leading], rest > 0)
	return nil
}

func (e *edit) readMessages(at int) ([]message, error) {
	var out []message
	list := rawjson.Scanner{Text: e.Text}
	for el := range list.Array(at) {
		m := message{Member: el}
		if e.Text[el.Start] == '{' {
			s := rawjson.Scanner{Text: e.Text}
			for f := range s.Object(el.Start) {
				switch f.Key {
				case "role":
					m.role = string(bytes.Trim(f.Raw(e.Text), `"`))
				case "content":
					m.content, m.said = f, true
				}
			}
			if s.Err != nil {
				return nil, invalidJSON(s)
			}
		}
		out = append(out, m)
	}
	if list.Err != nil {
		return nil, invalidJSON(list)
	}
	return out, nil
}

// firstKept is the place of the first message behind the instructions that
// stays: the one with which the user began the oldest turn that is kept, so
// that no tool result loses its call.
func (e *edit) firstKept(messages []message, leading int) int {
	if e.MaxTurns <= 0 {
		return leading
	}
	seen := 0
	for i := len(messages) - 1; i >= leading; i-- {
		if messages[i].role != "user" {
			continue
		}
		if seen++; seen == e.MaxTurns {
			return i
		}
	}
	return leading
}

// editInstructions adds the backend's own to the client's. They go into the
// client's message and not beside it, because the chat templates of many
// models take one system message alone. more says that a message follows.
func (e *edit) editInstructions(at int, leading []message, more bool) {
	text, replaces := e.Instruction, e.Mode == "override"
	if e.System != nil {
		text, replaces = *e.System, true
	}
	switch {
	case text == "" && e.System == nil:
	case replaces || len(leading) == 0:
		role := "system"
		if len(leading) > 0 {
			role = leading[0].role
		}
		e.insertMessage(at, role, text, more)
	case e.Mode == "prepend":
		e.addText(leading[0], text, true)
	default:
		e.addText(leading[len(leading)-1], text, false)
	}
}

func (e *edit) insertMessage(at int, role, text string, more bool) {
	msg := append([]byte(`{"role":`), rawjson.String(role)...)
	msg = append(append(msg, `,"content":`...), rawjson.String(text)...)
	msg = append(msg, '}')
	if more {
		msg = append(msg, ',')
	}
	e.Insert(at, msg)
}

// addText puts an instruction at the front or the end of a message.
func (e *edit) addText(m message, text string, front bool) {
	kind := byte(0)
	if m.said {
		kind = e.Text[m.content.Start]
	}
	switch kind {
	case '"':
		quoted := rawjson.String(text)
		e.addToString(m.content, quoted[1:len(quoted)-1], front)
	case '[':
		part := append([]byte(`{"type":"text","text":`), rawjson.String(text)...)
		e.addToArray(m.content, append(part, '}'), front)
	default: // null or missing: nothing to add to
		if front {
			e.insertMessage(m.Start, m.role, text, true)
			return
		}
		e.Insert(m.End, []byte{','})
		e.insertMessage(m.End, m.role, text, false)
	}
}

const instructionGap = `\n\n` // escaped, as it stands in the JSON string

func (e *edit) addToString(place rawjson.Member, text []byte, front bool) {
	switch empty := place.End-place.Start == 2; {
	case empty:
		e.Insert(place.Start+1, text)
	case front:
		e.Insert(place.Start+1, append(bytes.Clone(text), instructionGap...))
	default:
		e.Insert(place.End-1, append([]byte(instructionGap), text...))
	}
}

func (e *edit) addToArray(place rawjson.Member, part []byte, front bool) {
	empty := rawjson.SkipSpace(e.Text, place.Start+1) == place.End-1
	switch {
	case empty:
		e.Insert(place.Start+1, part)
	case front:
		e.Insert(place.Start+1, append(part, ','))
	default:
		e.Insert(place.End-1, append([]byte{','}, part...))
	}
}
