package wire

import (
	"bytes"
	"errors"
)

// ErrNotObjects says that the body is neither an array of objects nor
// objects one after another.
var ErrNotObjects = errors.New("stream is not a sequence of JSON objects")

// jsonArray cuts the body that Gemini streams when nobody asks for SSE: one
// array, an object an element, `[{…}\n,\r\n{…}]`. A single object, objects a
// line each and objects without anything between them (defects 44) are cut
// the same way. Only brackets and strings are understood: whether an element
// is good JSON is for its reader to say.
type jsonArray struct {
	limit int
	in    []byte // pushed and not yet read
	quote int    // place of the next quote in in; -1: not looked for yet
	part  []byte // beginning of an element that has not ended yet

	place   place
	array   bool // the body began with "["
	depth   int
	text    bool // inside a string
	escaped bool // after its backslash
	held    bool // the last frame lies in part
	ended   bool
	err     error
}

// place is where in the body the next byte stands.
type place int

const (
	atStart place = iota
	betweenElements
	inElement
	afterArray
)

// NewJSONArray gives a splitter for a JSON array of objects. limit bounds one
// element in bytes; beyond it Next says ErrTooLarge and goes on saying it.
func NewJSONArray(limit int) Splitter {
	return &jsonArray{limit: limit, quote: -1}
}

func (a *jsonArray) Push(p []byte) {
	if len(a.in) > 0 {
		p = append(append(make([]byte, 0, len(a.in)+len(p)), a.in...), p...)
	}
	a.in, a.quote = p, -1
}

func (a *jsonArray) End() { a.ended = true }

func (a *jsonArray) Next() (Frame, bool, error) {
	if a.held {
		a.part, a.held = a.part[:0], false
	}
	if a.err == nil && a.place != inElement {
		a.err = a.seek()
	}
	if a.err == nil && a.place == inElement {
		if f, ok := a.element(); ok {
			return f, true, nil
		}
	}
	if a.err == nil && a.ended && a.unfinished() {
		a.err = ErrCut
	}
	return Frame{}, false, a.err
}

func (a *jsonArray) unfinished() bool {
	return a.place == inElement || a.array && a.place != afterArray
}

// seek goes to the beginning of the next element.
func (a *jsonArray) seek() error {
	for i, c := range a.in {
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == '{' && a.place != afterArray:
			a.place = inElement
			a.advance(i)
			return nil
		case c == '[' && a.place == atStart:
			a.array, a.place = true, betweenElements
		case c == ',' && a.array && a.place == betweenElements:
		case c == ']' && a.array && a.place == betweenElements:
			a.place = afterArray
		default:
			return ErrNotObjects
		}
	}
	a.in, a.quote = nil, -1
	return nil
}

// element gives the element under way when its end is here.
func (a *jsonArray) element() (Frame, bool) {
	end, whole := a.scan()
	if len(a.part)+end > a.limit {
		a.err = ErrTooLarge
		return Frame{}, false
	}
	data := a.in[:end]
	if len(a.part) > 0 || !whole {
		a.part = append(a.part, data...)
		data = a.part
	}
	a.advance(end)
	if !whole {
		return Frame{}, false
	}
	a.place = betweenElements
	a.held = len(a.part) > 0
	return Frame{Data: data}, true
}

// scan goes on in the element to its end or to the end of what was pushed.
func (a *jsonArray) scan() (end int, whole bool) {
	for i := 0; i < len(a.in); i++ {
		if a.text {
			if i = a.scanText(i); i == len(a.in) {
				break
			}
			continue
		}
		switch a.in[i] {
		case '"':
			a.text = true
		case '{', '[':
			a.depth++
		case '}', ']':
			if a.depth--; a.depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(a.in), false
}

// scanText gives the place of the quote that ends the string, or the end of
// what was pushed. Megabytes of base64 are skipped by vector instructions.
func (a *jsonArray) scanText(i int) int {
	for i < len(a.in) {
		if a.escaped {
			a.escaped = false
			i++
			continue
		}
		if a.quote < i {
			// Remembered, or a string full of backslashes would be searched
			// to its end for each of them.
			if a.quote = bytes.IndexByte(a.in[i:], '"'); a.quote < 0 {
				a.quote = len(a.in)
			} else {
				a.quote += i
			}
		}
		slash := bytes.IndexByte(a.in[i:a.quote], '\\')
		if slash < 0 {
			if a.quote < len(a.in) {
				a.text = false
			}
			return a.quote
		}
		a.escaped = true
		i += slash + 1
	}
	return len(a.in)
}

func (a *jsonArray) advance(n int) {
	a.in = a.in[n:]
	a.quote = max(a.quote-n, -1)
}
