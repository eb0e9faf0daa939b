package fallback_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/server/config"
	"louter/server/exchange"
	"louter/server/fallback"
	"louter/translate"
	"louter/translate/ir"
)

func failed(k ir.Kind) *ir.Error { return &ir.Error{Kind: k, Message: "m", Retryable: true} }

func waits(k ir.Kind, d time.Duration) *ir.Error {
	e := failed(k)
	e.RetryAfter = d
	return e
}

func unreached() *ir.Error {
	e := failed(ir.KindBadUpstream)
	e.Code = "provider_connection_failed"
	return e
}

// world is a handler that answers by script, and the time that passes.
type world struct {
	script map[string][]*ir.Error // by backend, one an attempt; past its end: an answer
	asked  []string
	slept  []time.Duration
	now    time.Time
	down   string // backends that are not ready
	leave  context.CancelFunc
}

func (w *world) Handle(_ context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
	name := x.Target.Backend
	x.Outcome.Backend = name
	w.asked = append(w.asked, name)
	script := w.script[name]
	if len(script) == 0 {
		x.Outcome.Attempts++
		return &exchange.Reply{Status: http.StatusOK}, nil
	}
	w.script[name] = script[1:]
	if e := script[0]; e.Code == "gateway_overloaded" || e.Code == "gateway_breaker_open" && !x.Forced {
		return nil, e
	}
	x.Outcome.Attempts++
	if w.leave != nil {
		w.leave()
	}
	return nil, script[0]
}

func (w *world) policy(cfg config.Retry) *fallback.Policy {
	return fallback.NewPolicy(cfg, fallback.Options{
		Ready:  func(t exchange.Target) bool { return !strings.Contains(w.down, t.Backend) },
		Clock:  func() time.Time { return w.now },
		Random: func() float64 { return 0.5 },
		Sleep:  func(_ context.Context, d time.Duration) { w.slept = append(w.slept, d); w.now = w.now.Add(d) },
	})
}

func targets(names string) []exchange.Target {
	var all []exchange.Target
	for _, n := range strings.Fields(names) {
		all = append(all, exchange.Target{Backend: n})
	}
	return all
}

