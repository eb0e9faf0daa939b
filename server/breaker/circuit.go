package breaker

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"louter/translate/ir"
)

// buckets of the rolling window.
const buckets = 10

// circuit is gobreaker's two-step breaker with what it lacks: a report that
// may come late, and only counts once.
type circuit struct {
	name   State // backend and model alone
	cb     *gobreaker.TwoStepCircuitBreaker[struct{}]
	window time.Duration
	// now the breaker's state as it last said; only an open one must be
	// asked, since it alone changes with time.
	last atomic.Int32
	// probing: the one probe of the half-open state is under way.
	probing atomic.Bool
}

func newCircuit(name State, m *member) *circuit {
	cfg := m.cfg
	c := &circuit{name: name, window: cfg.Window.D()}
	c.cb = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: 1, Interval: cfg.Window.D(), BucketPeriod: max(cfg.Window.D()/buckets, 1), Timeout: cfg.Open.D(),
		ReadyToTrip: func(n gobreaker.Counts) bool {
			settled := n.TotalSuccesses + n.TotalFailures // requests under way and exclusions are neither
			return int(n.ConsecutiveFailures) >= cfg.ConsecutiveFailures ||
				int(settled) >= cfg.MinRequests && float64(n.TotalFailures) >= cfg.Ratio*float64(settled)
		},
		IsExcluded: excluded,
		OnStateChange: func(_ string, _, to gobreaker.State) {
			c.last.Store(int32(to))
			m.opts.OnChange(m.describe(name, statusOf(to)))
		},
	})
	return c
}

// ready: half-open counts until somebody is the probe.
func (c *circuit) ready() bool {
	switch c.status() {
	case Closed:
		return true
	case HalfOpen:
		return !c.probing.Load()
	}
	return false
}

func (c *circuit) status() Status {
	if s := gobreaker.State(c.last.Load()); s != gobreaker.StateOpen {
		return statusOf(s)
	}
	return statusOf(c.cb.State())
}

func statusOf(s gobreaker.State) Status {
	switch s {
	case gobreaker.StateOpen:
		return Open
	case gobreaker.StateHalfOpen:
		return HalfOpen
	}
	return Closed
}

// pass is the leave to ask once.
type pass struct {
	c     *circuit
	done  func(error)
	probe bool
	began time.Time
	once  sync.Once
}

// enter asks for leave; false: the breaker is open, or its one probe runs.
func (c *circuit) enter() (*pass, bool) {
	done, err := c.cb.Allow()
	if err != nil {
		return nil, false
	}
	p := &pass{c: c, done: done, probe: c.last.Load() == int32(gobreaker.StateHalfOpen), began: time.Now()}
	if p.probe {
		c.probing.Store(true)
	}
	return p, true
}

// settle reports how the attempt ended; only the first report counts, since
// gobreaker would take each (facts 8).
func (p *pass) settle(err error) {
	p.once.Do(func() {
		if p.probe {
			p.c.probing.Store(false)
		}
		if p.probe || time.Since(p.began) < p.c.window-p.c.window/buckets {
			p.done(err)
			return
		}
		// gobreaker files a report under the time when the attempt began, and
		// drops it once that has left the window: a backend that is silent
		// for longer than the window would never be noticed.
		p.done(errOutlived)
		if p.c.last.Load() != int32(gobreaker.StateClosed) {
			return
		}
		if again, refused := p.c.cb.Allow(); refused == nil {
			again(err)
		}
	})
}

var errOutlived = errors.New("the attempt outlived the window")

// excluded are ends that say nothing of the backend's health: a client's own
// fault, its leaving, a limit that the backend keeps, a key that it refused.
func excluded(err error) bool {
	if err == nil {
		return false
	}
	var e *ir.Error
	if !errors.As(err, &e) {
		return true // errOutlived, or a fault of Louter's own
	}
	if e.Code == "gateway_overloaded" {
		return true // Louter has no descriptor left
	}
	switch e.Kind {
	case ir.KindBadUpstream, ir.KindUnavailable, ir.KindUpstreamTimeout:
		return false
	}
	return true
}
