package soak

import (
	"strings"
	"testing"

	"louter/conformance/process"
)

// TestUnexplained: what the two sides have seen must fit, question by question.
func TestUnexplained(t *testing.T) {
	right, cut := process.Served{Whole: true}, process.Served{}
	fault := func(f process.Fault) process.Served { return process.Served{Fault: f} }
	failed := process.Answer{Verdict: process.Failed, Status: 502, Why: "told"}
	inStream := process.Answer{Verdict: process.Failed, Status: 200, Aborted: true}
	cleanly := process.Answer{Verdict: process.Failed, Status: 200}
	complete := process.Answer{Verdict: process.Complete, Status: 200}
	for _, c := range []struct {
		name     string
		answer   process.Answer
		attempts []process.Served
		want     string // part of what is wrong; empty: nothing is
	}{
		{"whole", complete, []process.Served{right}, ""},
		{"whole after a fallback", complete, []process.Served{fault(process.Refuses), right}, ""},
		{"whole, though nobody gave it", complete, []process.Served{cut}, "gave 0"},
		{"whole, and paid twice", complete, []process.Served{right, right}, "gave 2"},
		{"told of a failure", failed, []process.Served{fault(process.Refuses), fault(process.Junk)}, ""},
		{"told of a failure that was none", failed, []process.Served{cut}, "no provider failed"},
		{"whole answer lost", failed, []process.Served{fault(process.ResetEarly), right}, "gave a whole answer"},
		{"refused by the gateway", process.Answer{Verdict: process.Failed, Status: 503}, nil, ""},
		{"told in the stream", inStream, []process.Served{fault(process.ResetMid)}, ""},
		{"told in the stream, with a clean end", cleanly, []process.Served{fault(process.ResetMid)}, "cleanly"},
		{"told by the provider, and its end", cleanly, []process.Served{fault(process.ErrorMid)}, ""},
		{"broken", process.Answer{Verdict: process.Broken, Why: "clean end"}, []process.Served{fault(process.CloseMid)}, "neither"},
		{"left", process.Answer{Verdict: process.Left}, []process.Served{cut}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := unexplained(c.answer, c.attempts)
			if got == "" != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("said %q, want %q", got, c.want)
			}
		})
	}
}

// TestDiffers: five in a hundred may be off; memory may also be less.
func TestDiffers(t *testing.T) {
	start := State{Goroutines: 20, Descriptors: 20, Heap: 100, Resident: 100}
	for _, c := range []struct {
		name string
		end  State
		want string
	}{
		{"as it was", start, ""},
		{"within the bound", State{21, 21, 105, 105}, ""},
		{"less memory", State{20, 20, 50, 50}, ""},
		{"two goroutines more", State{22, 20, 100, 100}, "goroutines"},
		{"two goroutines less", State{18, 20, 100, 100}, "goroutines"},
		{"two descriptors more", State{20, 22, 100, 100}, "descriptors"},
		{"a larger heap", State{20, 20, 106, 100}, "heap"},
		{"more memory", State{20, 20, 100, 106}, "resident"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong := strings.Join(c.end.differs(start), "; ")
			if wrong == "" != (c.want == "") || !strings.Contains(wrong, c.want) {
				t.Errorf("said %q, want %q", wrong, c.want)
			}
		})
	}
	if len((State{}).differs(State{})) == 0 {
		t.Error("figures that are not there are taken for equal ones")
	}
}

// TestCompare: the gateway's count must fit the clients'.
func TestCompareWithNothing(t *testing.T) {
	b := books{answers: map[int64]process.Answer{1: {Verdict: process.Complete}}}
	r := Report{}
	b.close(&r, func(int64) []process.Served { return []process.Served{{Whole: true}} }, process.Figures{})
	text := strings.Join(r.Wrong, "; ")
	for _, want := range []string{"louter_requests_total is 0, clients asked 1", "never seen"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q: %s", want, text)
		}
	}
}
