// Package defects tells which conformance case or test stands for which line
// of the lists of faults in lines.toml; docs/defects.md is its page.
package defects

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"louter/conformance/scenario"
)

//go:embed lines.toml
var lines []byte

// Group is a heading of the page and its lines.
type Group struct {
	Title string `toml:"title"`
	Lines []Line `toml:"line"`
}

// Line is one fault, told as what is right.
type Line struct {
	ID    string   `toml:"id"`    // "defects 24", "reports F11": as a case's covers names it
	Right string   `toml:"right"` // a sentence
	Tests []string `toml:"tests"` // names of Go tests that prove it
	Open  string   `toml:"open"`  // what is missing, where nothing proves it
	Cases []string `toml:"-"`     // the cases that cover it
}

// Load reads lines.toml and gives each line its cases. The error tells every
// line that nothing stands for, every one that is both proved and open, and
// every case that names a line which is not there.
func Load(cases []*scenario.Case) ([]Group, error) {
	var file struct {
		Groups []Group `toml:"group"`
	}
	d := toml.NewDecoder(bytes.NewReader(lines)).DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("lines.toml: %w", err)
	}
	covers := map[string][]string{}
	for _, c := range cases {
		for _, id := range c.Covers {
			covers[id] = append(covers[id], c.Name)
		}
	}
	var faults []error
	for _, g := range file.Groups {
		for i := range g.Lines {
			line := &g.Lines[i]
			line.Cases = covers[line.ID]
			delete(covers, line.ID)
			faults = append(faults, line.check())
		}
	}
	for id, names := range covers {
		faults = append(faults, fmt.Errorf("%q is no line (covers of %s)", id, strings.Join(names, ", ")))
	}
	return file.Groups, errors.Join(faults...)
}

func (l *Line) check() error {
	proved := len(l.Cases)+len(l.Tests) > 0
	switch {
	case !proved && l.Open == "":
		return fmt.Errorf("%s: no case covers it, no test is named, and it is not told as open", l.ID)
	case proved && l.Open != "":
		return fmt.Errorf("%s: proved and told as open", l.ID)
	}
	return nil
}

// Page writes the lines as Markdown. Cases and tests are links; testFile gives
// the file of a test by its name, relative to the top of the repository.
func Page(groups []Group, testFile map[string]string) []byte {
	var b bytes.Buffer
	proved, all := count(groups)
	fmt.Fprintf(&b, `# Faults that are not Louter's

What users of gateways of this kind reported, told as what is right, and the conformance case or test that proves it for Louter. %d of %d lines are proved; the others say what is missing. Written by `+"`make defects`"+`.
`, proved, all)
	for _, g := range groups {
		fmt.Fprintf(&b, "\n## %s\n\n| Line | What is right | Proved by |\n|---|---|---|\n", g.Title)
		for _, l := range g.Lines {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", l.ID, l.Right, l.proof(testFile))
		}
	}
	return b.Bytes()
}

func (l *Line) proof(testFile map[string]string) string {
	if l.Open != "" {
		return "**open**: " + l.Open
	}
	var out []string
	for _, name := range slices.Sorted(slices.Values(l.Cases)) {
		out = append(out, fmt.Sprintf("[%s](../conformance/testdata/%s)", name, name))
	}
	for _, name := range l.Tests {
		out = append(out, fmt.Sprintf("[`%s`](../%s)", name, testFile[name]))
	}
	return strings.Join(out, ", ")
}

func count(groups []Group) (proved, all int) {
	for _, g := range groups {
		for _, l := range g.Lines {
			all++
			if l.Open == "" {
				proved++
			}
		}
	}
	return proved, all
}
