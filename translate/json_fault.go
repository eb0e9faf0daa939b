package translate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"louter/translate/ir"
)

// describeSyntax says where a body stops being JSON. The reader's own words
// are not used: they quote the client.
func describeSyntax(body []byte) *ir.Error {
	var first json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&first); err == nil {
		line, column := position(body, int(dec.InputOffset()))
		return ir.Invalid("", "The body goes on after the JSON value ended (line %d, column %d).", line, column)
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		return ir.Invalid(pathTo(body, len(body)-1), "The body is not valid JSON: it ends too early.")
	}
	at := len(body) - 1
	var syntax *json.SyntaxError
	if err := json.Unmarshal(body, &first); errors.As(err, &syntax) {
		at = int(syntax.Offset) - 1
	}
	line, column := position(body, at)
	return ir.Invalid(pathTo(body, at), "The body is not valid JSON (line %d, column %d).", line, column)
}

// position counts lines and characters from 1.
func position(body []byte, at int) (line, column int) {
	before := body[:min(max(at, 0), len(body))]
	begin := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[begin:]) + 1
}

// fault is the innermost value that does not fit, and the Go type it should
// have fitted.
type fault struct {
	path []string
	raw  []byte
	want reflect.Type
	err  error
	// anyOf: the type takes several kinds, and want is only one of them.
	anyOf bool
}

// describeMismatch finds the field that does not fit v. The reader's error
// names no indexes, so the body is walked beside the type, once, after the
// failure.
func describeMismatch(body []byte, v any) *ir.Error {
	f := fault{raw: body, want: reflect.TypeOf(v).Elem()}
	if f.err = fits(body, f.want); f.err != nil {
		f.descend()
	}
	path := strings.Join(f.path, ".")
	what := "the body"
	if path != "" {
		what = "'" + path + "'"
	}
	want, got := wanted(f), kindOf(f.raw)
	switch {
	case f.anyOf:
		return ir.Invalid(path, "Invalid type for %s: %s is not accepted here.", what, got)
	case want == "":
		return ir.Invalid(path, "Invalid value for %s.", what)
	case got == "a number" && strings.Contains(want, "number"):
		if want != "a number" && bytes.ContainsAny(f.raw, ".eE") {
			return ir.Invalid(path, "Invalid value for %s: expected %s.", what, want)
		}
		return ir.Invalid(path, "Invalid value for %s: the number is out of range.", what)
	case got == "a string" && strings.HasSuffix(want, "string"):
		return ir.Invalid(path, "Invalid value for %s: expected %s.", what, want)
	}
	return ir.Invalid(path, "Invalid type for %s: expected %s, but got %s instead.", what, want, got)
}

func fits(raw []byte, t reflect.Type) error {
	return json.Unmarshal(raw, reflect.New(t).Interface())
}

// descend goes from a value that does not fit to the one inside it that is
// the reason, as long as there is one.
func (f *fault) descend() {
	for {
		for f.want.Kind() == reflect.Pointer {
			f.want = f.want.Elem()
		}
		if reflect.PointerTo(f.want).Implements(unmarshaler) {
			f.insideReader()
			return
		}
		if !f.step() {
			return
		}
	}
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// step goes one level down to the first child that does not fit.
func (f *fault) step() bool {
	child := f.childType()
	if child == nil {
		return false
	}
	for m := range children(f.raw) {
		t, shown := child(m.name)
		if t == nil {
			continue // a member that the type does not know fits always
		}
		if err := fits(m.raw, t); err != nil {
			f.path, f.raw, f.want, f.err = append(f.path, shown), m.raw, t, err
			return true
		}
	}
	return false
}

// insideReader goes on in a type that reads itself, of which nothing is known
// but whether it reads a value: each child is tried alone, in the shell of
// arrays and objects that it stands in. The one that brings the same
// complaint is at fault.
func (f *fault) insideReader() {
	var complaint *json.UnmarshalTypeError
	if !errors.As(f.err, &complaint) {
		return
	}
	reader, before, after := f.want, "", ""
	f.anyOf = true
	for found := true; found; {
		found = false
		for m := range children(f.raw) {
			alone := before + m.open + string(m.raw) + m.end + after
			var same *json.UnmarshalTypeError
			err := fits([]byte(alone), reader)
			if !errors.As(err, &same) || same.Type != complaint.Type || same.Value != complaint.Value {
				continue // this child is not what the reader complains of
			}
			before, after = before+m.open, m.end+after
			f.path, f.raw, f.want = append(f.path, showKey(m.name)), m.raw, complaint.Type
			f.anyOf, found = false, true
			break
		}
	}
}

// member is one child of an array or object.
type member struct {
	name      string // the key, or the index
	raw       json.RawMessage
	open, end string // what makes a value of the member alone
}

// children gives the members of an array or object; none of anything else.
func children(raw []byte) iter.Seq[member] {
	return func(yield func(member) bool) {
		dec := json.NewDecoder(bytes.NewReader(raw))
		open, err := dec.Token()
		if err != nil || (open != json.Delim('{') && open != json.Delim('[')) {
			return
		}
		for i := 0; dec.More(); i++ {
			m := member{name: strconv.Itoa(i), open: "[", end: "]"}
			if open == json.Delim('{') {
				key, err := dec.Token()
				if err != nil {
					return
				}
				m.name, _ = key.(string)
				quoted, err := json.Marshal(m.name)
				if err != nil {
					return
				}
				m.open, m.end = "{"+string(quoted)+":", "}"
			}
			if err := dec.Decode(&m.raw); err != nil || !yield(m) {
				return
			}
		}
	}
}

// childType tells the type of a child by its name or index, and how to show
// the name; nil where the value is not of the kind that the type asks for.
func (f *fault) childType() func(name string) (reflect.Type, string) {
	got := kindOf(f.raw)
	switch f.want.Kind() {
	case reflect.Struct:
		if got == "an object" {
			return func(name string) (reflect.Type, string) { return fieldOf(f.want, name) }
		}
	case reflect.Map:
		if got == "an object" {
			return func(name string) (reflect.Type, string) { return f.want.Elem(), showKey(name) }
		}
	case reflect.Slice, reflect.Array:
		if got == "an array" {
			return func(name string) (reflect.Type, string) { return f.want.Elem(), name }
		}
	}
	return nil
}

// fieldOf finds a field as encoding/json does: by its exact name, else by
// any case.
func fieldOf(t reflect.Type, name string) (reflect.Type, string) {
	var loose reflect.Type
	var looseName string
	for _, field := range reflect.VisibleFields(t) {
		own, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if own == "-" || !field.IsExported() || field.Anonymous && own == "" {
			continue
		}
		if own == "" {
			own = field.Name
		}
		if own == name {
			return field.Type, own
		}
		if loose == nil && strings.EqualFold(own, name) {
			loose, looseName = field.Type, own
		}
	}
	return loose, looseName
}

// wanted says in words what was expected; "" when the type alone does not say.
func wanted(f fault) string {
	switch t := f.want; t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number of at least 0"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Map, reflect.Struct:
		if reflect.PointerTo(t).Implements(unmarshaler) {
			return ""
		}
		return "an object"
	}
	return ""
}

// kindOf says in words what a JSON value is.
func kindOf(raw []byte) string {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
