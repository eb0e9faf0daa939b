package fidelity

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"louter/gen/openai"
)

// field is one property of an API, by its path: "contents[].parts[].text".
type field struct {
	path string
	// holds says that the members of its value are fields of their own.
	holds bool
	// opaque is a value whose inside the generated types do not describe.
	opaque bool
}

// unions are the types of openapi/openai.yaml with more than one form, which
// gen/openai writes by hand. A word or text stands for itself; of the other
// form the members are fields.
var unions = map[reflect.Type]reflect.Type{
	reflect.TypeFor[openai.Content]():            reflect.TypeFor[[]openai.ContentPart](),
	reflect.TypeFor[openai.Thinking]():           reflect.TypeFor[[]openai.ThinkingPart](),
	reflect.TypeFor[openai.ToolChoice]():         reflect.TypeFor[openai.ToolChoiceObject](),
	reflect.TypeFor[openai.FunctionCallChoice](): reflect.TypeFor[openai.ToolName](),
	reflect.TypeFor[openai.Voice]():              reflect.TypeFor[openai.CustomVoice](),
	reflect.TypeFor[openai.Stop]():               reflect.TypeFor[[]string](),
	reflect.TypeFor[openai.NullableString]():     reflect.TypeFor[string](),
	reflect.TypeFor[openai.ErrorCode]():          reflect.TypeFor[string](),
}

// fieldsOf lists the fields of types, in their order; one that several have
// at the same path is listed once.
func fieldsOf(types ...reflect.Type) ([]field, error) {
	w := fieldWalk{known: map[string]bool{}}
	for _, t := range types {
		if err := w.object(t, ""); err != nil {
			return nil, err
		}
	}
	return w.fields, nil
}

type fieldWalk struct {
	fields []field
	known  map[string]bool
	within []reflect.Type
}

func (w *fieldWalk) object(t reflect.Type, path string) error {
	for _, outer := range w.within {
		if outer == t {
			return fmt.Errorf("%s: %s holds itself", path, t)
		}
	}
	w.within = append(w.within, t)
	defer func() { w.within = w.within[:len(w.within)-1] }()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			return fmt.Errorf("%s: %s.%s has no name on the wire", path, t, t.Field(i).Name)
		}
		at := name
		if path != "" {
			at = path + "." + name
		}
		if err := w.field(t.Field(i).Type, at); err != nil {
			return err
		}
	}
	return nil
}

func (w *fieldWalk) field(t reflect.Type, path string) error {
	f := field{path: path}
	inside := path
	for {
		if t == reflect.TypeFor[json.RawMessage]() {
			f.opaque = true
			break
		}
		if other, isUnion := unions[t]; isUnion {
			t = other
			continue
		}
		if t.Kind() == reflect.Slice {
			inside += "[]"
		} else if t.Kind() != reflect.Pointer {
			break
		}
		t = t.Elem()
	}
	f.holds = t.Kind() == reflect.Struct
	f.opaque = f.opaque || t.Kind() == reflect.Map
	if !w.known[path] {
		w.known[path] = true
		w.fields = append(w.fields, f)
	}
	if f.holds {
		return w.object(t, inside)
	}
	return nil
}
