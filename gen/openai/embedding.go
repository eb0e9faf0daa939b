package openai

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
)

// EmbeddingInput is what to embed, one item a vector: texts, or tokens. The
// zero value is unset.
type EmbeddingInput struct {
	Texts  []string
	Tokens [][]int
	single bool
}

// EmbedTexts is an array of texts.
func EmbedTexts(texts []string) EmbeddingInput { return EmbeddingInput{Texts: texts} }

// Len counts the items.
func (in EmbeddingInput) Len() int { return len(in.Texts) + len(in.Tokens) }

// UnmarshalJSON reads a string, an array of strings, an array of token
// numbers (one item) or an array of such arrays. The first element decides.
func (in *EmbeddingInput) UnmarshalJSON(data []byte) error {
	switch kindOf(data) {
	case "null":
		*in = EmbeddingInput{}
		return nil
	case "string":
		text, ok := unquote(data)
		if !ok {
			return wrongKind[EmbeddingInput](data)
		}
		*in = EmbeddingInput{Texts: []string{text}, single: true}
		return nil
	case "array":
		return in.readArray(data)
	}
	return wrongKind[EmbeddingInput](data)
}

func (in *EmbeddingInput) readArray(data []byte) error {
	*in = EmbeddingInput{}
	switch kindOf(bytes.TrimLeft(data[1:], " \t\r\n")) {
	case "number":
		in.Tokens, in.single = make([][]int, 1), true
		return json.Unmarshal(data, &in.Tokens[0])
	case "array":
		return json.Unmarshal(data, &in.Tokens)
	}
	return json.Unmarshal(data, &in.Texts)
}

// MarshalJSON writes the form that was read.
func (in EmbeddingInput) MarshalJSON() ([]byte, error) {
	switch {
	case in.single && len(in.Texts) == 1:
		return quote(in.Texts[0]), nil
	case in.single && len(in.Tokens) == 1:
		return encode(in.Tokens[0])
	case in.Tokens != nil:
		return encode(in.Tokens)
	}
	return encode(in.Texts)
}

// Vector is an embedding: numbers, or the base64 of their little-endian
// float32 bytes. At most one of the two is set; the zero value is null.
type Vector struct {
	Floats []float64
	Base64 string
}

// UnmarshalJSON reads an array of numbers, a string or null.
func (v *Vector) UnmarshalJSON(data []byte) error {
	switch kindOf(data) {
	case "null":
		*v = Vector{}
		return nil
	case "string":
		text, ok := unquote(data)
		if !ok {
			return wrongKind[Vector](data)
		}
		*v = Vector{Base64: text}
		return nil
	case "array":
		floats, ok := parseFloats(data)
		if !ok {
			return wrongKind[Vector](data)
		}
		*v = Vector{Floats: floats}
		return nil
	}
	return wrongKind[Vector](data)
}

// parseFloats reads an array of numbers in one pass: a vector has thousands.
func parseFloats(data []byte) ([]float64, bool) {
	floats := make([]float64, 0, bytes.Count(data, []byte(","))+1)
	rest := bytes.TrimLeft(data[1:], " \t\r\n")
	if string(rest) == "]" {
		return floats, true
	}
	for {
		end := bytes.IndexAny(rest, ",]")
		if end < 0 {
			return nil, false
		}
		text := bytes.TrimRight(rest[:end], " \t\r\n")
		if kindOf(text) != "number" {
			return nil, false
		}
		f, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return nil, false
		}
		floats = append(floats, f)
		if rest[end] == ']' {
			return floats, end == len(rest)-1
		}
		rest = bytes.TrimLeft(rest[end+1:], " \t\r\n")
	}
}

// MarshalJSON writes an array, a string or null. NaN and infinities have no
// JSON and are an error.
func (v Vector) MarshalJSON() ([]byte, error) {
	if v.Floats == nil {
		if v.Base64 == "" {
			return []byte("null"), nil
		}
		return quote(v.Base64), nil
	}
	out := make([]byte, 0, 24*len(v.Floats)+2)
	out = append(out, '[')
	for i, f := range v.Floats {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, &json.UnsupportedValueError{Value: reflect.ValueOf(f), Str: strconv.FormatFloat(f, 'g', -1, 64)}
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendFloat(out, f, 'g', -1, 64)
	}
	return append(out, ']'), nil
}
