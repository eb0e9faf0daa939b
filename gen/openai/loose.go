package openai

import "strings"

// LooseString is a string that some servers send as a number (ids) or as an
// object (messages of errors): anything but a string is kept as its JSON
// text, null as "".
type LooseString string

// String is "" for nil.
func (s *LooseString) String() string {
	if s == nil {
		return ""
	}
	return string(*s)
}

// UnmarshalJSON reads any value.
func (s *LooseString) UnmarshalJSON(data []byte) error {
	*s = LooseString(textOf(data))
	return nil
}

// MarshalJSON writes a string.
func (s LooseString) MarshalJSON() ([]byte, error) { return quote(string(s)), nil }

// Arguments is the JSON text of a call's arguments. It need not be valid: a
// model may be cut short. Servers that send the object itself are read as if
// they had sent its text.
type Arguments string

// String is "" for nil.
func (a *Arguments) String() string {
	if a == nil {
		return ""
	}
	return string(*a)
}

// UnmarshalJSON reads any value.
func (a *Arguments) UnmarshalJSON(data []byte) error {
	*a = Arguments(textOf(data))
	return nil
}

// MarshalJSON writes a string.
func (a Arguments) MarshalJSON() ([]byte, error) { return quote(string(a)), nil }

func textOf(data []byte) string {
	if isNull(data) {
		return ""
	}
	if text, ok := unquote(data); ok {
		return text
	}
	return strings.ToValidUTF8(string(data), "\uFFFD") // as in any string that is read
}

// LooseInt is an integer that some servers send as a string or with a
// fraction (counts, indexes, times). A fraction is cut off; null and "" leave
// the value as it was.
type LooseInt int64

// Int64 is 0 for nil.
func (n *LooseInt) Int64() int64 {
	if n == nil {
		return 0
	}
	return int64(*n)
}

// UnmarshalJSON reads a number, or a string that holds one.
func (n *LooseInt) UnmarshalJSON(data []byte) error {
	text := data
	if len(data) >= 2 && data[0] == '"' {
		text = data[1 : len(data)-1]
	}
	if len(text) == 0 || isNull(text) {
		return nil
	}
	v, ok := parseInt(text)
	if !ok {
		return wrongKind[LooseInt](data)
	}
	*n = LooseInt(v)
	return nil
}

// ErrorCode is the code of an error: a word at OpenAI, a number at llama.cpp
// and Google. The zero value is null.
type ErrorCode struct {
	Text   string
	Number bool // Text is a JSON number
}

// UnmarshalJSON reads any value.
func (c *ErrorCode) UnmarshalJSON(data []byte) error {
	*c = ErrorCode{Text: textOf(data), Number: kindOf(data) == "number"}
	return nil
}

// MarshalJSON writes a string, a number or null.
func (c ErrorCode) MarshalJSON() ([]byte, error) {
	switch {
	case c.Number:
		return []byte(c.Text), nil
	case c.Text == "":
		return []byte("null"), nil
	}
	return quote(c.Text), nil
}
