package openai

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The unions are decoded on the hot path, so a JSON string is read once:
// json.Unmarshal would validate it again before it unquotes.

// unquote reads a JSON string. Invalid UTF-8 and lone surrogates become
// U+FFFD, as in encoding/json.
func unquote(data []byte) (string, bool) {
	n := len(data)
	if n < 2 || data[0] != '"' || data[n-1] != '"' {
		return "", false
	}
	inner := data[1 : n-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		if bytes.IndexByte(inner, '"') >= 0 {
			return "", false
		}
		if utf8.Valid(inner) {
			return string(inner), true
		}
	}
	return unescape(inner)
}

func unescape(in []byte) (string, bool) {
	out := make([]byte, 0, len(in))
	for len(in) > 0 {
		switch c := in[0]; {
		case c == '"':
			return "", false
		case c == '\\':
			r, size := escaped(in)
			if size == 0 {
				return "", false
			}
			out = utf8.AppendRune(out, r)
			in = in[size:]
		case c < utf8.RuneSelf:
			out = append(out, c)
			in = in[1:]
		default:
			r, size := utf8.DecodeRune(in)
			out = utf8.AppendRune(out, r)
			in = in[size:]
		}
	}
	return string(out), true
}

// escaped reads one escape at the start of in; size 0 means that it is none.
func escaped(in []byte) (r rune, size int) {
	if len(in) < 2 {
		return 0, 0
	}
	switch in[1] {
	case '"', '\\', '/':
		return rune(in[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return escapedUnit(in)
	}
	return 0, 0
}

func escapedUnit(in []byte) (rune, int) {
	high, ok := hexUnit(in)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(high) {
		return high, 6
	}
	if low, ok := hexUnit(in[6:]); ok {
		if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

// hexUnit reads \uXXXX.
func hexUnit(in []byte) (rune, bool) {
	if len(in) < 6 || in[0] != '\\' || in[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range in[2:6] {
		r <<= 4
		switch {
		case '0' <= c && c <= '9':
			r |= rune(c - '0')
		case 'a' <= c && c <= 'f':
			r |= rune(c-'a') + 10
		case 'A' <= c && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

const hexDigits = "0123456789abcdef"

// quote writes a JSON string. It leaves <, > and & alone: the answers are
// never put into HTML, and every client would count the bytes.
func quote(s string) []byte {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				out = append(out, s[start:i]...)
				out = append(out, "\uFFFD"...)
				start = i + size
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		out = append(out, s[start:i]...)
		out = appendEscape(out, c)
		i++
		start = i
	}
	out = append(out, s[start:]...)
	return append(out, '"')
}

func appendEscape(out []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(out, '\\', c)
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	return append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// encode is json.Marshal that leaves <, > and & alone.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// kindOf names the kind of a JSON value by its first byte, in the words of
// json.UnmarshalTypeError.
func kindOf(data []byte) string {
	if len(data) == 0 {
		return "nothing"
	}
	switch c := data[0]; {
	case c == '"':
		return "string"
	case c == '[':
		return "array"
	case c == '{':
		return "object"
	case c == 't', c == 'f':
		return "bool"
	case c == 'n':
		return "null"
	case c == '-', '0' <= c && c <= '9':
		return "number"
	}
	return "value"
}

// wrongKind is the error for a JSON value that T cannot be read from.
// encoding/json adds the path of the field.
func wrongKind[T any](data []byte) error {
	return &json.UnmarshalTypeError{Value: kindOf(data), Type: reflect.TypeFor[T]()}
}

func isNull(data []byte) bool { return string(data) == "null" }

// parseInt reads digits, else a number with fraction or exponent, which is
// cut towards zero.
func parseInt(text []byte) (int64, bool) {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f < -1<<63 || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}
