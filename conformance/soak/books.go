package soak

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"louter/conformance/process"
)

// books are what the clients have seen, by question.
type books struct {
	last atomic.Int64 // question
	calm int          // questions that were asked to bring the process to rest

	mu      sync.Mutex
	answers map[int64]process.Answer
}

func (b *books) enter(id int64, a process.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[id] = a
}

func (b *books) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.answers)
}

// sampled is how many wrong ones of a kind are told.
const sampled = 10

// close compares them with what the providers have served and what the
// gateway has counted.
func (b *books) close(r *Report, served func(int64) []process.Served, figures process.Figures) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r.Asked, r.Verdicts, r.Faults = len(b.answers), map[process.Verdict]int{}, map[process.Fault]int{}
	var wrong []string
	for id, a := range b.answers {
		attempts := served(id)
		r.Verdicts[a.Verdict]++
		for _, s := range attempts {
			if s.Fault != process.None {
				r.Faults[s.Fault]++
			}
		}
		if why := unexplained(a, attempts); why != "" {
			wrong = append(wrong, fmt.Sprintf("question %d (status %d, %+v): %s", id, a.Status, attempts, why))
		}
	}
	if len(wrong) > sampled {
		wrong = append(wrong[:sampled], fmt.Sprintf("and %d answers more", len(wrong)-sampled))
	}
	r.Wrong = append(append(r.Wrong, wrong...), b.compare(r, figures)...)
	r.Wrong = append(r.Wrong, unseen(r)...)
}

// unexplained says what is wrong about an answer, by what was served for it.
func unexplained(a process.Answer, attempts []process.Served) string {
	whole, failed, told := 0, false, false
	for _, s := range attempts {
		told = told || s.Fault == process.ErrorMid
		if s.Whole {
			whole++
		}
		failed = failed || s.Fault != process.None
	}
	switch {
	case a.Verdict == process.Broken:
		return "neither whole nor visibly failed: " + a.Why
	case a.Verdict == process.Complete && whole != 1:
		return fmt.Sprintf("the client has a whole answer, the providers gave %d", whole)
	case a.Verdict == process.Failed && whole > 0:
		return "the client was told of a failure, a provider gave a whole answer: " + a.Why
	case a.Verdict == process.Failed && !failed && a.Status != http.StatusServiceUnavailable:
		return "the client was told of a failure, no provider failed: " + a.Why
	case a.Verdict == process.Failed && a.Status == http.StatusOK && !a.Aborted && !told:
		// A provider's own error event is passed with its end, the gateway's is not the end.
		return "a failed stream ended cleanly: " + a.Why
	}
	return ""
}

// compare holds the gateway's own count against the clients'. Who leaves may
// do so before the request is read.
func (b *books) compare(r *Report, figures process.Figures) []string {
	var wrong []string
	counted := int(figures.Sum("louter_requests_total")) - b.calm
	if least := r.Asked - r.Verdicts[process.Left]; counted < least || counted > r.Asked {
		wrong = append(wrong, fmt.Sprintf("louter_requests_total is %d, clients asked %d and left %d", counted, r.Asked, r.Verdicts[process.Left]))
	}
	for _, name := range []string{"louter_requests_in_flight", "louter_streams_in_flight", "louter_inflight_body_bytes"} {
		if n := figures.Sum(name); n != 0 {
			wrong = append(wrong, fmt.Sprintf("%s is %v at rest", name, n))
		}
	}
	return wrong
}

// unseen: a soak without one of the faults or ends has not shown that one.
func unseen(r *Report) []string {
	var missing []string
	for _, f := range slices.Concat(process.WholeFaults(), process.StreamFaults()) {
		if r.Faults[f] == 0 && !slices.Contains(missing, string(f)) {
			missing = append(missing, string(f))
		}
	}
	for _, v := range []process.Verdict{process.Complete, process.Failed, process.Left} {
		if r.Verdicts[v] == 0 {
			missing = append(missing, string(v))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("never seen, so it shows nothing of: %q", missing)}
}
