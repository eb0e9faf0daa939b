// Package report tells what a run of the conformance suite found: while it
// runs, as a table, and as files for people and machines.
package report

import (
	"fmt"
	"sort"
	"time"

	"louter/conformance/scenario"
	"louter/conformance/suite"
)

// Report is a whole run.
type Report struct {
	Gateway string // what was judged, with its version
	Setup   string // how it was configured, where that is known
	Started time.Time
	Took    time.Duration
	Results []suite.Result
	// Why of each case, by name.
	Why map[string]string
	// Tweaks say what was tolerated and why.
	Tweaks []*suite.Tweak
}

// Failed says whether the run must end with an error.
func (r *Report) Failed() bool {
	for _, x := range r.Results {
		if x.Bad() {
			return true
		}
	}
	return false
}

// Count of results by outcome.
func (r *Report) Count() map[suite.Outcome]int {
	n := map[suite.Outcome]int{}
	for _, x := range r.Results {
		n[x.Outcome]++
	}
	return n
}

// Summary is one line.
func (r *Report) Summary() string {
	n := r.Count()
	line := fmt.Sprintf("%d of %d passed", n[suite.Passed], len(r.Results))
	for _, o := range []suite.Outcome{suite.Failed, suite.UnexpectedPass, suite.KnownFailing, suite.Skipped} {
		if n[o] > 0 {
			line += fmt.Sprintf(", %d %s", n[o], words[o])
		}
	}
	return fmt.Sprintf("%s, in %s", line, r.Took.Round(10*time.Millisecond))
}

var words = map[suite.Outcome]string{
	suite.Failed: "failed", suite.UnexpectedPass: "passed unexpectedly", suite.KnownFailing: "failed as known", suite.Skipped: "skipped",
}

// row is one case of the table.
type row struct {
	name  string
	cells []*suite.Result // in the order of columns; nil: no such pair
}

// columns are the pairs in the order of the phases.
func columns() []scenario.Pair {
	return []scenario.Pair{
		{Front: scenario.Gemini, Back: scenario.OpenAIChat}, {Front: scenario.Gemini, Back: scenario.Gemini},
		{Front: scenario.OpenAIChat, Back: scenario.Gemini}, {Front: scenario.OpenAIChat, Back: scenario.OpenAIChat},
	}
}

func (r *Report) rows() []row {
	at := map[string]int{}
	var out []row
	for i := range r.Results {
		x := &r.Results[i]
		if x.Phase == 1 {
			continue
		}
		n, known := at[x.Case]
		if !known {
			n = len(out)
			at[x.Case] = n
			out = append(out, row{x.Case, make([]*suite.Result, len(columns()))})
		}
		for c, p := range columns() {
			if p == x.Pair {
				out[n].cells[c] = x
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}
