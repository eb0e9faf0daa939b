package config

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Environment is where ${…} is looked up.
type Environment struct {
	Lookup   func(string) (string, bool)
	ReadFile func(string) ([]byte, error)
}

// prose are the keys whose values may have several lines; everywhere else a
// control character is a fault, since it would split a header (reports F19).
var prose = []string{"custom_instruction", "custom_instructions", "override_system_instruction"}

// expand replaces ${NAME}, ${NAME:-default} and ${file:/path} in strings,
// once: what comes in is not looked at again.
func (d *document) expand(env Environment) {
	e := expander{doc: d, env: env}
	for key, value := range d.tree {
		d.tree[key] = e.value(path{key}, value)
	}
}

type expander struct {
	doc *document
	env Environment
}

func (e *expander) value(at path, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = e.value(at.with(key), inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = e.value(at.index(i), inner)
		}
	case string:
		text, ok := e.text(at, v)
		if ok {
			e.checkText(at, text)
		}
		return text
	}
	return value
}

func (e *expander) text(at path, s string) (string, bool) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		out.WriteString(before)
		if !found {
			return out.String(), true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			e.doc.fault(at, "%s: a ${ without its }", at)
			return "", false
		}
		value, ok := e.lookup(at, name)
		if !ok {
			return "", false
		}
		e.note(at, name)
		out.WriteString(value)
		s = after
	}
}

// note remembers for `config show` where a value comes from.
func (e *expander) note(at path, reference string) {
	name, _, _ := strings.Cut(reference, ":-")
	if known := e.doc.origins[at.id()]; known != "" {
		name = strings.TrimSuffix(strings.TrimPrefix(known, "${"), "}") + "} ${" + name
	}
	e.doc.origins[at.id()] = "${" + name + "}"
}

func (e *expander) lookup(at path, reference string) (string, bool) {
	if file, isFile := strings.CutPrefix(reference, "file:"); isFile {
		data, err := e.env.ReadFile(file)
		if err != nil {
			e.doc.fault(at, "%s: the file %q cannot be read", at, file)
			return "", false
		}
		return trimNewline(string(data)), true
	}
	name, other, hasDefault := strings.Cut(reference, ":-")
	if name == "" {
		e.doc.fault(at, "%s: ${} names no variable", at)
		return "", false
	}
	value, set := e.env.Lookup(name)
	if hasDefault && value == "" {
		return other, true
	}
	if !set {
		e.doc.fault(at, "%s: the variable %s is not set", at, name)
	}
	return trimNewline(value), set
}

// trimNewline: files and variables of secrets end in a newline that is not
// part of them (reports F19).
func trimNewline(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

// checkText names the key and never the value (reports F19).
func (e *expander) checkText(at path, value string) {
	if !utf8.ValidString(value) {
		e.doc.fault(at, "%s: the value is not UTF-8", at)
		return
	}
	lines := slices.Contains(prose, at[len(at)-1])
	for _, r := range value {
		if lines && (r == '\n' || r == '\r' || r == '\t') {
			continue
		}
		if r < ' ' || r == 0x7f {
			e.doc.fault(at, "%s: the value holds a control character or a line break", at)
			return
		}
	}
}
