package config

import (
	"fmt"
	"reflect"
	"strings"
)

// expand replaces ${NAME}, ${NAME:-default} and ${file:/path} in strings,
// once: what comes in is not looked at again.
func expand(src *source, cfg *Config, env Environment) []Problem {
	e := expander{src: src, env: env}
	e.walk(reflect.ValueOf(cfg).Elem())
	return e.problems
}

type expander struct {
	src      *source
	env      Environment
	problems []Problem
}

func (e *expander) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			e.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("toml") != "-" {
				e.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			e.walk(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := v.MapIndex(key)
			if value.Kind() == reflect.String {
				v.SetMapIndex(key, reflect.ValueOf(e.text(value.String())).Convert(value.Type()))
				continue
			}
			e.walk(value)
		}
	case reflect.String:
		v.SetString(e.text(v.String()))
	}
}

func (e *expander) text(s string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			e.fault("${"+rest, "a ${ without its }")
			return out.String()
		}
		out.WriteString(e.value(name))
		s = after
	}
}

func (e *expander) value(name string) string {
	mark := "${" + name
	if path, isFile := strings.CutPrefix(name, "file:"); isFile {
		data, err := e.env.ReadFile(path)
		if err != nil {
			e.fault(mark, "the file %q cannot be read", path)
			return ""
		}
		// Files of secrets end in a newline that is not part of them (reports F19).
		return e.clean(mark, strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"))
	}
	name, other, hasDefault := strings.Cut(name, ":-")
	value, set := e.env.Lookup(name)
	if !set || value == "" && hasDefault {
		if hasDefault {
			return other
		}
		e.fault(mark, "the variable %s is not set", name)
		return ""
	}
	return e.clean(mark, strings.TrimSuffix(strings.TrimSuffix(value, "\n"), "\r"))
}

// clean refuses control characters: in a header they would split a request.
// The message names the key and never the value.
func (e *expander) clean(mark, value string) string {
	for _, r := range value {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			e.fault(mark, "the value of %s} holds a control character", mark)
			return ""
		}
	}
	if strings.ContainsAny(value, "\n") && !strings.Contains(mark, "file:") {
		e.fault(mark, "the value of %s} holds a line break", mark)
	}
	return value
}

func (e *expander) fault(mark, format string, args ...any) {
	line, column := e.src.findText(mark)
	e.problems = append(e.problems, e.src.problem(line, column, "%s", fmt.Sprintf(format, args...)))
}
