package openai

import "encoding/json"

// Stop is the strings that end an answer: one, or an array. The zero value
// is unset.
type Stop struct {
	Strings []string
	single  bool
}

// StopAt is an array of strings; nil is unset.
func StopAt(strings []string) Stop { return Stop{Strings: strings} }

// IsZero says that there are none.
func (s Stop) IsZero() bool { return s.Strings == nil }

// UnmarshalJSON reads a string, an array or null.
func (s *Stop) UnmarshalJSON(data []byte) error {
	switch kindOf(data) {
	case "null":
		*s = Stop{}
		return nil
	case "string":
		text, ok := unquote(data)
		if !ok {
			return wrongKind[Stop](data)
		}
		*s = Stop{Strings: []string{text}, single: true}
		return nil
	case "array":
		list := make([]string, 0, 4)
		if err := json.Unmarshal(data, &list); err != nil {
			return err
		}
		*s = Stop{Strings: list}
		return nil
	}
	return wrongKind[Stop](data)
}

// MarshalJSON writes a string where one was read, else an array.
func (s Stop) MarshalJSON() ([]byte, error) {
	if s.Strings == nil {
		return []byte("null"), nil
	}
	if s.single && len(s.Strings) == 1 {
		return quote(s.Strings[0]), nil
	}
	return encode(s.Strings)
}

// ToolChoice is a mode or an object; at most one of the two is set. The zero
// value is unset.
type ToolChoice struct {
	Mode   ToolChoiceMode
	Object *ToolChoiceObject
}

// IsZero says that there is none.
func (c ToolChoice) IsZero() bool { return c.Mode == "" && c.Object == nil }

// UnmarshalJSON reads a string, an object or null.
func (c *ToolChoice) UnmarshalJSON(data []byte) error {
	mode, object, err := wordOr[ToolChoiceObject, ToolChoice](data)
	*c = ToolChoice{Mode: ToolChoiceMode(mode), Object: object}
	return err
}

// MarshalJSON writes a string, an object or null.
func (c ToolChoice) MarshalJSON() ([]byte, error) { return encodeWordOr(string(c.Mode), c.Object) }

// FunctionCallChoice is the older form of ToolChoice: a mode (none, auto), or
// the name of a function. The zero value is unset.
type FunctionCallChoice struct {
	Mode     string
	Function *ToolName
}

// IsZero says that there is none.
func (c FunctionCallChoice) IsZero() bool { return c.Mode == "" && c.Function == nil }

// UnmarshalJSON reads a string, an object or null.
func (c *FunctionCallChoice) UnmarshalJSON(data []byte) error {
	mode, object, err := wordOr[ToolName, FunctionCallChoice](data)
	*c = FunctionCallChoice{Mode: mode, Function: object}
	return err
}

// MarshalJSON writes a string, an object or null.
func (c FunctionCallChoice) MarshalJSON() ([]byte, error) { return encodeWordOr(c.Mode, c.Function) }

// Voice is a built-in voice by name, or one's own by id.
type Voice struct {
	Name   string
	Custom *CustomVoice
}

// UnmarshalJSON reads a string, an object or null.
func (v *Voice) UnmarshalJSON(data []byte) error {
	name, object, err := wordOr[CustomVoice, Voice](data)
	*v = Voice{Name: name, Custom: object}
	return err
}

// MarshalJSON writes a string, an object or null.
func (v Voice) MarshalJSON() ([]byte, error) { return encodeWordOr(v.Name, v.Custom) }

// wordOr reads a string or an object of type O for the union U; null is neither.
func wordOr[O, U any](data []byte) (string, *O, error) {
	switch kindOf(data) {
	case "null":
		return "", nil, nil
	case "string":
		if word, ok := unquote(data); ok {
			return word, nil, nil
		}
	case "object":
		object := new(O)
		if err := json.Unmarshal(data, object); err != nil {
			return "", nil, err
		}
		return "", object, nil
	}
	return "", nil, wrongKind[U](data)
}

func encodeWordOr[O any](word string, object *O) ([]byte, error) {
	switch {
	case object != nil:
		return encode(object)
	case word != "":
		return quote(word), nil
	}
	return []byte("null"), nil
}
