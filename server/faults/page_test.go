package faults

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/faults.md")

const pageIntro = `# What Louter does when something fails

Every row is a test on real sockets through the whole gateway, with its race detector on: clients of
both dialects, over backends of both protocols (so that the bytes pass or are translated), streaming
or not where it makes sense. Each is met by a request that has no other backend, by one that has, and
by one at a backend whose breaker opens at the first failure that counts. All of them also prove that
no success is faked, that no failed connection is used again, that the place at the backend is given
back, and that no goroutine is left behind.

- **The client gets**: the whole answer; the backend's bytes; a status with a code, in the client's
  dialect; or, where the answer had begun, *an error event and an aborted connection*. *Passed* is
  where client and backend speak the same protocol, if that differs: then bytes are the answer.
- **Then**: *the next, else the same again*: up to three attempts in all; *the next*: never the same
  backend again; *told*: no other attempt.
- **Breaker**: whether it counts against the backend.

The tables are in ` + "`server/faults/testdata`" + `; this page is written from them by
` + "`go test ./server/faults -update`" + `.
`

// page writes the tables as their readers want them.
func page(t *testing.T, groups []group) (text string, cases int) {
	var b strings.Builder
	b.WriteString(pageIntro)
	for _, g := range groups {
		n := 0
		for _, f := range g.Faults {
			n += len(f.cases())
		}
		cases += n
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| the backend … | not streaming | streaming | then | breaker | cases |\n|---|---|---|---|---|--:|\n", g.Title, g.About)
		for _, f := range g.Faults {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d |\n", f.Does, f.describe(f.Unary), f.describe(f.Stream), f.describeThen(), f.describeBreaker(), len(f.cases()))
		}
	}
	more, n := clientPage(t)
	cases += n
	b.WriteString(more)
	fmt.Fprintf(&b, "\n%d cases.\n", cases)
	return b.String(), cases
}

// describe tells an outcome in words.
func (f fault) describe(outcome string) string {
	if outcome == "" {
		return "–"
	}
	text := words(outcome)
	if f.Passed != "" {
		text += "; passed: " + words(f.Passed)
	}
	return text
}

func words(outcome string) string {
	word, rest, _ := strings.Cut(outcome, " ")
	switch word {
	case "answer":
		return "the answer"
	case "bytes":
		return "its bytes"
	case "relayed":
		return "its " + rest
	case "broken":
		if rest == "" {
			return "its error as an event, then abort"
		}
		return "event `" + rest + "`, then abort"
	}
	if rest == "" {
		return word
	}
	return word + " `" + rest + "`"
}

func (f fault) describeThen() string {
	then := map[string]string{thenAgain: "the next, else the same again", thenNext: "the next", thenFinal: "told"}[f.Then]
	all := true
	for _, c := range f.cases() {
		all = all && c.saysSomething()
	}
	if all && f.Times == 0 {
		then = "told"
		if f.Unary == "answer" || f.Stream == "answer" {
			then = "–"
		}
	}
	if f.Waits != "" {
		then += ", not before " + f.Waits
	}
	return then
}

func (f fault) describeBreaker() string {
	for _, c := range f.cases() {
		if c.counts() {
			return "counts"
		}
	}
	return "–"
}

// TestPageIsWhatTheTablesSay, and the tables are as many as were promised.
func TestPageIsWhatTheTablesSay(t *testing.T) {
	groups := readGroups(t)
	for _, g := range groups {
		for _, f := range g.Faults {
			if len(f.cases()) == 0 {
				t.Errorf("%s has no case", f.Name)
			}
		}
	}
	const file = "../../docs/faults.md"
	want, cases := page(t, groups)
	if cases < 250 {
		t.Errorf("%d cases", cases)
	}
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/faults.md is not what `go test ./server/faults -update` writes")
	}
}
