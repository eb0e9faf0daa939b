package fallback_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"louter/server/config"
	"louter/server/exchange"
	"louter/translate/ir"
)

// TestWhateverFails: the attempts end, are bounded, try each
// ready backend before any is asked again, and tell a failure exactly when all failed.
func TestWhateverFails(t *testing.T) {
	kinds := []ir.Kind{
		ir.KindInvalid, ir.KindRateLimited, ir.KindQuota, ir.KindUpstreamAuth, ir.KindConflict,
		ir.KindBadUpstream, ir.KindUnavailable, ir.KindUpstreamTimeout, ir.KindUnsupported,
	}
	codes := []string{"", "gateway_overloaded", "gateway_breaker_open", "provider_connection_failed"}
	rapid.Check(t, func(t *rapid.T) {
		w := &world{script: map[string][]*ir.Error{}, now: time.Unix(1000, 0)}
		x := &exchange.Exchange{}
		for i := range rapid.IntRange(1, 5).Draw(t, "targets") {
			name := fmt.Sprint(i)
			x.Targets = append(x.Targets, exchange.Target{Backend: name})
			if rapid.Bool().Draw(t, "down") {
				w.down += name
			}
			for range rapid.IntRange(0, 6).Draw(t, "failures") {
				w.script[name] = append(w.script[name], &ir.Error{
					Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Code: rapid.SampledFrom(codes).Draw(t, "code"),
					Retryable: rapid.Bool().Draw(t, "retryable"), RetryAfter: time.Duration(rapid.IntRange(0, 20).Draw(t, "wait")) * time.Second,
				})
			}
		}
		cfg := config.Default().Retry
		cfg.Attempts = rapid.IntRange(1, 6).Draw(t, "attempts")
		reply, err := w.policy(cfg).Layer(w).Handle(t.Context(), x)
		if (reply == nil) == (err == nil) {
			t.Fatalf("reply %v and error %v", reply, err)
		}
		asked, tried, again := 0, map[string]bool{}, map[string]bool{}
		for _, attempt := range x.Outcome.Tried {
			if attempt.Asked && again[attempt.Backend] {
				for _, other := range x.Targets {
					if !tried[other.Backend] && !strings.Contains(w.down, other.Backend) {
						t.Fatalf("%s was asked again before %s was tried", attempt.Backend, other.Backend)
					}
				}
			}
			tried[attempt.Backend] = true
			if attempt.Asked {
				asked++
				again[attempt.Backend] = true
			}
		}
		last := x.Outcome.Tried[len(x.Outcome.Tried)-1]
		if asked > cfg.Attempts || len(x.Outcome.Tried) > cfg.Attempts+2*len(x.Targets) {
			t.Fatalf("%d asked, %d tried", asked, len(x.Outcome.Tried))
		}
		if last.Failed != (err != nil) {
			t.Fatalf("the last attempt %+v, told %v", last, err)
		}
		for _, d := range w.slept {
			if d > cfg.MaxWait.D()+cfg.Backoff.D()<<5 {
				t.Fatalf("slept %s", d)
			}
		}
	})
}
