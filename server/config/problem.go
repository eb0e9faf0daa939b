package config

import (
	"fmt"
	"strings"
)

// Problem is one fault of a configuration, with its place.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // from 1
	Column  int    `json:"column"`
	Message string `json:"message"`
	Warning bool   `json:"warning"`
	// Source is the line itself; empty where it may hold a secret.
	Source string `json:"source,omitempty"`
}

// String gives file:line:col, the message, and the line with a mark.
func (p Problem) String() string {
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	text := fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, kind, p.Message)
	if p.Source == "" {
		return text
	}
	return text + "\n    " + p.Source + "\n    " + strings.Repeat(" ", max(p.Column-1, 0)) + "^"
}

// Broken says whether any of them is more than a warning.
func Broken(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

// source is one file's text with what is needed to point into it.
type source struct {
	name  string
	lines []string
}

func newSource(name string, data []byte) *source {
	return &source{name: name, lines: strings.Split(string(data), "\n")}
}

// problem points at a place. A line with a key's value is not shown.
func (s *source) problem(line, column int, format string, args ...any) Problem {
	p := Problem{File: s.name, Line: max(line, 1), Column: max(column, 1), Message: fmt.Sprintf(format, args...)}
	if line >= 1 && line <= len(s.lines) {
		text := strings.TrimRight(s.lines[line-1], "\r")
		if !mayHoldSecret(text) {
			p.Source = text
		}
	}
	return p
}

// mayHoldSecret: a key written out, or a user in an address. A line that
// takes its value from elsewhere holds none.
func mayHoldSecret(line string) bool {
	if strings.Contains(line, "@") {
		return true
	}
	for _, word := range []string{"key", "headers", "token", "secret", "uthorization"} {
		if strings.Contains(line, word) {
			return !strings.Contains(line, "${")
		}
	}
	return false
}

// find gives the place of a key in a table, of the table where the key is not
// written, and the file's beginning where neither is.
func (s *source) find(table, key string) (line, column int) {
	inside := table == ""
	at := 1
	for i, text := range s.lines {
		trimmed := strings.TrimSpace(text)
		if strings.HasPrefix(trimmed, "[") {
			inside = strings.Trim(trimmed, "[] ") == table
			if inside {
				at = i + 1
			}
			continue
		}
		name, _, found := strings.Cut(trimmed, "=")
		if inside && found && key != "" && strings.Trim(name, `"' 	`) == key {
			return i + 1, strings.Index(text, strings.TrimSpace(name)) + 1
		}
	}
	return at, 1
}

// findText gives the place of a piece of text.
func (s *source) findText(text string) (line, column int) {
	for i, l := range s.lines {
		if at := strings.Index(l, text); at >= 0 {
			return i + 1, at + 1
		}
	}
	return 1, 1
}

// nearest is the known word that a mistyped one most likely meant; "" if none
// is near.
func nearest(word string, known []string) string {
	best, distance := "", len(word)/3+1
	for _, k := range known {
		if d := editDistance(word, k); d <= distance && d < len(word) {
			if d < distance || best == "" {
				best, distance = k, d
			}
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
