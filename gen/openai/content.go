package openai

import "encoding/json"

type form uint8

const (
	formAbsent form = iota
	formNull
	formText
	formParts
)

// Content is the content of a message: text, parts, null, or not there.
// The zero value is not there.
type Content struct {
	Text  string
	Parts []ContentPart
	form  form
}

// TextContent is text; "" is text too.
func TextContent(text string) Content { return Content{Text: text, form: formText} }

// PartsContent is an array of parts; nil is the empty array.
func PartsContent(parts []ContentPart) Content { return Content{Parts: parts, form: formParts} }

// NullContent is null.
func NullContent() Content { return Content{form: formNull} }

// IsZero says that there is no content member at all.
func (c Content) IsZero() bool { return c.form == formAbsent }

// IsNull says that content is null.
func (c Content) IsNull() bool { return c.form == formNull }

// IsText says that content is one string.
func (c Content) IsText() bool { return c.form == formText }

// IsParts says that content is an array.
func (c Content) IsParts() bool { return c.form == formParts }

// UnmarshalJSON reads a string, an array of parts or null.
func (c *Content) UnmarshalJSON(data []byte) error {
	switch kindOf(data) {
	case "string":
		text, ok := unquote(data)
		if !ok {
			return wrongKind[Content](data)
		}
		*c = TextContent(text)
		return nil
	case "array":
		parts, err := readParts(data)
		*c = PartsContent(parts)
		return err
	case "null":
		*c = NullContent()
		return nil
	}
	return wrongKind[Content](data)
}

// MarshalJSON writes what was read. Content that is not there is null:
// omitzero keeps it out of an object.
func (c Content) MarshalJSON() ([]byte, error) {
	switch c.form {
	case formText:
		return quote(c.Text), nil
	case formParts:
		if c.Parts == nil {
			return []byte("[]"), nil
		}
		return encode(c.Parts)
	}
	return []byte("null"), nil
}

// Thinking is what a content part of type thinking holds: text, parts, null,
// or nothing. The zero value is not there.
type Thinking struct {
	Text  string
	Parts []ThinkingPart
	form  form
}

// TextThinking is one string.
func TextThinking(text string) Thinking { return Thinking{Text: text, form: formText} }

// PartsThinking is an array of parts; nil is the empty array.
func PartsThinking(parts []ThinkingPart) Thinking { return Thinking{Parts: parts, form: formParts} }

// IsZero says that there is no thinking member at all.
func (t Thinking) IsZero() bool { return t.form == formAbsent }

// String is the text, or that of all parts.
func (t Thinking) String() string {
	if t.form != formParts {
		return t.Text
	}
	var all []byte
	for _, p := range t.Parts {
		if p.Text != nil {
			all = append(all, *p.Text...)
		}
	}
	return string(all)
}

// UnmarshalJSON reads a string, an array of parts or null.
func (t *Thinking) UnmarshalJSON(data []byte) error {
	switch kindOf(data) {
	case "string":
		text, ok := unquote(data)
		if !ok {
			return wrongKind[Thinking](data)
		}
		*t = TextThinking(text)
		return nil
	case "array":
		parts := make([]ThinkingPart, 0, 1)
		if err := json.Unmarshal(data, &parts); err != nil {
			return err
		}
		*t = PartsThinking(parts)
		return nil
	case "null":
		*t = Thinking{form: formNull}
		return nil
	}
	return wrongKind[Thinking](data)
}

// MarshalJSON writes what was read.
func (t Thinking) MarshalJSON() ([]byte, error) {
	switch t.form {
	case formText:
		return quote(t.Text), nil
	case formParts:
		if t.Parts == nil {
			return []byte("[]"), nil
		}
		return encode(t.Parts)
	}
	return []byte("null"), nil
}

// NullableString is a string, null, or not there, for members whose null the
// official clients expect. The zero value is not there.
type NullableString struct {
	Text string
	form form
}

// Some is a string.
func Some(text string) NullableString { return NullableString{Text: text, form: formText} }

// Null is null.
func Null() NullableString { return NullableString{form: formNull} }

// IsZero says that there is no such member at all.
func (s NullableString) IsZero() bool { return s.form == formAbsent }

// IsNull says that the member is null.
func (s NullableString) IsNull() bool { return s.form == formNull }

// UnmarshalJSON reads a string or null.
func (s *NullableString) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*s = Null()
		return nil
	}
	text, ok := unquote(data)
	if !ok {
		return wrongKind[NullableString](data)
	}
	*s = Some(text)
	return nil
}

// MarshalJSON writes what was read.
func (s NullableString) MarshalJSON() ([]byte, error) {
	if s.form == formText {
		return quote(s.Text), nil
	}
	return []byte("null"), nil
}
