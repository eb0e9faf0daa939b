package server

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"louter/server/backend"
	"louter/server/breaker"
	"louter/server/config"
	"louter/server/exchange"
	"louter/server/fallback"
	"louter/server/health"
	"louter/server/media"
	"louter/server/route"
	"louter/server/slots"
	"louter/server/telemetry"
	"louter/translate"
)

// generation is what one configuration builds. An exchange ends on the one it
// began with; the last to end closes one that has been replaced.
type generation struct {
	app      *App
	cfg      *config.Config
	log      *slog.Logger
	verbose  bool
	answer   fasthttp.RequestHandler
	fiber    *fiber.App
	fronts   []protocol
	handler  exchange.Handler
	backends backend.Set
	routes   *route.Table
	breakers *breaker.Board
	slots    slots.Set
	fallback *fallback.Policy
	checks   *health.Checks
	keys     keyring
	admitted admission
	mint     translate.Mint
	peers    telemetry.Peers
	// users counts the exchanges, and one for being current; 0 is final.
	users atomic.Int64
}

func (a *App) newGeneration(cfg *config.Config) (*generation, error) {
	g := &generation{
		app: a, cfg: cfg, log: a.log, verbose: a.opts.Verbose, mint: a.mint,
		keys:     newKeyring(cfg.Auth.Keys),
		admitted: admission{limit: int64(cfg.Limits.MaxInFlight), held: &a.held},
		fronts:   protocols(),
	}
	if err := g.buildBackends(a.opts); err != nil {
		g.backends.Close()
		return nil, err
	}
	if a.opts.Telemetry != nil {
		g.peers = telemetry.NewPeers(cfg)
	}
	g.buildResilience()
	routes, err := route.NewTable(cfg, g.slots.InFlight)
	if err != nil {
		g.backends.Close()
		return nil, err
	}
	g.routes = routes
	g.handler = g.chain()
	g.fiber = g.newFiber()
	g.answer = g.fiber.Handler()
	g.users.Store(1)
	return g, nil
}

// tryRetain counts one more user, unless the last has left already.
func (a *generation) tryRetain() bool {
	for {
		n := a.users.Load()
		if n == 0 {
			return false
		}
		if a.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (a *generation) release() {
	if a.users.Add(-1) == 0 {
		a.app.retire(a)
	}
}

func (a *generation) close() {
	a.checks.Stop()
	a.backends.Close()
	a.routes.Close()
}

func (a *generation) buildBackends(opts Options) error {
	shared := backend.Options{Config: a.cfg, Mint: a.mint, Seals: a.app.seals, Trace: a.trace()}
	if a.cfg.Media.Fetch {
		shared.Fetcher = media.NewFetcher(a.cfg.Media, opts.DialMedia)
	}
	if a.cfg.Validate.Requests {
		check, err := newRequestCheck()
		if err != nil {
			return err
		}
		shared.Check = check
	}
	a.backends = backend.Set{}
	for _, b := range a.cfg.BackendList() {
		speaks, ok := find(a.fronts, b.Protocol)
		if !ok {
			return fmt.Errorf("backend %s: protocol %q is not available", b.Name, b.Protocol)
		}
		built, err := backend.New(b, speaks.Speaks, shared)
		if err != nil {
			return err
		}
		a.backends[b.Name] = built
	}
	return nil
}
