package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// group is one file of the table.
type group struct {
	Title  string
	About  string
	Faults []fault `toml:"fault"`
}

// fault is what a backend does instead of answering, and what must come of it.
type fault struct {
	Name string
	Does string // a sentence for the page
	// Steps are what the backend does with each failing request.
	Steps []string
	// Times is how many requests fail before the backend is well; 0: all.
	Times int
	// Warm: a connection is kept from an earlier request, and what comes on
	// it fails; a fresh one is well.
	Warm bool
	// Converts: it only applies where the answer is translated.
	Converts bool
	// Backends limits the protocols that the backend speaks; empty: both.
	Backends []string
	Timeouts map[string]string
	Limits   map[string]string

	// Unary and Stream are what the client gets; "": the fault does not apply.
	// Passed is what it gets where the bytes pass through, if that differs.
	Unary, Stream, Passed string
	// Array: also for Gemini's streams that are a JSON array, with the same end.
	Array bool
	// Then is what is tried before the client is told: again, next, final.
	Then string
	// Breaker: a failure, where it is one, counts against the backend.
	Breaker bool
	// Framed: the answer was whole as HTTP has it, though no step says "end".
	Framed bool
	// Waits is how long at least the backend is left alone before it is asked again.
	Waits string
	// Headers are what the client's answer must have.
	Headers map[string]string
}

// What may follow a failure.
const (
	thenAgain = "again" // the next backend, and for want of one the same, three times in all
	thenNext  = "next"  // the next backend; never the same one
	thenFinal = "final" // it is the answer
)

// kind is how an answer is asked for.
type kind string

const (
	unary  kind = "unary"
	stream kind = "stream"
	array  kind = "array" // Gemini's stream without alt=sse
)

// dialect is what a side speaks.
type dialect string

const (
	openai dialect = "openai"
	gemini dialect = "gemini"
)

// faultCase is a fault in one of the ways to meet it.
type faultCase struct {
	fault
	client, backend dialect
	kind            kind
}

func (c faultCase) passes() bool { return c.client == c.backend }

func (c faultCase) name() string {
	return fmt.Sprintf("%s/%s-over-%s/%s", c.Name, c.client, c.backend, c.kind)
}

// saysSomething: the client gets bytes of this backend, after which there is
// no other attempt.
func (c faultCase) saysSomething() bool {
	word, _, _ := strings.Cut(c.outcome(), " ")
	return c.Times == 0 && (word == "answer" || word == "bytes" || word == "broken")
}

func (c faultCase) then() string {
	if c.saysSomething() {
		return thenFinal
	}
	return c.Then
}

// counts says whether the breaker takes it for a failure.
func (c faultCase) counts() bool {
	word, _, _ := strings.Cut(c.outcome(), " ")
	return c.Breaker && (c.Times > 0 || word != "answer" && word != "bytes")
}

// isFramed: whatever the answer was, it was whole as HTTP has it, so that its
// connection may serve again.
func (f fault) isFramed() bool { return f.Framed || f.Steps[len(f.Steps)-1] == "end" }

// outcome is what the client must get.
func (c faultCase) outcome() string {
	if c.passes() && c.Passed != "" {
		return c.Passed
	}
	if c.kind == unary {
		return c.Unary
	}
	return c.Stream
}

func (f fault) cases() []faultCase {
	var all []faultCase
	for _, backend := range []dialect{openai, gemini} {
		if len(f.Backends) > 0 && f.Backends[0] != string(backend) {
			continue
		}
		for _, client := range []dialect{openai, gemini} {
			if f.Converts && client == backend {
				continue
			}
			for _, k := range []kind{unary, stream, array} {
				applies := k == unary && f.Unary != "" || k == stream && f.Stream != "" || k == array && f.Array && client == gemini
				if applies {
					all = append(all, faultCase{fault: f, client: client, backend: backend, kind: k})
				}
			}
		}
	}
	return all
}

// readGroups reads the table, in the order of the files' names.
func readGroups(t *testing.T) []group {
	t.Helper()
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no table: %v", err)
	}
	known := map[string]bool{}
	var all []group
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var g group
		if err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(&g); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, f := range g.Faults {
			if problem := f.problem(); problem != "" || known[f.Name] {
				t.Fatalf("%s: %q: %s (twice: %t)", file, f.Name, problem, known[f.Name])
			}
			known[f.Name] = true
		}
		all = append(all, g)
	}
	return all
}

// problem says what is wrong with an entry of the table itself.
func (f fault) problem() string {
	switch {
	case f.Name == "" || f.Does == "" || len(f.Steps) == 0:
		return "it needs a name, a sentence and steps"
	case f.Unary == "" && f.Stream == "":
		return "it applies to nothing"
	case f.Then != thenAgain && f.Then != thenNext && f.Then != thenFinal:
		return "then is again, next or final"
	}
	return ""
}
