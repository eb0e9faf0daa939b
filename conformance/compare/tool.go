package compare

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Tool is a function that the model may call, with the types of its
// properties; "" where a schema says its type in another way than by one word,
// which dialects do differently.
type Tool struct {
	Name       string
	Properties map[string]string
}

func toolOf(name string, schema gjson.Result) Tool {
	t := Tool{name, map[string]string{}}
	t.gather(schema)
	return t
}

// gather takes the properties of a schema, and those that it has under a
// condition or through a part of it.
func (t *Tool) gather(schema gjson.Result) {
	schema.Get("properties").ForEach(func(key, value gjson.Result) bool {
		t.Properties[key.String()] = strings.ToLower(wordFor(value.Get("type")))
		return true
	})
	for _, word := range []string{"if", "then", "else"} {
		if part := schema.Get(word); part.IsObject() {
			t.gather(part)
		}
	}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		for _, part := range schema.Get(word).Array() {
			t.gather(part)
		}
	}
}

// wordFor is the one type that is not null.
func wordFor(v gjson.Result) string {
	if !v.IsArray() {
		return v.String()
	}
	var words []string
	for _, word := range v.Array() {
		if word.String() != "null" {
			words = append(words, word.String())
		}
	}
	if len(words) == 1 {
		return words[0]
	}
	return ""
}

func (d *differences) tools(want, got []Tool) {
	names := func(tools []Tool) (out []string) {
		for _, t := range tools {
			out = append(out, t.Name)
		}
		return out
	}
	d.say(KindIntent, "tools", names(want), names(got))
	for i := range min(len(want), len(got)) {
		w, g := want[i].Properties, got[i].Properties
		d.say(KindIntent, "properties of "+want[i].Name, slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(g)))
		for _, key := range slices.Sorted(maps.Keys(w)) {
			if w[key] != "" && g[key] != "" {
				d.say(KindIntent, "type of "+want[i].Name+"'s "+key, w[key], g[key])
			}
		}
	}
}
