package fidelity

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"louter/conformance/compare"
	"louter/conformance/scenario"
	"louter/translate"
	"louter/translate/ir"
)

// road is one way for a client's requests.
type road struct {
	name, from, to string // dialects, by their names in conformance/scenario
	front, back    side
	options        translate.BackOptions
	in             dialect
}

func roads() []road {
	return []road{
		{"gemini to chat", scenario.Gemini, scenario.OpenAIChat, geminiSide(), chatSide(), translate.BackOptions{Profile: "openai"}, geminiDialect{}},
		{"gemini to any chat", scenario.Gemini, scenario.OpenAIChat, geminiSide(), chatSide(), translate.BackOptions{Profile: "generic"}, geminiDialect{}},
		{"chat to gemini", scenario.OpenAIChat, scenario.Gemini, chatSide(), geminiSide(), translate.BackOptions{Profile: "google"}, chatDialect{}},
		{"chat to any gemini", scenario.OpenAIChat, scenario.Gemini, chatSide(), geminiSide(), translate.BackOptions{Profile: "generic"}, chatDialect{}},
	}
}

// send translates a request and gives the body that arrives and the losses.
func (r road) send(t *rapid.T, to translate.Back, body []byte) ([]byte, []ir.Loss) {
	doc, err := parse(body)
	if err != nil {
		t.Fatal(err)
	}
	req, call, failed := sendRequest(r.front, to, r.back.model, doc)
	if failed != nil {
		t.Fatalf("%v\n%s", failed, body)
	}
	return call.Body, req.Dropped
}

func encode(t *rapid.T, doc any) []byte {
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestRequestsKeepTheirMeaning: what a client asks is what arrives, as one
// reads it who knows nothing of the translators; and once more on the way to
// the first dialect.
func TestRequestsKeepTheirMeaning(t *testing.T) {
	for _, r := range roads() {
		t.Run(r.name, func(t *testing.T) {
			there := newBack(t, r.back, r.options)
			again := newBack(t, r.front, translate.BackOptions{})
			rapid.Check(t, func(t *rapid.T) {
				d := drawing{T: t, plain: true}
				asked := encode(t, d.conversation(r.in))
				want := compare.Mean(r.from, asked)
				arrived, _ := r.send(t, there, asked)
				if p := compare.DiffIntent(want, compare.Mean(r.to, arrived)); len(p) > 0 {
					t.Fatalf("%v\nasked   %s\narrived %s", p, asked, arrived)
				}
				home, _ := road{front: r.back, back: r.front}.send(t, again, arrived)
				if p := compare.DiffIntent(want, compare.Mean(r.from, home)); len(p) > 0 {
					t.Fatalf("there and back: %v\nasked   %s\narrived %s\nhome    %s", p, asked, arrived, home)
				}
			})
		})
	}
}

// TestNoWordIsLostInSilence: each text of a request arrives or is told as
// lost.
func TestNoWordIsLostInSilence(t *testing.T) {
	for _, r := range roads() {
		t.Run(r.name, func(t *testing.T) {
			there := newBack(t, r.back, r.options)
			rapid.Check(t, func(t *rapid.T) {
				d := drawing{T: t}
				asked := encode(t, d.conversation(r.in))
				arrived, losses := r.send(t, there, asked)
				doc, err := parse(asked)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range losses {
					if !names(doc, l.Path) {
						t.Fatalf("%s is nothing that the client wrote: %s\nasked %s", l.Path, l.Why, asked)
					}
				}
				for _, mark := range d.marks {
					if !says(string(arrived), mark) && !isTold(doc, mark, losses) {
						t.Fatalf("%s is lost in silence\nasked   %s\narrived %s\nlosses  %v", mark, asked, arrived, losses)
					}
				}
			})
		})
	}
}

// says looks for a mark, also in base64, where it begins the data.
func says(body, mark string) bool {
	return strings.Contains(body, mark) || strings.Contains(body, base64.StdEncoding.EncodeToString([]byte(mark))[:len(mark)*4/3/4*4])
}

// isTold looks for a loss whose place holds the mark.
func isTold(doc any, mark string, losses []ir.Loss) bool {
	told := false
	visit(doc, nil, func(at place, v any) {
		if s, isText := v.(string); !isText || !says(s, mark) {
			return
		}
		for _, l := range losses {
			told = told || within(at, l.Path)
		}
	})
	return told
}

// names says whether a loss is told by a place that the client wrote, or by a
// word of its own below one.
func names(doc any, path string) bool {
	written := map[string]bool{}
	visit(doc, nil, func(at place, _ any) {
		for n := range at { // elements of lists too
			written[at[:n+1].String()] = true
		}
	})
	for range 4 {
		if written[path] {
			return true
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return false
}

// TestLossesNameWhatTheClientWrote: over the samples too.
func TestLossesNameWhatTheClientWrote(t *testing.T) {
	for _, tb := range tables(t) {
		if !strings.HasSuffix(tb.name, "-request") {
			continue
		}
		for _, w := range tb.ways {
			for _, s := range readSamples(t, tb.name) {
				for _, l := range w.run(&s, s.doc).losses {
					if !names(s.doc, l.Path) {
						t.Errorf("%s: %s is nothing that the client wrote: %s", s.name, l.Path, l.Why)
					}
				}
			}
		}
	}
}
