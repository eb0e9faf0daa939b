package fidelity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// place is where a value stands in a document: names and indexes.
type place []any

// String gives the place as losses and errors name it: "contents.0.parts.1".
func (p place) String() string {
	words := make([]string, len(p))
	for i, step := range p {
		words[i] = fmt.Sprint(step)
	}
	return strings.Join(words, ".")
}

// field gives the path without indexes: "contents[].parts[]".
func (p place) field() string {
	var b strings.Builder
	for _, step := range p {
		if _, isIndex := step.(int); isIndex {
			b.WriteString("[]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		fmt.Fprint(&b, step)
	}
	return b.String()
}

// fieldOf gives the path without indexes of a place that a loss or an error names.
func fieldOf(dotted string) string {
	var p place
	for word := range strings.SplitSeq(strings.ReplaceAll(dotted, "[]", ".0"), ".") {
		if n, err := strconv.Atoi(word); err == nil {
			p = append(p, n)
		} else {
			p = append(p, word)
		}
	}
	return p.field()
}

func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// visit calls see for each member of each object in doc.
func visit(doc any, at place, see func(place, any)) {
	switch v := doc.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			member := append(slices.Clone(at), name)
			see(member, v[name])
			visit(v[name], member, see)
		}
	case []any:
		for i, item := range v {
			visit(item, append(slices.Clone(at), i), see)
		}
	}
}

// change gives doc with another value at a place; remove, without it. What it
// does not change it shares with doc.
func change(doc any, at place, value any, remove bool) any {
	switch v := doc.(type) {
	case map[string]any:
		name := at[0].(string)
		out := maps.Clone(v)
		switch {
		case len(at) > 1:
			out[name] = change(v[name], at[1:], value, remove)
		case remove:
			delete(out, name)
		default:
			out[name] = value
		}
		return out
	case []any:
		out := slices.Clone(v)
		i := at[0].(int)
		out[i] = change(v[i], at[1:], value, remove)
		return out
	}
	return doc
}

// otherValues gives values unlike v, of the same kind: for a text also one
// that is base64.
func otherValues(v any) []any {
	switch v := v.(type) {
	case string:
		return []any{v + "2", "QUJGQUJG"}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return []any{json.Number(strconv.FormatInt(n+1, 10))}
		}
		if f, err := v.Float64(); err == nil {
			return []any{json.Number(strconv.FormatFloat(f/2, 'g', -1, 64))}
		}
	case bool:
		return []any{!v}
	}
	return nil
}

// leaves counts the values of a document by path and text.
func leaves(doc any, path string, count map[leaf]int) {
	switch v := doc.(type) {
	case map[string]any:
		for name, member := range v {
			if path != "" {
				name = path + "." + name
			}
			leaves(member, name, count)
		}
		if len(v) == 0 {
			count[leaf{path, "{}"}]++
		}
	case []any:
		for _, item := range v {
			leaves(item, path+"[]", count)
		}
		if len(v) == 0 {
			count[leaf{path, "[]"}]++
		}
	case string:
		count[leaf{path, v}]++
	default:
		count[leaf{path, fmt.Sprint(v)}]++
	}
}

type leaf struct{ path, text string }

// differences lists the paths of which two documents say something else.
func differences(a, b any) []string {
	counts := [2]map[leaf]int{{}, {}}
	leaves(a, "", counts[0])
	leaves(b, "", counts[1])
	_, isStream := a.([]any)
	paths := map[string]bool{}
	for i, count := range counts {
		for l, n := range count {
			if other := counts[1-i][l]; other != n && (other == 0 || !isStream || !isEnvelope(l.path)) {
				paths[l.path] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// isEnvelope says that every chunk of a stream repeats a member: how often it
// is said says nothing.
func isEnvelope(path string) bool {
	return strings.Count(path, "[]") == 1 || strings.HasSuffix(path, "[].index") || strings.HasSuffix(path, ".role")
}
