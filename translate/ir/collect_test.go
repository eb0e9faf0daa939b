package ir

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A whole answer told as a stream, in any cut, folds to itself, and the
// stream keeps the grammar.
func TestCollectOfExpand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyResponse(t)
		events := cutDeltas(t, Expand(want))
		if err := Check(events); err != nil {
			t.Fatalf("grammar: %v\n%#v", err, events)
		}
		got, err := Collect(events)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %#v\nwant %#v", got, want)
		}
	})
}

func TestCollectInterleaved(t *testing.T) {
	created := time.Unix(7, 0)
	got, err := Collect([]Event{
		Start{ID: "r1", Model: "m", Created: created, ServiceTier: "flex"},
		Open{Candidate: 1, Block: 0, Part: Text{}},
		Open{Candidate: 0, Block: 1, Part: Reasoning{}},
		Delta{Candidate: 1, Block: 0, Text: "a", Logprobs: []TokenLogprob{{Token: "a"}}},
		Delta{Candidate: 0, Block: 1, Text: "hm"},
		Tally{Usage{Input: 1}},
		Close{Candidate: 0, Block: 1, Seal: &Seal{Origin: OriginGoogle, Token: "s"}},
		Open{Candidate: 0, Block: 2, Part: ToolCall{ID: "c", Name: "f"}},
		Delta{Candidate: 1, Block: 0, Text: "b", Logprobs: []TokenLogprob{{Token: "b"}}},
		Close{Candidate: 1, Block: 0, Citations: []Citation{{URL: "u"}}},
		Stop{Candidate: 1, Finish: Finish{Reason: FinishStop}},
		Delta{Candidate: 0, Block: 2, Text: `{"x":`},
		Delta{Candidate: 0, Block: 2, Text: `1}`},
		Close{Candidate: 0, Block: 2},
		Open{Candidate: 0, Block: 3, Part: Media{Modality: ModalityImage, Data: "AAAA"}},
		Close{Candidate: 0, Block: 3},
		Dropped{Loss{Path: "p", Why: "w"}},
		Tally{Usage{Input: 2, Output: 3}},
		Stop{Candidate: 0, Finish: Finish{Reason: FinishToolCalls, Native: "STOP"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &Response{
		ID: "r1", Model: "m", Created: created, ServiceTier: "flex",
		Candidates: []Candidate{
			{Index: 0, Finish: Finish{Reason: FinishToolCalls, Native: "STOP"}, Parts: []Part{
				Reasoning{Text: "hm", Seal: &Seal{Origin: OriginGoogle, Token: "s"}},
				ToolCall{ID: "c", Name: "f", Args: `{"x":1}`},
				Media{Modality: ModalityImage, Data: "AAAA"},
			}},
			{Index: 1, Finish: Finish{Reason: FinishStop}, Parts: []Part{Text{Text: "ab", Citations: []Citation{{URL: "u"}}}},
				Logprobs: []TokenLogprob{{Token: "a"}, {Token: "b"}}},
		},
		Usage:   &Usage{Input: 2, Output: 3}, // the last tally counts (reports F10)
		Dropped: []Loss{{Path: "p", Why: "w"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
}

// A stream that failed is an error, and what came before it is still told,
// since it was paid for (defects 64).
func TestCollectFailed(t *testing.T) {
	failure := &Error{Kind: KindUnavailable, Message: "overloaded"}
	got, err := Collect([]Event{
		Start{}, Open{Part: Text{}}, Delta{Text: "begun"}, Tally{Usage{Output: 1}}, Fail{failure},
	})
	if !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
	want := &Response{Candidates: []Candidate{{Parts: []Part{Text{Text: "begun"}}}}, Usage: &Usage{Output: 1}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestCollectAgainstGrammar(t *testing.T) {
	for name, events := range map[string][]Event{
		"delta before open":     {Start{}, Delta{Block: 3, Text: "x"}},
		"close before open":     {Start{}, Close{Block: 3}},
		"opened twice":          {Start{}, Open{Block: 1, Part: Text{}}, Open{Block: 1, Part: Text{}}},
		"fail without error":    {Fail{}},
		"pointer for an event":  {&Start{}},
		"nothing for the event": {nil},
	} {
		if _, err := Collect(events); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Folding twice the deltas costs about twice the memory.
func TestCollectLinear(t *testing.T) {
	cost := func(n int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c := NewCollector()
		c.Add(Start{})
		c.Add(Open{Part: ToolCall{}})
		for range n {
			c.Add(Delta{Text: "0123456789"})
		}
		if r, err := c.Response(); err != nil || len(r.Candidates[0].Parts[0].(ToolCall).Args) != 10*n {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if once, twice := cost(50_000), cost(100_000); twice > 3*once {
		t.Errorf("%d bytes, for twice the deltas %d", once, twice)
	}
}

func TestExpandOrder(t *testing.T) {
	events := Expand(&Response{
		Usage:      &Usage{Input: 1},
		Candidates: []Candidate{{Parts: []Part{Text{Text: "a"}, Text{}}}, {Index: 1}},
	})
	var names []string
	for _, e := range events {
		names = append(names, strings.TrimPrefix(reflect.TypeOf(e).String(), "ir."))
	}
	want := "Start Open Delta Close Open Close Tally Stop Stop"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func BenchmarkCollect(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		c := NewCollector()
		c.Add(Start{})
		c.Add(Open{Part: Text{}})
		for range 200 {
			c.Add(Delta{Text: "hello "})
		}
		c.Add(Close{})
		c.Add(Stop{})
		if _, err := c.Response(); err != nil {
			b.Fatal(err)
		}
	}
}
