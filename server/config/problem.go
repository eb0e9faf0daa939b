package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one fault of a configuration, with its place.
type Problem struct {
	File string `json:"file"` // or what else the value comes from
	// Line and Column count from 1, columns in characters; both are 0 where
	// the value is not from a file.
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Warning bool   `json:"warning"`
	// Source is the line itself, without what may be a secret.
	Source string `json:"source,omitempty"`
}

// String gives file:line:col, the message, and the line with a mark.
func (p Problem) String() string {
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", p.File, kind, p.Message)
	}
	text := fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, kind, p.Message)
	if p.Source == "" {
		return text
	}
	indent := []rune(p.Source)
	indent = slices.Clone(indent[:min(p.Column-1, len(indent))])
	for i, r := range indent {
		if r != '\t' { // a tab stays one, so that the mark stands under its place
			indent[i] = ' '
		}
	}
	return text + "\n    " + p.Source + "\n    " + string(indent) + "^"
}

// Broken says whether any of them is more than a warning.
func Broken(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

func newProblem(origin, format string, args ...any) Problem {
	return Problem{File: origin, Message: fmt.Sprintf(format, args...)}
}

// source is one file's text.
type source struct{ name, text string }

// offset is the place of a line and a column, both from 1, columns in bytes.
func (s *source) offset(line, column int) int {
	at := 0
	for range line - 1 {
		n := strings.IndexByte(s.text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return min(at+max(column, 1)-1, len(s.text))
}

func (s *source) position(offset int) (line, column int) {
	before := s.text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

func (s *source) problem(offset int, format string, args ...any) Problem {
	p := newProblem(s.name, format, args...)
	p.Line, p.Column = s.position(offset)
	start := strings.LastIndexByte(s.text[:offset], '\n') + 1
	line, _, _ := strings.Cut(s.text[start:], "\n")
	p.Source = withoutSecrets(strings.TrimRight(line, "\r"))
	return p
}

// withoutSecrets shows a line only as far as it cannot hold a secret (promise
// 6). A mistyped key or a broken line may hold one, so only values of keys
// that are known to be harmless are shown, and of other keys the name alone.
func withoutSecrets(line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "[") && !strings.ContainsAny(line, `"'`) {
		return line
	}
	name, value, found := strings.Cut(line, "=")
	if !found || strings.Count(name, `"`)%2 != 0 || strings.Count(name, "'")%2 != 0 {
		return "" // inside of a text or an array
	}
	words := strings.Split(strings.TrimSpace(name), ".")
	harmless := slices.Contains(harmlessKeys(reflect.TypeFor[Config]()), strings.TrimSpace(words[len(words)-1]))
	if !strings.ContainsAny(value, `"'`) && !strings.ContainsFunc(value, isLetter) {
		harmless = true // a number
	}
	if harmless && !mayHoldSecret(value) {
		return line
	}
	if reference := strings.Trim(strings.TrimSpace(value), `"`); strings.HasPrefix(reference, "${") &&
		strings.IndexByte(reference, '}') == len(reference)-1 && !strings.Contains(reference, ":-") {
		return line
	}
	return name + "= …"
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// mayHoldSecret: a user or a query in an address, or a second key on the line.
func mayHoldSecret(value string) bool {
	lower := strings.ToLower(value)
	return strings.ContainsAny(value, "@?=") ||
		slices.ContainsFunc([]string{"key", "headers", "secret", "authorization", "bearer"}, func(w string) bool { return strings.Contains(lower, w) })
}

// harmlessKeys are the names of all keys whose values are no secrets.
func harmlessKeys(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map:
		return harmlessKeys(t.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		secret := f.Type == reflect.TypeFor[Secret]() || f.Type == reflect.TypeFor[[]Secret]() || f.Name == "Headers"
		if name := f.Tag.Get("toml"); name != "-" && !secret {
			keys = append(keys, name)
			keys = append(keys, harmlessKeys(f.Type)...)
		}
	}
	return keys
}
