package breaker

import (
	"maps"
	"slices"
	"sync"
	"time"

	"louter/server/config"
	"louter/server/exchange"
)

// Status is where a breaker stands.
type Status string

// Statuses of a breaker.
const (
	Closed   Status = "closed"
	HalfOpen Status = "half_open"
	Open     Status = "open"
)

// State is what is known of a backend, or of one of its models.
type State struct {
	Backend string
	Model   string // "": the whole backend
	Status  Status
	// Up: requests are sent there as usual.
	Up     bool
	Reason string // why not; "" while it is up
}

// Options are what the configuration does not say.
type Options struct {
	// OnChange is told of each change; it must not block. Nil: nobody is.
	OnChange func(State)
	Now      func() time.Time // of ejections; nil: the wall clock
}

// Board has the breakers of one configuration. It is safe for concurrent use.
type Board struct {
	backends map[string]*member
	order    []string
}

// member is one backend: its own circuit, and those of its models.
type member struct {
	own      *circuit
	cfg      config.Breaker
	opts     Options
	eject    ejection
	mu       sync.RWMutex
	perModel map[string]*circuit
}

// maxModels bounds the breakers of one backend, whose models may be named by
// clients. Beyond it models share the backend's own.
const maxModels = 256

// NewBoard makes a closed breaker for each backend.
func NewBoard(backends []*config.Backend, opts Options) *Board {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.OnChange == nil {
		opts.OnChange = func(State) {}
	}
	b := &Board{backends: make(map[string]*member, len(backends))}
	for _, cfg := range backends {
		m := &member{cfg: cfg.Breaker, opts: opts, perModel: map[string]*circuit{}}
		m.eject.now = opts.Now
		m.own = newCircuit(State{Backend: cfg.Name}, m)
		b.backends[cfg.Name] = m
		b.order = append(b.order, cfg.Name)
	}
	return b
}

// Ready says whether the target may be asked as usual.
func (b *Board) Ready(t exchange.Target) bool {
	m := b.backends[t.Backend]
	return m == nil || !m.eject.active() && m.circuit(t.Model).ready()
}

// Snapshot tells the state of each backend, and of each of its models that
// has a breaker of its own.
func (b *Board) Snapshot() []State {
	var all []State
	for _, name := range b.order {
		m := b.backends[name]
		all = append(all, m.stateOf(m.own))
		m.mu.RLock()
		for _, model := range slices.Sorted(maps.Keys(m.perModel)) {
			all = append(all, m.stateOf(m.perModel[model]))
		}
		m.mu.RUnlock()
	}
	return all
}

// Checked takes in what an active health check found: nil, or why it failed.
func (b *Board) Checked(backend string, err error) {
	m := b.backends[backend]
	if m == nil {
		return
	}
	if m.eject.checked(err) {
		m.opts.OnChange(m.stateOf(m.own))
	}
}

func (m *member) circuit(model string) *circuit {
	if !m.cfg.PerModel || model == "" {
		return m.own
	}
	m.mu.RLock()
	c := m.perModel[model]
	m.mu.RUnlock()
	if c != nil {
		return c
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c = m.perModel[model]; c != nil {
		return c
	}
	if len(m.perModel) >= maxModels {
		return m.own
	}
	c = newCircuit(State{Backend: m.own.name.Backend, Model: model}, m)
	m.perModel[model] = c
	return c
}

func (m *member) stateOf(c *circuit) State {
	return m.describe(c.name, c.status())
}

// describe asks no breaker: it also runs while one changes its state, when
// gobreaker holds its lock (facts 8).
func (m *member) describe(s State, status Status) State {
	s.Status = status
	s.Reason = m.eject.reason()
	if s.Reason == "" && status == Open {
		s.Reason = "breaker open: too many failures"
	}
	s.Up = s.Reason == ""
	return s
}
