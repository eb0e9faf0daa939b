// Package server is Louter's HTTP side: it mounts the protocols' generated
// routes on fiber, brings each request through one chain of layers, and
// writes the answer or the error in the client's own dialect.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"louter/server/backend"
	"louter/server/breaker"
	"louter/server/config"
	"louter/server/exchange"
	"louter/server/fallback"
	"louter/server/health"
	"louter/server/media"
	"louter/server/route"
	"louter/server/slots"
	"louter/translate"
	"louter/translate/ir"
)

// Options are what a configuration file does not say.
type Options struct {
	Logger  *slog.Logger
	Verbose bool // log the four sides of each exchange, without secrets
	// Mint is for tests; nil: random identifiers and the wall clock.
	Mint *translate.Mint
	// DialMedia is for tests; nil: only public addresses are fetched from.
	DialMedia media.Dial
}

// App is a running gateway for one configuration.
type App struct {
	cfg      *config.Config
	log      *slog.Logger
	verbose  bool
	fiber    *fiber.App
	fronts   map[string]*translate.Protocol
	handler  exchange.Handler
	backends backend.Set
	routes   *route.Table
	breakers *breaker.Board
	slots    slots.Set
	fallback *fallback.Policy
	checks   *health.Checks
	seals    *backend.Seals
	keys     keyring
	admitted admission
	watch    watcher
	listener net.Listener
	served   chan error
	draining atomic.Bool
	// running ends every exchange when the drain has lasted too long.
	running context.Context
	cut     context.CancelCauseFunc
	mint    translate.Mint
}

// New builds a gateway; it opens no socket. The error says what of the
// configuration cannot be used.
func New(cfg *config.Config, opts Options) (*App, error) {
	a := &App{
		cfg: cfg, log: opts.Logger, verbose: opts.Verbose,
		keys: newKeyring(cfg.Auth.Keys), admitted: admission{limit: int64(cfg.Limits.MaxInFlight)},
		mint: newMint(), served: make(chan error, 1), fronts: map[string]*translate.Protocol{},
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if opts.Mint != nil {
		a.mint = *opts.Mint
	}
	a.running, a.cut = context.WithCancelCause(context.Background())
	seals, err := backend.NewSeals()
	if err != nil {
		return nil, fmt.Errorf("seal memory: %w", err)
	}
	a.seals = seals
	if err := a.buildBackends(opts); err != nil {
		return nil, err
	}
	a.buildResilience()
	if a.routes, err = route.NewTable(cfg, a.slots.InFlight); err != nil {
		return nil, err
	}
	a.handler = a.chain()
	a.fiber = a.newFiber()
	return a, nil
}

func (a *App) buildBackends(opts Options) error {
	shared := backend.Options{Config: a.cfg, Mint: a.mint, Seals: a.seals, Trace: a.trace()}
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
	known := protocols()
	for i := range known {
		a.fronts[known[i].Name] = &known[i].Protocol
	}
	for _, b := range a.cfg.BackendList() {
		speaks, ok := find(known, b.Protocol)
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

// Start listens and serves; it returns once connections are taken.
func (a *App) Start() error {
	w, err := newWatcher()
	if err != nil {
		return fmt.Errorf("watch for clients that leave: %w", err)
	}
	ln, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), w.close())
	}
	a.watch, a.listener = w, ln
	a.checks = health.Start(a.healthChecks(), a.breakers.Checked)
	go func() { a.served <- a.fiber.Listener(ln) }()
	return nil
}

// Addr is where the gateway listens, host and port.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Served gives the error that ended serving, once it has.
func (a *App) Served() <-chan error { return a.served }

// Stop drains: /readyz says 503 at once, after the configured delay no
// connection is taken any more, and running exchanges may end until the
// drain timeout or the context's end. What runs then is told of the end and
// cut off.
func (a *App) Stop(ctx context.Context) error {
	a.draining.Store(true)
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Drain.Delay.D()+a.cfg.Drain.Timeout.D())
	defer cancel()
	pause(ctx, a.cfg.Drain.Delay.D())
	err := a.fiber.ShutdownWithContext(ctx)
	a.cut(errShuttingDown)
	if err != nil {
		last, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		err = errors.Join(err, a.fiber.ShutdownWithContext(last))
	}
	err = errors.Join(err, a.watch.close())
	a.checks.Stop()
	a.backends.Close()
	a.seals.Close()
	a.routes.Close()
	return err
}

// lastWords is how long the ends of cut streams may take to be written.
const lastWords = 2 * time.Second

var errShuttingDown = &ir.Error{Kind: ir.KindUnavailable, Code: "gateway_shutting_down", Retryable: true,
	Message: "The gateway is shutting down."}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
