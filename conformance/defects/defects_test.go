package defects

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"louter/conformance/scenario"
)

var update = flag.Bool("update", false, "write docs/defects.md")

const top = "../.."

var testName = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// testFiles gives the file of each Go test of the repository.
func testFiles(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	tree := os.DirFS(top)
	err := fs.WalkDir(tree, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		for _, m := range testName.FindAllSubmatch(text, -1) {
			out[string(m[1])] = path
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryLineIsProvedOrOpen(t *testing.T) {
	cases, err := scenario.Load(os.DirFS(filepath.Join(top, "conformance", "testdata")), "")
	if err != nil {
		t.Fatal(err)
	}
	groups, err := Load(cases)
	if err != nil {
		t.Fatal(err)
	}
	files := testFiles(t)
	for _, g := range groups {
		for _, l := range g.Lines {
			for _, name := range l.Tests {
				if files[name] == "" {
					t.Errorf("%s: there is no test %s", l.ID, name)
				}
			}
		}
	}
	page := filepath.Join(top, "docs", "defects.md")
	want := Page(groups, files)
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/defects.md is not what the cases say: run make defects")
	}
}

func TestLinesAreJudged(t *testing.T) {
	line := func(l Line) bool { return l.check() == nil }
	if line(Line{ID: "a"}) || line(Line{ID: "a", Open: "x", Tests: []string{"TestA"}}) {
		t.Error("a line that nothing proves, or that is both, was taken")
	}
	if !line(Line{ID: "a", Open: "x"}) || !line(Line{ID: "a", Cases: []string{"c"}}) {
		t.Error("a good line was refused")
	}
	if _, err := Load([]*scenario.Case{{Name: "c", Covers: []string{"defects 999"}}}); err == nil || !strings.Contains(err.Error(), `"defects 999" is no line`) {
		t.Errorf("a line that is not there: %v", err)
	}
}
