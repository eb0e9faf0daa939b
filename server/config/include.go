package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// include merges the files that the main one names; patterns are relative to
// it. Together they are one configuration: a key that is set twice is a
// fault, and only then is the whole checked.
func (d *document) include(main string, env Environment) {
	patterns, isList := d.tree["include"].([]any)
	if !isList {
		return // bind tells of a wrong type
	}
	for i, raw := range patterns {
		at := path{"include"}.index(i)
		written, isText := raw.(string)
		if !isText {
			continue // bind tells of it, too
		}
		pattern, ok := (&expander{doc: d, env: env}).text(at, written)
		if !ok {
			continue
		}
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(main), pattern)
		}
		files, err := filepath.Glob(pattern)
		if err != nil {
			d.fault(at, "include: the pattern is not well formed")
			continue
		}
		if len(files) == 0 && !strings.ContainsAny(pattern, "*?[") {
			d.fault(at, "include: there is no such file")
		}
		for _, file := range files {
			d.includeFile(file, at, env)
		}
	}
}

func (d *document) includeFile(file string, at path, env Environment) {
	if slices.Contains(d.files, file) {
		return // two patterns may both name it
	}
	data, err := env.ReadFile(file)
	if err != nil {
		d.fault(at, "include: the file %q cannot be read", file)
		return
	}
	other := readDocument(file, data)
	d.files = append(d.files, file)
	if nested := (path{"include"}); other.has(nested) {
		other.fault(nested, "include works in the main file alone")
		delete(other.tree, "include")
	}
	d.unreadable = d.unreadable || other.unreadable
	d.merge(d.tree, other.tree, other, nil)
	d.problems = append(d.problems, other.problems...)
	maps.Copy(d.failed, other.failed)
	maps.Copy(d.around, other.around)
	first := len(d.places)
	for id, where := range other.places {
		if _, known := d.places[id]; !known {
			where.rank += first
			d.places[id] = where
		}
	}
}

func (d *document) merge(into, from map[string]any, other *document, at path) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		here := at.with(key)
		present, taken := into[key]
		if !taken {
			into[key] = from[key]
			continue
		}
		table, isTable := present.(map[string]any)
		more, both := from[key].(map[string]any)
		if isTable && both && len(here) == 1 {
			d.merge(table, more, other, here)
			continue
		}
		where := d.places[here.id()]
		line, _ := where.src.position(where.key)
		other.problems = append(other.problems, other.problemAt(here, true, "%s is set already, in %s:%d", here, where.src.name, line))
	}
}
