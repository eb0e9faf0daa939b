package translate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/bytedance/sonic"

	"louter/translate/ir"
)

// maxJSONDepth bounds the nesting of a body that is read.
const maxJSONDepth = 128

// DecodeJSON reads a body into v, a pointer. It fails with an *ir.Error of
// kind Invalid whose Param is the dotted path of the field at fault and whose
// message says what is wrong in words that hold neither values of the client
// nor names of Go types.
//
// Refused: an empty body, anything after the value, nesting deeper than 128,
// bytes that are not UTF-8, numbers out of range. A lone surrogate escape is
// read as U+FFFD; of members with the same name the last wins.
//
// All reading and writing of JSON by protocols goes through this function and
// EncodeJSON, so that the library behind them can be changed in one place.
func DecodeJSON(body []byte, v any) error {
	if len(bytes.TrimLeft(body, " \t\r\n")) == 0 {
		return ir.Invalid("", "The body is empty; a JSON object is expected.")
	}
	if !utf8.Valid(body) {
		at := invalidUTF8(body)
		return ir.Invalid(pathTo(body, at), "The body is not valid UTF-8 (byte %d).", at)
	}
	if at := tooDeep(body, maxJSONDepth); at >= 0 {
		return ir.Invalid(pathTo(body, at), "The body is nested deeper than %d levels.", maxJSONDepth)
	}
	err := ReadJSON(body, v)
	if err == nil {
		return nil
	}
	var misuse *json.InvalidUnmarshalError
	if errors.As(err, &misuse) {
		return fmt.Errorf("decode JSON: %w", err)
	}
	if !json.Valid(body) {
		return describeSyntax(body)
	}
	return describeMismatch(body, v)
}

// ReadJSON reads a service's answer into v as encoding/json does, errors and
// all, only faster. What it refuses the standard reader judges once more, so
// that nothing depends on the fast one's own opinion.
func ReadJSON(body []byte, v any) error {
	if fastJSON.Unmarshal(body, v) == nil {
		return nil
	}
	if into := reflect.ValueOf(v); into.Kind() == reflect.Pointer && !into.IsNil() {
		into.Elem().SetZero()
	}
	return json.Unmarshal(body, v)
}

// tooDeep gives the place where brackets nest deeper than limit, else -1. It
// runs before the reader, which recurses.
func tooDeep(body []byte, limit int) int {
	if bytes.Count(body, []byte{'{'})+bytes.Count(body, []byte{'['}) <= limit {
		return -1
	}
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = skipString(body, i)
		case '{', '[':
			if depth++; depth > limit {
				return i
			}
		case '}', ']':
			depth--
		}
	}
	return -1
}

// skipString gives the place of the quote that ends the string begun at i, or
// the end of body. Each run of backslashes is counted for one quote only.
func skipString(body []byte, i int) int {
	for {
		n := bytes.IndexByte(body[i+1:], '"')
		if n < 0 {
			return len(body)
		}
		from := i + 1
		i += 1 + n
		slashes := 0
		for i-1-slashes >= from && body[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

func invalidUTF8(body []byte) int {
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(body)
}

// fastJSON reads and writes as encoding/json does. Strings are copied: what is
// remembered of a request must not keep its whole body.
var fastJSON = sonic.Config{
	CopyString: true, ValidateString: true, SortMapKeys: true,
}.Froze()

// EncodeJSON writes v without escaping what only HTML needs escaped and
// without a newline at its end. The bytes are the caller's.
func EncodeJSON(v any) ([]byte, error) {
	out, err := fastJSON.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	if bytes.IndexByte(out, '\n') >= 0 || bytes.IndexByte(out, '\r') >= 0 {
		// A client's own layout, in a schema or arguments: an event of a
		// stream has one line.
		var flat bytes.Buffer
		if err := json.Compact(&flat, out); err != nil {
			return nil, fmt.Errorf("encode JSON: %w", err)
		}
		out = flat.Bytes()
	}
	return escapeLineBreaks(out), nil
}

// escapeLineBreaks escapes what is a line break in Unicode and none in JSON:
// clients that split a stream with their language's line reader would cut an
// event there (Python's splitlines does).
func escapeLineBreaks(body []byte) []byte {
	for _, b := range lineBreaks {
		if bytes.Contains(body, b.raw) {
			body = bytes.ReplaceAll(body, b.raw, b.escaped)
		}
	}
	return body
}

var lineBreaks = [...]struct{ raw, escaped []byte }{
	{[]byte("\u0085"), []byte(`\u0085`)},
	{[]byte("\u2028"), []byte(`\u2028`)},
	{[]byte("\u2029"), []byte(`\u2029`)},
}
