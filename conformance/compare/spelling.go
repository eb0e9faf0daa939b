package compare

import (
	"bytes"
	"encoding/json"
	"strings"
)

// free are the members whose own members are the user's words.
var free = map[string]bool{"args": true, "response": true, "properties": true, "responseJsonSchema": true, "parametersJsonSchema": true}

// spell writes the names of a Gemini body in camelCase: protobuf's JSON reads
// both spellings, and clients and proxies send both.
func spell(body []byte) []byte {
	if !bytes.ContainsRune(body, '_') {
		return body
	}
	v := parse(body)
	if v == nil {
		return body
	}
	text, err := json.Marshal(spelt(v))
	if err != nil {
		return body
	}
	return text
}

func spelt(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			key = camel(key)
			if !free[key] {
				value = spelt(value)
			}
			out[key] = value
		}
		return out
	case []any:
		for i := range v {
			v[i] = spelt(v[i])
		}
	}
	return v
}

func camel(key string) string {
	parts := strings.Split(key, "_")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}
