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
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"louter/server/backend"
	"louter/server/config"
	"louter/server/exchange"
	"louter/server/media"
	"louter/server/metrics"
	"louter/server/telemetry"
	"louter/translate"
	"louter/translate/ir"
)

// Options are what a configuration file does not say.
type Options struct {
	Logger  *slog.Logger
	Verbose bool // log the four sides of each exchange, without secrets
	// Mint is for tests; nil: random identifiers and the wall clock.
	Mint *translate.Mint
	// Metrics are the process's; nil: some of the gateway's own.
	Metrics *metrics.Metrics
	// Telemetry tells a collector; nil: none. Stopping the gateway stops it.
	Telemetry *telemetry.Telemetry
	// DialMedia is for tests; nil: only public addresses are fetched from.
	DialMedia media.Dial
}

// App is a running gateway: the listener, and the generation that answers.
type App struct {
	opts    Options
	log     *slog.Logger
	mint    translate.Mint
	first   *config.Config // the listener's own limits are its
	front   *fiber.App
	seals   *backend.Seals // outlives a reload: a conversation goes on
	metrics *metrics.Metrics
	// observers are told of every request that has ended.
	observers []exchange.Observer
	admin     *admin
	held      atomic.Int64 // bytes of bodies, of all generations
	watch     watcher
	listener  net.Listener
	served    chan error
	draining  atomic.Bool
	// running ends every exchange when the drain has lasted too long.
	running context.Context
	cut     context.CancelCauseFunc
	current atomic.Pointer[generation]

	mu      sync.Mutex
	live    map[*generation]bool // not closed yet
	stopped bool
	closing sync.WaitGroup
}

// New builds a gateway; it opens no socket. The error says what of the
// configuration cannot be used.
func New(cfg *config.Config, opts Options) (*App, error) {
	a := &App{
		opts: opts, log: opts.Logger, mint: newMint(), first: cfg,
		served: make(chan error, 1), live: map[*generation]bool{},
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
	a.metrics = opts.Metrics
	if a.metrics == nil {
		a.metrics = metrics.New("unknown", runtime.Version())
	}
	if err := a.metrics.Follow(liveState{a}); err != nil {
		seals.Close()
		return nil, fmt.Errorf("metrics: %w", err)
	}
	a.observers = append(a.observers, a.metrics)
	if opts.Telemetry != nil {
		a.observers = append(a.observers, opts.Telemetry)
	}
	g, err := a.newGeneration(cfg)
	if err != nil {
		seals.Close()
		return nil, err
	}
	a.live[g] = true
	a.current.Store(g)
	a.front = a.newFront()
	return a, nil
}

// Start listens and serves; it returns once connections are taken.
func (a *App) Start() error {
	w, err := newWatcher()
	if err != nil {
		return fmt.Errorf("watch for clients that leave: %w", err)
	}
	ln, err := net.Listen("tcp", a.first.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), w.close())
	}
	if a.admin, err = a.startAdmin(); err != nil {
		return errors.Join(err, ln.Close(), w.close())
	}
	a.watch, a.listener = w, ln
	a.current.Load().startChecks()
	go func() { a.served <- a.front.Listener(&patientListener{Listener: ln, log: a.log}) }()
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
	drain := a.current.Load().cfg.Drain
	ctx, cancel := context.WithTimeout(ctx, drain.Delay.D()+drain.Timeout.D())
	defer cancel()
	pause(ctx, drain.Delay.D())
	err := a.front.ShutdownWithContext(ctx)
	a.cut(errShuttingDown)
	if err != nil {
		a.awaitLastWords()
	}
	// Where it is stopped before it has begun to serve, nobody else closes the listener.
	if closed := a.listener.Close(); !errors.Is(closed, net.ErrClosed) {
		err = errors.Join(err, closed)
	}
	err = errors.Join(err, a.watch.close(), a.admin.stop())
	a.closeGenerations()
	a.seals.Close()
	a.stopTelemetry()
	return err
}

// stopTelemetry sends what the collector was not told yet. One that does not
// answer holds nobody up, and is no failure of the drain.
func (a *App) stopTelemetry() {
	if a.opts.Telemetry == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	if err := a.opts.Telemetry.Stop(ctx); err != nil {
		a.log.Warn("the collector was not told everything", "error", err)
	}
}

// lastWords is how long the ends of cut streams may take to be written, and
// how long a collector may take to hear of them.
const lastWords = 2 * time.Second

// awaitLastWords returns when the connections of cut streams are closed. A
// second shutdown of fasthttp would not wait: its listener is gone.
func (a *App) awaitLastWords() {
	// fasthttp counts its listener as a connection and takes one off for it,
	// also when it has none any more.
	const look, none = 5 * time.Millisecond, -1
	for until := time.Now().Add(lastWords); a.front.Server().GetOpenConnectionsCount() > none && time.Now().Before(until); {
		time.Sleep(look)
	}
}

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
