package strict

import (
	"strings"

	"github.com/tidwall/gjson"
)

// camelNames writes a body as the service reads it: protobuf's JSON takes a
// field by its snake_case name too, which google-genai sends.
func camelNames(v gjson.Result) string {
	var b strings.Builder
	switch {
	case v.IsArray():
		for i, e := range v.Array() {
			b.WriteString(separator(i) + camelNames(e))
		}
		return "[" + b.String() + "]"
	case v.IsObject():
		n := 0
		v.ForEach(func(key, value gjson.Result) bool {
			name, inner := camel(key.Str), value.Raw
			if !geminiOpen[name] {
				inner = camelNames(value)
			}
			b.WriteString(separator(n) + string(gjson.AppendJSONString(nil, name)) + ":" + inner)
			n++
			return true
		})
		return "{" + b.String() + "}"
	}
	return v.Raw
}

func camel(snake string) string {
	head, words, _ := strings.Cut(snake, "_")
	for word := range strings.SplitSeq(words, "_") {
		if word != "" {
			head += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return head
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
