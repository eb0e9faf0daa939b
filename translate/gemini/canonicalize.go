package gemini

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"louter/translate/ir"
	"louter/translate/rawjson"
)

// shape is what a JSON value may look like, taken from a generated type once.
// The zero shape is opaque: text, flags, schemas, arguments and everything
// else that belongs to the client.
type shape struct {
	fields map[string]field // of an object
	elem   *shape           // of a list
	number bool
}

// field is a member that a type declares.
type field struct {
	name  string
	shape *shape
}

// shapeOf reads a generated type. Types that contain themselves share one
// shape.
func shapeOf(t reflect.Type, seen map[reflect.Type]*shape) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s := seen[t]; s != nil {
		return s
	}
	s := &shape{}
	seen[t] = s
	switch t.Kind() {
	case reflect.Struct:
		if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
			return s
		}
		s.fields = make(map[string]field, t.NumField())
		for _, f := range reflect.VisibleFields(t) {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				s.fields[name] = field{name, shapeOf(f.Type, seen)}
			}
		}
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // json.RawMessage and bytes
			s.elem = shapeOf(t.Elem(), seen)
		}
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		s.number = true
	}
	return s
}

// canonicalize brings a body into the form that the generated types read:
// snake_case names become camelCase (defects 73), one object where a list is
// due becomes a list (defects 17), numbers lose their quotes. It gives the
// same slice where nothing is to do, and a Loss for each member that no type
// declares. It goes by the types, so names inside schemas, arguments and
// results stay as they are.
func canonicalize(body []byte, s *shape) ([]byte, []ir.Loss, error) {
	w := walker{Splices: rawjson.Splices{Text: body}}
	at := rawjson.SkipSpace(body, 0)
	end := w.value(at, s)
	if w.err == nil && rawjson.SkipSpace(body, end) != len(body) {
		w.err = rawjson.ErrSyntax
	}
	if w.err != nil {
		return nil, nil, w.err
	}
	return w.Apply(), w.losses, nil
}

// walker goes through a body once, beside a shape.
type walker struct {
	rawjson.Splices
	path   []step
	losses []ir.Loss
	err    error
}

// value handles the value at i and gives the place behind it.
func (w *walker) value(i int, s *shape) int {
	if w.err != nil || i >= len(w.Text) {
		w.fail(rawjson.ErrSyntax)
		return i
	}
	switch c := w.Text[i]; {
	case len(w.path) > rawjson.MaxDepth:
		w.fail(rawjson.ErrDepth)
	case c == '{' && s.elem != nil:
		w.Insert(i, []byte{'['})
		end := w.value(i, s.elem)
		w.Insert(end, []byte{']'})
		return end
	case c == '{' && s.fields != nil:
		return w.object(i, s)
	case c == '[' && s.elem != nil:
		return w.array(i, s)
	case c == '"' && s.number:
		return w.number(i)
	}
	end, err := rawjson.SkipValue(w.Text, i)
	if err != nil {
		w.fail(err)
	}
	return end
}

func (w *walker) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *walker) object(i int, s *shape) int {
	i = rawjson.SkipSpace(w.Text, i+1)
	for first := true; w.err == nil; first = false {
		if i < len(w.Text) && w.Text[i] == '}' && first {
			return i + 1
		}
		end, err := rawjson.SkipString(w.Text, i)
		if err != nil {
			w.fail(err)
			return i
		}
		inner := w.field(i, end, s)
		if i = rawjson.SkipSpace(w.Text, end); i >= len(w.Text) || w.Text[i] != ':' {
			w.fail(rawjson.ErrSyntax)
			return i
		}
		i = w.value(rawjson.SkipSpace(w.Text, i+1), inner)
		w.path = w.path[:len(w.path)-1]
		var done bool
		if i, done = w.next(i, '}'); done {
			return i
		}
	}
	return i
}

// field finds the member whose key stands at i, renames it where it is in
// snake_case, and pushes it on the path.
func (w *walker) field(i, end int, s *shape) *shape {
	raw := w.Text[i+1 : end-1]
	if f, known := s.fields[string(raw)]; known {
		w.path = append(w.path, step{name: f.name})
		return f.shape
	}
	name := string(raw)
	if bytes.IndexByte(raw, '\\') >= 0 && json.Unmarshal(w.Text[i:end], &name) != nil {
		w.fail(rawjson.ErrSyntax)
	}
	f, known := s.fields[name]
	if !known && strings.IndexByte(name, '_') >= 0 {
		if f, known = s.fields[camelCase(name)]; known {
			w.Replace(i, end, rawjson.String(f.name))
		}
	}
	if known {
		w.path = append(w.path, step{name: f.name})
		return f.shape
	}
	w.path = append(w.path, step{name: showName(name)})
	if len(w.losses) < maxUnknown {
		w.losses = append(w.losses, ir.Loss{Path: showPath(w.path), Why: "not a field of the Gemini API that Louter knows"})
	}
	return opaque
}

// opaque is the shape of what is not looked into.
var opaque = &shape{}

// step is one level of a path: a member's name, or an index.
type step struct {
	name  string
	index int
}

func showPath(steps []step) string {
	var b strings.Builder
	for i, s := range steps {
		if i > 0 {
			b.WriteByte('.')
		}
		if s.name != "" {
			b.WriteString(s.name)
		} else {
			b.WriteString(strconv.Itoa(s.index))
		}
	}
	return b.String()
}

// maxUnknown bounds what one body can put into logs and headers.
const maxUnknown = 64

// showName gives a member's name as it may stand in a log or a header; a name
// that does not look like one is content.
func showName(name string) string {
	const longest = 64
	if name == "" || len(name) > longest {
		return "*"
	}
	for _, c := range []byte(name) {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return "*"
		}
	}
	return name
}

func (w *walker) array(i int, s *shape) int {
	i = rawjson.SkipSpace(w.Text, i+1)
	if i < len(w.Text) && w.Text[i] == ']' {
		return i + 1
	}
	for n := 0; w.err == nil; n++ {
		w.path = append(w.path, step{index: n})
		i = w.value(i, s.elem)
		w.path = w.path[:len(w.path)-1]
		var done bool
		if i, done = w.next(i, ']'); done {
			return i
		}
	}
	return i
}

// next goes over a comma or the closing bracket.
func (w *walker) next(i int, shut byte) (int, bool) {
	i = rawjson.SkipSpace(w.Text, i)
	switch {
	case w.err != nil:
	case i < len(w.Text) && w.Text[i] == shut:
		return i + 1, true
	case i < len(w.Text) && w.Text[i] == ',':
		return rawjson.SkipSpace(w.Text, i+1), false
	default:
		w.fail(rawjson.ErrSyntax)
	}
	return i, true
}

// number takes the quotes from "12"; what is no number stays, for the decoder
// to refuse by name.
func (w *walker) number(i int) int {
	end, err := rawjson.SkipString(w.Text, i)
	if err != nil {
		w.fail(err)
		return i
	}
	inner := w.Text[i+1 : end-1]
	if len(inner) > 0 && (inner[0] == '-' || inner[0] >= '0' && inner[0] <= '9') && json.Valid(inner) {
		w.Replace(i, end, inner)
	}
	return end
}
