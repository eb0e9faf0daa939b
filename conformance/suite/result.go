package suite

import (
	"time"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// Outcome of a pair.
type Outcome string

// Outcomes. KnownFailing and Skipped are no faults.
const (
	Passed         Outcome = "pass"
	Failed         Outcome = "FAIL"
	KnownFailing   Outcome = "known"
	UnexpectedPass Outcome = "UNEXPECTED PASS"
	Skipped        Outcome = "skip"
)

// Result of one case through one pair.
type Result struct {
	Case     string
	Pair     scenario.Pair
	Phase    int
	Outcome  Outcome
	Why      string // the reason of a known failure or a skip
	Problems []compare.Problem
	Exchange compare.Exchange
	Took     time.Duration
}

// Bad says whether the result fails the run.
func (r Result) Bad() bool { return r.Outcome == Failed || r.Outcome == UnexpectedPass }
