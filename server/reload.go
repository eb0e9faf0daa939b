package server

import (
	"github.com/valyala/fasthttp"

	"louter/server/config"
	"louter/server/health"
)

// Reload builds what cfg says and lets it answer every request from now on;
// running exchanges end on the configuration they began with. After an error
// nothing has changed. What only a restart can change is logged as a warning.
func (a *App) Reload(cfg *config.Config) error {
	g, err := a.newGeneration(cfg)
	if err != nil {
		return err
	}
	a.mu.Lock()
	if a.stopped || a.draining.Load() {
		a.mu.Unlock()
		g.backends.Close()
		g.routes.Close()
		return errShuttingDown
	}
	g.startChecks() // before the swap: whoever closes it finds them
	a.live[g] = true
	old := a.current.Swap(g)
	a.mu.Unlock()
	old.release()
	for _, key := range a.needRestart(cfg) {
		a.log.Warn("this change needs a restart", "key", key)
	}
	return nil
}

// needRestart names the changed keys that belong to the listener or the log.
func (a *App) needRestart(cfg *config.Config) []string {
	was, is := a.first.Limits, cfg.Limits
	var keys []string
	for _, k := range []struct {
		key     string
		changed bool
	}{
		{"listen", a.first.Listen != cfg.Listen},
		{"limits.max_header", was.MaxHeader != is.MaxHeader},
		{"limits.header_timeout", was.HeaderTimeout != is.HeaderTimeout},
		{"limits.max_connections", was.MaxConnections != is.MaxConnections},
		{"log", a.first.Log != cfg.Log},
		{"telemetry", a.first.Telemetry != cfg.Telemetry},
	} {
		if k.changed {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// dispatch is the way of every request: one load and two counts.
func (a *App) dispatch(c *fasthttp.RequestCtx) {
	g := a.acquire()
	defer g.release()
	g.answer(c)
}

// acquire gives the current generation, which stays open until release.
func (a *App) acquire() *generation {
	for {
		if g := a.current.Load(); g.tryRetain() {
			return g
		}
	}
}

// retire closes a replaced generation, beside the exchange that was its last:
// a health check may take its time to end.
func (a *App) retire(g *generation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.live[g] {
		return // the stop has closed it
	}
	delete(a.live, g)
	a.closing.Go(g.close)
}

// closeGenerations closes even those whose exchanges would not end.
func (a *App) closeGenerations() {
	a.mu.Lock()
	a.stopped = true
	for g := range a.live {
		delete(a.live, g)
		a.closing.Go(g.close)
	}
	a.mu.Unlock()
	a.closing.Wait()
}

func (a *generation) startChecks() {
	a.checks = health.Start(a.healthChecks(), a.breakers.Checked)
}
