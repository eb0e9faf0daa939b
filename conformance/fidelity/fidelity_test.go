package fidelity

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

var update = flag.Bool("update", false, "write docs/fidelity.md")

var pageFile = filepath.Join("..", "..", "docs", "fidelity.md")

// explained holds what the tests cannot see by themselves.
type explained struct {
	// Implied says why a field may make no difference; "*" in its path is
	// any text.
	Implied map[string]string `toml:"implied"`
	// Instead has other values of a field than can be made up: words of enums.
	Instead map[string]any `toml:"instead"`
	// Emulated says in whose place a field's meaning is brought about by
	// other means.
	Emulated map[string]string `toml:"emulated"`
}

// implied gives the reason for a path.
func (e explained) implied(path string) string {
	if why := e.Implied[path]; why != "" {
		return why
	}
	for _, pattern := range sortedKeys(e.Implied) {
		if matches(pattern, path) {
			return e.Implied[pattern]
		}
	}
	return ""
}

func matches(pattern, path string) bool {
	before, after, isPattern := strings.Cut(pattern, "*")
	return path == pattern || isPattern && len(path) >= len(before)+len(after) && strings.HasPrefix(path, before) && strings.HasSuffix(path, after)
}

func readExplained(t *testing.T) map[string]explained {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "explained.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]explained
	if err := toml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// TestEveryFieldIsAccountedFor: each field of both APIs is in a sample, and
// where it is it makes a difference, is told as lost, or is explained.
func TestEveryFieldIsAccountedFor(t *testing.T) {
	why := readExplained(t)
	var written page
	written.b.WriteString(pageHead)
	for _, tb := range tables(t) {
		t.Run(tb.name, func(t *testing.T) {
			samples := readSamples(t, tb.name)
			e := why[tb.name]
			var all []map[string]*fate
			silent, mapped := map[string]bool{}, map[string]bool{}
			for _, w := range tb.ways {
				fates, err := probeAll(w, tb, samples, e)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, fates)
				for _, p := range tb.problems(w, fates, e) {
					t.Error(p)
				}
				for path, f := range fates {
					silent[path] = silent[path] || len(f.silent) > 0 || !f.seen
					mapped[path] = mapped[path] || len(f.to) > 0
				}
			}
			for _, path := range sortedKeys(e.Implied) {
				if !slices.ContainsFunc(sortedKeys(silent), func(s string) bool { return silent[s] && matches(path, s) }) {
					t.Errorf("explained.toml: %s makes a difference everywhere: take the line out", path)
				}
			}
			for _, path := range sortedKeys(e.Emulated) {
				if !mapped[path] {
					t.Errorf("explained.toml: %s goes nowhere: it is not emulated", path)
				}
			}
			written.table(tb, all, e)
		})
	}
	written.check(t)
}

// check compares the page with the one that is committed, or writes it.
func (p *page) check(t *testing.T) {
	if *update {
		if err := os.WriteFile(pageFile, []byte(p.b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	committed, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != p.b.String() {
		t.Error("docs/fidelity.md is not what the translators do: make fidelity, and read the diff")
	}
}
