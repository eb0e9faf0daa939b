package compare

import (
	"bytes"
	"encoding/json"
	"io"
)

// Canonical writes JSON with sorted keys and no space, numbers as they are.
// What is no JSON comes back as it is.
func Canonical(text string) string {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return text
	}
	if _, err := d.Token(); err != io.EOF {
		return text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return text
	}
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}

// Pretty indents JSON and keeps the order of its keys, which may matter to
// who reads it. What is no JSON comes back as it is.
func Pretty(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, bytes.TrimSpace(body), "", "  ") != nil {
		return string(body)
	}
	return b.String()
}
