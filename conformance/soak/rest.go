package soak

import (
	"context"
	"errors"
	"fmt"
	"time"

	"louter/conformance/process"
)

// State is what a process holds.
type State struct {
	Goroutines  float64
	Descriptors float64
	Heap        float64 // bytes; the collector's next goal, which follows from what it last found alive
	Resident    float64 // bytes
}

func (s State) String() string {
	const mib = 1 << 20
	return fmt.Sprintf("%.0f goroutines, %.0f descriptors, heap goal %.1f MiB, resident %.1f MiB", s.Goroutines, s.Descriptors, s.Heap/mib, s.Resident/mib)
}

func (s State) max(t State) State {
	return State{max(s.Goroutines, t.Goroutines), max(s.Descriptors, t.Descriptors), max(s.Heap, t.Heap), max(s.Resident, t.Resident)}
}

// below: memory is given back page by page, which has to end some time.
func (s State) below(t State) bool {
	const page = 0.99
	return s.Goroutines < t.Goroutines || s.Descriptors < t.Descriptors || s.Resident < page*t.Resident
}

func (s State) min(t State) State {
	return State{min(s.Goroutines, t.Goroutines), min(s.Descriptors, t.Descriptors), min(s.Heap, t.Heap), min(s.Resident, t.Resident)}
}

// tolerance is how far from its start a process may come to rest.
const tolerance = 0.05

// differs names what is not as it was. Goroutines and descriptors must not
// be fewer either; memory may.
func (s State) differs(start State) []string {
	var wrong []string
	for _, f := range []struct {
		name      string
		was, is   float64
		mayShrink bool
	}{
		{"goroutines", start.Goroutines, s.Goroutines, false},
		{"descriptors", start.Descriptors, s.Descriptors, false},
		{"heap", start.Heap, s.Heap, true},
		{"resident memory", start.Resident, s.Resident, true},
	} {
		off := (f.is - f.was) / f.was
		if f.was == 0 || off > tolerance || off < -tolerance && !f.mayShrink {
			wrong = append(wrong, fmt.Sprintf("%s: %.0f at the start, %.0f at the end", f.name, f.was, f.is))
		}
	}
	return wrong
}

func (s *soak) state(ctx context.Context) (State, error) {
	f, err := s.gateway.Figures(ctx)
	return State{f.Sum("go_goroutines"), f.Sum("process_open_fds"), f.Sum("go_memstats_next_gc_bytes"), f.Sum("process_resident_memory_bytes")}, err
}

const (
	// collections: what a pool holds lives through two.
	collections = 3
	mostCalm    = 200_000
	// still is longer than both sides keep idle connections and workers.
	still       = 12 * time.Second
	restLook    = 500 * time.Millisecond
	longestRest = 90 * time.Second
)

// rest waits until nothing is under way, lets the collector find what is
// alive, and gives the least that the process then holds, once that has not
// become less for a while: a scrape is itself a connection.
func (s *soak) rest(ctx context.Context) (State, error) {
	if err := s.idle(ctx); err != nil {
		return State{}, err
	}
	if err := s.collect(ctx); err != nil {
		return State{}, err
	}
	least, err := s.state(ctx)
	since := time.Now()
	for until := time.Now().Add(longestRest); err == nil && time.Since(since) < still; time.Sleep(restLook) {
		if time.Now().After(until) {
			return State{}, fmt.Errorf("it does not come to rest: %s", least)
		}
		var now State
		if now, err = s.state(ctx); now.below(least) {
			since = time.Now()
		}
		least = least.min(now)
	}
	return least, err
}

// idle: no client waits any more, so nothing may be asked of the providers.
func (s *soak) idle(ctx context.Context) error {
	return process.Await("the end of everything under way", func() (bool, error) {
		f, err := s.gateway.Figures(ctx)
		return err == nil && f.Sum("louter_requests_in_flight") == 0 && s.upstream.Active() == 0, err
	})
}

// collect asks one question after the other, until enough has been thrown
// away: nobody outside can order a collection.
func (s *soak) collect(ctx context.Context) error {
	client := process.NewClient(s.gateway.URL, 1)
	defer client.Transport.CloseIdleConnections()
	done := func() (float64, error) {
		f, err := s.gateway.Figures(ctx)
		var n float64
		for _, m := range f["go_gc_duration_seconds"].GetMetric() {
			n += float64(m.GetSummary().GetSampleCount())
		}
		return n, err
	}
	before, err := done()
	for now := before; err == nil && now < before+collections; now, err = done() {
		for range 200 {
			s.books.calm++
			q := process.Question{ID: -1, Gemini: s.books.calm%2 == 0, Pieces: 2}
			if a := client.Ask(ctx, q, nil); a.Verdict != process.Complete {
				return errors.New("at rest, a question is not answered: " + a.Why)
			}
		}
		if s.books.calm > mostCalm {
			return errors.New("the collector does not run")
		}
	}
	return err
}
