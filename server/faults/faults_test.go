package faults

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"louter/server/breaker"
)

// atOnce bounds the cases that run together: most of them wait.
const atOnce = "8"

// The ignored goroutines of fasthttp end by themselves or with the process.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// TestFaults meets every fault of the table in every way.
func TestFaults(t *testing.T) {
	for _, g := range readGroups(t) {
		for _, f := range g.Faults {
			for _, c := range f.cases() {
				t.Run(c.name(), func(t *testing.T) {
					t.Parallel()
					c.run(t)
				})
			}
		}
	}
}

// stage is a gateway before the backends of one case: "alone" is the only
// one of its model; "first" has "second" behind it, which is well; the breaker
// of "counted" opens at its first failure.
type stage struct {
	*gateway
	faultCase
	alone, first, second, counted *upstream
}

func (c faultCase) stage(t *testing.T) *stage {
	up := func() *upstream { return startUpstream(t, c.fault) }
	s := &stage{faultCase: c, alone: up(), first: up(), second: startUpstream(t, fault{Steps: wellSteps}), counted: up()}
	var limits strings.Builder
	for key, value := range c.Limits {
		fmt.Fprintf(&limits, "[limits]\n%s = %q\n", key, value)
	}
	s.gateway = startGateway(t, configText(limits.String(), []backendEntry{
		// One place: whoever does not give it back stops the next request.
		{name: "alone", url: s.alone.url, model: "alone", protocol: c.backend, timeouts: c.Timeouts, more: "max_in_flight = 1"},
		{name: "first", url: s.first.url, model: "pair", protocol: c.backend, timeouts: c.Timeouts},
		{name: "second", url: s.second.url, model: "pair", protocol: c.backend},
		{name: "counted", url: s.counted.url, model: "counted", protocol: c.backend, timeouts: c.Timeouts,
			more: "breaker = { consecutive_failures = 1, open = \"1h\" }"},
	}))
	return s
}

func (c faultCase) run(t *testing.T) {
	s := c.stage(t)
	if c.Warm {
		s.mustAnswer(t, "alone", "pair", "counted")
	}
	s.meetAlone(t)
	s.meetWithSecond(t)
	s.get(t, "counted")
	if c.reachable() && len(c.Timeouts) == 0 { // a short time would also cut a slow machine's right answer
		s.meetRecovered(t)
	}
	s.stop()
	s.checkLeft(t)
	want := breaker.Closed
	if c.counts() {
		want = breaker.Open
	}
	if got := s.breakerOf("counted"); got != want {
		t.Errorf("the breaker is %s, want %s", got, want)
	}
	for name, u := range map[string]*upstream{"alone": s.alone, "first": s.first, "counted": s.counted} {
		if _, _, reused := u.ledger(); reused > 0 && !c.isFramed() {
			t.Errorf("a failed connection of %q was used again %d times", name, reused)
		}
	}
}

// get asks and gives what came.
func (s *stage) get(t *testing.T, model string) answer {
	t.Helper()
	a, err := s.ask(t.Context(), s.client, s.kind, model)
	if err != nil {
		t.Fatalf("%s: no answer at all: %v", model, err)
	}
	return a
}

func (s *stage) mustAnswer(t *testing.T, models ...string) {
	t.Helper()
	for _, m := range models {
		if problem := s.check("answer", s.get(t, m)); problem != "" {
			t.Fatalf("%s: %s", m, problem)
		}
	}
}

// meetAlone: what the client gets where there is nobody else to ask.
func (s *stage) meetAlone(t *testing.T) {
	t.Helper()
	got := s.get(t, "alone")
	if problem := s.check(s.outcome(), got); problem != "" {
		t.Errorf("alone: %s", problem)
	}
	attempts := 1
	if s.then() == thenAgain {
		attempts = min(3, s.Times+1)
		if s.Times == 0 {
			attempts = 3
		}
	}
	s.checkAttempts(t, "alone", got, "alone", attempts)
	s.checkHeaders(t, got)
	s.checkWait(t)
}

// checkAttempts compares what the client is told with what the backend saw.
func (s *stage) checkAttempts(t *testing.T, model string, got answer, by string, attempts int) {
	t.Helper()
	if got.header.Get("X-Louter-Backend") != by || got.header.Get("X-Louter-Attempts") != fmt.Sprint(attempts) {
		t.Errorf("%s: told of %q after %s attempts, want %q after %d", model, got.header.Get("X-Louter-Backend"), got.header.Get("X-Louter-Attempts"), by, attempts)
	}
	if refused := got.status >= 400 && s.then() != thenFinal; refused && got.header.Get("X-Should-Retry") != "false" {
		t.Errorf("%s: the client is not told that Louter has tried", model)
	}
}

func (s *stage) checkHeaders(t *testing.T, got answer) {
	t.Helper()
	for name, want := range s.Headers {
		if has := got.header.Get(name); has != want {
			t.Errorf("%s is %q, want %q", name, has, want)
		}
	}
}

// checkWait: the backend was left alone for as long as it asked.
func (s *stage) checkWait(t *testing.T) {
	t.Helper()
	asked, _, _ := s.alone.ledger()
	least, err := time.ParseDuration(s.Waits)
	if s.Waits == "" {
		return
	}
	if err != nil || len(asked) < 2 {
		t.Fatalf("%d requests, %v", len(asked), err)
	}
	if took := asked[1].at.Sub(asked[0].at); took < least {
		t.Errorf("asked again after %s, which is less than %s", took, least)
	}
}

// meetWithSecond: the second backend is asked if, and only if, the first one
// has failed before anything was said.
func (s *stage) meetWithSecond(t *testing.T) {
	t.Helper()
	got := s.get(t, "pair")
	want, by, attempts, second := "answer", "second", 2, 1
	if s.then() == thenFinal {
		want, by, attempts, second = s.outcome(), "first", 1, 0
	}
	if problem := s.check(want, got); problem != "" {
		t.Errorf("with a second backend: %s", problem)
	}
	if got.header.Get("X-Louter-Backend") != by || got.header.Get("X-Louter-Attempts") != fmt.Sprint(attempts) {
		t.Errorf("with a second backend: told of %q after %s attempts", got.header.Get("X-Louter-Backend"), got.header.Get("X-Louter-Attempts"))
	}
	asked, _, _ := s.second.ledger()
	if len(asked) != second {
		if s.Warm {
			return
		}
		t.Errorf("the second backend was asked %d times, want %d", len(asked), second)
	}
}

// checkLeft: whoever was given up is told so.
func (s *stage) checkLeft(t *testing.T) {
	t.Helper()
	if last := s.Steps[len(s.Steps)-1]; last != "stall" && !strings.HasPrefix(last, "beat") {
		return
	}
	asked, _, _ := s.alone.ledger()
	for i, r := range asked {
		if !r.fails {
			continue
		}
		select {
		case <-r.left:
		case <-time.After(patience):
			t.Errorf("the gateway never left the connection of request %d", i)
			return
		}
	}
}

// meetRecovered: once the backend is well, so is everything: the place at it
// is free, and no connection that has failed is used.
func (s *stage) meetRecovered(t *testing.T) {
	t.Helper()
	before, _, _ := s.alone.ledger()
	s.alone.recover()
	got := s.get(t, "alone")
	if problem := s.check("answer", got); problem != "" {
		t.Errorf("when the backend is well again: %s", problem)
	}
	after, _, _ := s.alone.ledger()
	if len(after) != len(before)+1 {
		t.Errorf("one request has become %d", len(after)-len(before))
	}
}