func TestAttempts(t *testing.T) {
	type script = map[string][]*ir.Error
	busy, open := failed(ir.KindUnavailable), failed(ir.KindUnavailable)
	busy.Code, open.Code = "gateway_overloaded", "gateway_breaker_open"
	final := failed(ir.KindInvalid)
	for _, c := range []struct {
		name    string
		targets string
		down    string
		script  script
		asked   string
		told    ir.Kind // -1: an answer
		by      string  // the backend that is told of
		slept   time.Duration
	}{
		{name: "the first answers", targets: "a b", asked: "a", told: -1, by: "a"},
		{name: "refused: the next at once", targets: "a b", script: script{"a": {unreached()}}, asked: "a b", told: -1, by: "b"},
		{name: "429 with a wait: the next at once", targets: "a b", script: script{"a": {waits(ir.KindRateLimited, 5*time.Second)}}, asked: "a b", told: -1, by: "b"},
		{name: "429 of the only one: waited for", targets: "a", script: script{"a": {waits(ir.KindRateLimited, 5*time.Second)}}, asked: "a a", told: -1, by: "a", slept: 5*time.Second + 50*time.Millisecond},
		{name: "too long a wait is told", targets: "a", script: script{"a": {waits(ir.KindRateLimited, 11*time.Second)}}, asked: "a", told: ir.KindRateLimited, by: "a"},
		{name: "a client's fault is final", targets: "a b", script: script{"a": {final}}, asked: "a", told: ir.KindInvalid, by: "a"},
		{name: "a refused key goes on, never back", targets: "a", script: script{"a": {failed(ir.KindUpstreamAuth)}}, asked: "a", told: ir.KindUpstreamAuth, by: "a"},
		{name: "no money: the next", targets: "a b", script: script{"a": {failed(ir.KindQuota)}}, asked: "a b", told: -1, by: "b"},
		{name: "three at most", targets: "a b c d", script: script{"a": {unreached()}, "b": {unreached()}, "c": {unreached()}}, asked: "a b c", told: ir.KindBadUpstream, by: "a"},
		{name: "the one that waits less is asked again", targets: "a b", script: script{"a": {waits(ir.KindRateLimited, 5*time.Second)}, "b": {waits(ir.KindRateLimited, time.Second)}}, asked: "a b b", told: -1, by: "b", slept: time.Second + 50*time.Millisecond},
		{name: "the most telling is told", targets: "a b c", script: script{"a": {unreached()}, "b": {waits(ir.KindRateLimited, time.Minute)}, "c": {failed(ir.KindUpstreamTimeout)}}, asked: "a b c", told: ir.KindRateLimited, by: "b"},
		{name: "a busy one is no attempt", targets: "a b c d", script: script{"a": {busy}, "b": {unreached()}, "c": {unreached()}}, asked: "a b c d", told: -1, by: "d"},
		{name: "all are busy", targets: "a b", script: script{"a": {busy}, "b": {busy}}, asked: "a b", told: ir.KindUnavailable, by: "a"},
		{name: "what is down comes last", targets: "a b", down: "a", asked: "b", told: -1, by: "b"},
		{name: "all down: the best is asked", targets: "a b", down: "ab", asked: "a", told: -1, by: "a"},
		{name: "only one of those down is asked", targets: "a b", down: "ab", script: script{"a": {unreached()}}, asked: "a", told: ir.KindBadUpstream, by: "a"},
		{name: "a breaker that this request has opened ends it", targets: "a", script: script{"a": {failed(ir.KindUnavailable), open, open, open}}, asked: "a a", told: ir.KindUnavailable, by: "a", slept: 50 * time.Millisecond},
		{name: "a breaker that refuses is asked last", targets: "a b", script: script{"a": {open}, "b": {unreached()}}, asked: "a b a", told: -1, by: "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{script: c.script, down: c.down, now: time.Unix(1000, 0)}
			cfg := config.Default().Retry
			cfg.Backoff = config.Duration(100 * time.Millisecond)
			x := &exchange.Exchange{Targets: targets(c.targets)}
			reply, err := w.policy(cfg).Layer(w).Handle(t.Context(), x)
			if got := strings.Join(w.asked, " "); got != c.asked {
				t.Errorf("asked %q, want %q", got, c.asked)
			}
			if c.told < 0 && (err != nil || reply == nil) {
				t.Errorf("no answer: %v", err)
			}
			if c.told >= 0 && (err == nil || ir.AsError(err).Kind != c.told) {
				t.Errorf("told %v, want kind %d", err, c.told)
			}
			if x.Outcome.Backend != c.by {
				t.Errorf("told of %q, want %q", x.Outcome.Backend, c.by)
			}
			var slept time.Duration
			for _, d := range w.slept {
				slept += d
			}
			if slept != c.slept {
				t.Errorf("waited %s, want %s", slept, c.slept)
			}
			if len(x.Outcome.Tried) != len(w.asked) {
				t.Errorf("%d attempts are told of %d", len(x.Outcome.Tried), len(w.asked))
			}
		})
	}
}

// TestTheBudgetBoundsRetries: beyond 20 % of the requests nobody is asked again.
func TestTheBudgetBoundsRetries(t *testing.T) {
	w := &world{now: time.Unix(1000, 0)}
	p := w.policy(config.Default().Retry)
	dead := exchange.HandlerFunc(func(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		w.script = map[string][]*ir.Error{"a": {failed(ir.KindUnavailable)}}
		return w.Handle(ctx, x)
	})
	burst := func(n int) int {
		w.asked = nil
		for range n {
			if _, err := p.Layer(dead).Handle(t.Context(), &exchange.Exchange{Targets: targets("a")}); err == nil {
				t.Fatal("a dead backend answered")
			}
		}
		return len(w.asked) - n
	}
	if again := burst(5); again != 3 {
		t.Errorf("%d retries of 5 requests, want the least of 3", again)
	}
	w.now = w.now.Add(time.Minute)
	// Sleeping moves this clock, too: hold it within the window.
	if again := burst(100); again < 3 || again > 20 {
		t.Errorf("%d retries of 100 requests, want at most 20", again)
	}
}

// TestTheClientLeavesBetweenAttempts: nothing is asked for one who is gone.
func TestTheClientLeavesBetweenAttempts(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	w := &world{script: map[string][]*ir.Error{"a": {unreached()}}, leave: leave}
	_, err := w.policy(config.Default().Retry).Layer(w).Handle(ctx, &exchange.Exchange{Targets: targets("a b")})
	if ir.AsError(err).Kind != ir.KindClientGone || len(w.asked) != 1 {
		t.Errorf("%v after %v", err, w.asked)
	}
}

