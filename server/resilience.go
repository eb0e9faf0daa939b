package server

import (
	"context"
	"log/slog"

	"louter/server/breaker"
	"louter/server/fallback"
	"louter/server/health"
	"louter/server/slots"
)

// buildResilience makes what stands between a request and the backends that
// may fail: their places, their breakers, and the way from one to the next.
func (a *generation) buildResilience() {
	list := a.cfg.BackendList()
	a.breakers = breaker.NewBoard(list, breaker.Options{OnChange: a.logBackendState})
	a.slots = slots.NewSet(list)
	a.fallback = fallback.NewPolicy(a.cfg.Retry, fallback.Options{Ready: a.breakers.Ready})
}

// BackendStates tells which backends are asked as usual, and why not.
func (a *App) BackendStates() []breaker.State { return a.current.Load().breakers.Snapshot() }

func (a *generation) logBackendState(s breaker.State) {
	level := slog.LevelWarn
	if s.Up {
		level = slog.LevelInfo
	}
	attrs := []slog.Attr{slog.String("backend", s.Backend), slog.Bool("up", s.Up), slog.String("breaker", string(s.Status))}
	if s.Model != "" {
		attrs = append(attrs, slog.String("backend_model", clipped(s.Model)))
	}
	if s.Reason != "" {
		attrs = append(attrs, slog.String("reason", s.Reason))
	}
	a.log.LogAttrs(context.Background(), level, "backend state", attrs...)
}

func (a *generation) healthChecks() []health.Check {
	var checks []health.Check
	for _, b := range a.cfg.BackendList() {
		if b.Health.Interval > 0 {
			checks = append(checks, health.Check{
				Backend: b.Name, Interval: b.Health.Interval.D(), Timeout: b.Health.Timeout.D(),
				Ask: a.backends[b.Name].Check,
			})
		}
	}
	return checks
}
