package rawjson

import (
	"bytes"
	"encoding/json"
)

// Compact gives a JSON text without the space between its tokens, for where
// it becomes a string that a model reads: services print their answers with
// indents. What is no JSON stays as it is.
func Compact(text []byte) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return text
	}
	return out.Bytes()
}
