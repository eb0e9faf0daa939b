package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// elsewhere is a fault that other tests prove.
type elsewhere struct {
	Does    string
	Outcome string
	Tests   []string // "package: TestName"
}

func readElsewhere(t *testing.T) []elsewhere {
	t.Helper()
	var file struct{ Row []elsewhere }
	readTable(t, "testdata/elsewhere/rows.toml", &file)
	return file.Row
}

// clientPage tells of clients, of scenarios and of what is proved elsewhere,
// and counts the cases.
func clientPage(t *testing.T) (text string, cases int) {
	var b strings.Builder
	b.WriteString("\n## The client leaves\n\nIn each phase the backend is told at once, nobody is asked in the client's stead, the breaker does not count it, " +
		"the place at the backend is free, and the connection is not used again.\n\n| the client … | cases |\n|---|--:|\n")
	for _, l := range readLeaving(t) {
		fmt.Fprintf(&b, "| %s | %d |\n", l.Does, len(l.cases()))
		cases += len(l.cases())
	}
	b.WriteString("\n## The client sends what it should not\n\nOne answer, then the connection's end. What is refused reaches no backend, and nothing behind it is read as a request.\n\n" +
		"| the client … | answer | cases |\n|---|---|--:|\n")
	for _, h := range readHostile(t) {
		answer := fmt.Sprint(h.Status)
		if h.Silent {
			answer = "closed"
		}
		fmt.Fprintf(&b, "| %s | %s | 2 |\n", h.Does, answer)
		cases += 2
	}
	b.WriteString("\n## More than one request\n\n| what happens | outcome | cases |\n|---|---|--:|\n")
	for _, s := range scenarios {
		fmt.Fprintf(&b, "| %s | %s | %d |\n", s.does, s.outcome, len(s.cases()))
		cases += len(s.cases())
	}
	b.WriteString("\n## Proved elsewhere\n\n| what happens | outcome | tests |\n|---|---|---|\n")
	for _, e := range readElsewhere(t) {
		fmt.Fprintf(&b, "| %s | %s | `%s` |\n", e.Does, e.Outcome, strings.Join(e.Tests, "`, `"))
	}
	return b.String(), cases
}

// TestWhatIsProvedElsewhereIs: a test that was renamed or removed proves nothing.
func TestWhatIsProvedElsewhereIs(t *testing.T) {
	for _, e := range readElsewhere(t) {
		for _, test := range e.Tests {
			room, name, _ := strings.Cut(test, ": ")
			files, err := filepath.Glob(filepath.Join("../..", room, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				found = found || strings.Contains(string(text), "func "+name+"(t *testing.T)")
			}
			if !found {
				t.Errorf("%s is not there", test)
			}
		}
	}
}