// TestAPassedFailureKeepsItsBytes: the reply of the most telling failure is
// given, the others are let go of.
func TestAPassedFailureKeepsItsBytes(t *testing.T) {
	closed := map[string]int{}
	var limited *exchange.Reply
	h := exchange.HandlerFunc(func(_ context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		x.Outcome.Attempts++
		x.Outcome.Backend = x.Target.Backend
		name, kind := x.Target.Backend, ir.KindUnavailable
		if x.Target.Backend == "b" {
			kind = ir.KindRateLimited
		}
		r := &exchange.Reply{Header: http.Header{}, Failure: waits(kind, time.Hour), Stream: closer{func() { closed[name]++ }}}
		if x.Target.Backend == "b" {
			limited = r
		}
		return r, nil
	})
	p := fallback.NewPolicy(config.Default().Retry, fallback.Options{})
	reply, err := p.Layer(h).Handle(t.Context(), &exchange.Exchange{Targets: targets("a b c")})
	if err != nil || reply != limited || reply.Header.Get("X-Should-Retry") != "false" {
		t.Errorf("%v, %+v", err, reply)
	}
	if closed["a"] != 1 || closed["b"] != 0 || closed["c"] != 1 {
		t.Errorf("closed %v", closed)
	}
}

type closer struct{ closed func() }

func (c closer) Read([]byte) (int, error) { return 0, errors.New("nobody reads this") }
func (c closer) Close() error             { c.closed(); return nil }

// TestWhatChangesSomethingIsNotSentTwice, unless it cannot have arrived.
func TestWhatChangesSomethingIsNotSentTwice(t *testing.T) {
	refused := unreached()
	refused.Cause = &net.OpError{Op: "dial", Err: errors.New("refused")}
	for _, c := range []struct {
		method, path string
		fault        *ir.Error
		asked        int
	}{
		{http.MethodPost, "/files", unreached(), 1}, {http.MethodPost, "/batches", failed(ir.KindUpstreamTimeout), 1},
		{http.MethodPost, "/files", refused, 2}, {http.MethodPost, "/files", failed(ir.KindRateLimited), 2},
		{http.MethodGet, "/files", unreached(), 2}, {http.MethodDelete, "/responses/resp_1", unreached(), 1},
		{http.MethodPost, "/responses", unreached(), 2}, {http.MethodPost, "/images/generations", unreached(), 2},
		{http.MethodPost, "/responses/resp_1/cancel", unreached(), 1}, {http.MethodPost, "/imagesx", unreached(), 1},
	} {
		w := &world{script: map[string][]*ir.Error{"a": {c.fault}}}
		x := &exchange.Exchange{Targets: targets("a b"), Call: translate.Call{Operation: translate.OpOther, Method: c.method, Path: c.path}}
		_, err := w.policy(config.Default().Retry).Layer(w).Handle(t.Context(), x)
		if len(w.asked) != c.asked || (err == nil) != (c.asked == 2) {
			t.Errorf("%s %s, %v: asked %v, %v", c.method, c.path, c.fault, w.asked, err)
		}
	}
}

// TestALimitedTargetComesLaterForAll until its time is over: the longest
// that it asked for, and only for the model that it was about.
func TestALimitedTargetComesLaterForAll(t *testing.T) {
	w := &world{now: time.Unix(1000, 0), script: map[string][]*ir.Error{"a": {waits(ir.KindRateLimited, time.Minute)}}}
	p := w.policy(config.Default().Retry)
	asked := func(model string) string {
		w.asked = nil
		x := &exchange.Exchange{Targets: []exchange.Target{{Backend: "a", Model: model}, {Backend: "b", Model: model}}}
		if _, err := p.Layer(w).Handle(t.Context(), x); err != nil {
			t.Error(err)
		}
		return strings.Join(w.asked, " ")
	}
	for i, want := range []string{"a b", "b", "b"} {
		if got := asked("m"); got != want {
			t.Errorf("request %d asked %q, want %q", i, got, want)
		}
	}
	if got := asked("other"); got != "a" {
		t.Errorf("another model: %q", got)
	}
	// b fails: a is asked although it cools, and now asks for less.
	w.script = map[string][]*ir.Error{"b": {unreached()}, "a": {waits(ir.KindRateLimited, time.Second)}}
	if got := asked("m"); got != "b a b" {
		t.Errorf("when nothing else is left: %q", got)
	}
	w.now = w.now.Add(30 * time.Second)
	if got := asked("m"); got != "b" {
		t.Errorf("the shorter wait replaced the longer: %q", got)
	}
	w.now = w.now.Add(time.Minute)
	if got := asked("m"); got != "a" {
		t.Errorf("when its time is over: %q", got)
	}
}
