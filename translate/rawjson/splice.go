package rawjson

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Splices collects changes of one text and makes them in one copy.
type Splices struct {
	Text []byte
	list []splice
}

type splice struct {
	start, end int
	text       []byte
}

// Replace puts text in the place of Text[start:end].
func (s *Splices) Replace(start, end int, text []byte) {
	s.list = append(s.list, splice{start, end, text})
}

// Insert puts text before the byte at.
func (s *Splices) Insert(at int, text []byte) { s.Replace(at, at, text) }

// Apply gives the changed text, or the very same slice when nothing changes.
// Inserts at one place keep their order.
func (s *Splices) Apply() []byte {
	if len(s.list) == 0 {
		return s.Text
	}
	slices.SortStableFunc(s.list, func(a, b splice) int { return a.start - b.start })
	size := len(s.Text)
	for _, c := range s.list {
		size += len(c.text) - (c.end - c.start)
	}
	out := make([]byte, 0, max(size, 0))
	from := 0
	for _, c := range s.list {
		if c.start > from {
			out = append(out, s.Text[from:c.start]...)
		}
		out = append(out, c.text...)
		from = max(from, c.end)
	}
	return append(out, s.Text[from:]...)
}

// KeepOnly removes every item for which kept says no, with the comma that
// belongs to it; all stand in one object or array. What is kept keeps its
// bytes and the space around it.
func (s *Splices) KeepOnly(items []Member, kept func(int) bool) {
	last := -1 // the last kept item
	for i, m := range items {
		if kept(i) {
			last = i
			continue
		}
		switch {
		case i+1 < len(items):
			s.Replace(m.KeyStart, items[i+1].KeyStart, nil)
		case last >= 0:
			s.Replace(items[last].End, m.End, nil)
		default:
			s.Replace(m.KeyStart, m.End, nil)
		}
	}
}

// String is a JSON string without the HTML escapes of encoding/json, which
// would change what a client's words look like in a log.
func String(text string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return []byte(`""`) // encoding a string cannot fail; this keeps the text valid
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
