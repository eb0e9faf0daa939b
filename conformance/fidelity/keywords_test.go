package fidelity

import (
	"fmt"
	"strings"
)

// schemaSample is the sample in which each keyword of schemas stands in a
// property of its own name.
const schemaSample = "schema-keywords"

// keywordOf gives the keyword of a path of that sample:
// "….properties.minLength.minLength" or, for the whole, "….$defs".
func keywordOf(path string) (string, bool) {
	_, inside, isProperty := strings.Cut(path, "arameters.properties.")
	name, keyword, _ := strings.Cut(inside, ".")
	return keyword, isProperty && name == keyword
}

// keywords writes what becomes of the keywords of schemas.
func (p *page) keywords(tb table, fates []map[string]*fate, e explained) {
	if !strings.HasSuffix(tb.name, "-request") {
		return
	}
	fmt.Fprintf(&p.b, "\n### Keywords of schemas: %s\n\n", strings.ToLower(tb.title[:1])+tb.title[1:])
	p.head("Keyword", tb.ways)
	for _, path := range sortedKeys(fates[0]) {
		keyword, isKeyword := keywordOf(path)
		if !isKeyword {
			continue
		}
		fmt.Fprintf(&p.b, "| `%s` |", keyword)
		for _, of := range fates {
			fmt.Fprintf(&p.b, " %s |", describe(path, inSchema(of[path], keyword), false, e))
		}
		p.b.WriteByte('\n')
	}
}

// inSchema names targets by what they are within the property.
func inSchema(f *fate, property string) *fate {
	short := *f
	short.to = nil
	for _, path := range f.to {
		if _, inside, isProperty := strings.Cut(path, ".properties."+property); isProperty {
			path = strings.TrimPrefix(inside, ".")
			path, _, _ = strings.Cut(path, ".")
			path = strings.TrimSuffix(path, "[]")
		}
		if path == "" {
			path = "(the property)"
		}
		short.add(&short.to, path)
	}
	return &short
}
