// Package route decides which backends may answer a request: those whose
// mapping has the model's name and whose capabilities cover what the request
// carries, best first.
package route

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"louter/server/config"
	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
)

// Table is the routing of one configuration. It is safe for concurrent use.
type Table struct {
	backends []*config.Backend
	byName   map[string]*config.Backend
	// declared says that some backend names its capabilities: only then is a
	// request read to find what it needs.
	declared bool
	chained  bool // some backend has a fallback
	balance  balancer
	bonds    *bonds // nil with a single backend, which everything goes to
}

// NewTable reads the backends in the order in which they are asked. inFlight
// counts the exchanges that run at a backend.
func NewTable(cfg *config.Config, inFlight func(backend string) int64) (*Table, error) {
	t := &Table{backends: cfg.BackendList(), byName: cfg.Backends, balance: balancer{scores: map[string][]float64{}}}
	if cfg.Balance == "least_in_flight" {
		t.balance.inFlight = inFlight
	}
	for _, b := range t.backends {
		t.declared = t.declared || len(b.Capabilities) > 0
		t.chained = t.chained || b.Fallback != ""
	}
	if len(t.backends) > 1 {
		var err error
		if t.bonds, err = newBonds(); err != nil {
			return nil, fmt.Errorf("memory of who made what: %w", err)
		}
	}
	return t, nil
}

// Close ends what the table runs.
func (t *Table) Close() {
	if t.bonds != nil {
		t.bonds.makers.StopAllGoroutines()
	}
}

// Layer finds the exchange's targets, or ends it with 404.
func (t *Table) Layer(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		var err error
		if x.Call.Model == "" && x.Call.Operation == translate.OpOther {
			x.Targets, err = t.sameProtocol(x)
		} else {
			x.Targets, err = t.byModel(x)
		}
		if err != nil {
			return nil, err
		}
		if len(x.Targets) < 2 {
			return next.Handle(ctx, x)
		}
		first(x.Targets, t.bonds.maker(x))
		reply, err := next.Handle(ctx, x)
		if err == nil && reply.Failure == nil {
			t.listen(x, reply)
		}
		return reply, err
	})
}

// listen learns from answers that may bind what follows to their backend.
func (t *Table) listen(x *exchange.Exchange, reply *exchange.Reply) {
	names := x.Call.Operation == translate.OpOther && keeps(x.Call.Path)
	if names || x.Call.Operation == translate.OpGenerate {
		tenant, backend := x.Tenant, x.Target.Backend
		listen(reply, func(data []byte) { t.bonds.learn(tenant, backend, data, names) })
	}
}

// keeps says whether an operation's answer names what the provider keeps.
func keeps(path string) bool {
	for _, what := range [...]string{"/files", "/cachedContents", "/responses", "/conversations", "/batches", "/vector_stores", "/uploads"} {
		if strings.HasPrefix(path, what) {
			return true
		}
	}
	return false
}

func (t *Table) byModel(x *exchange.Exchange) ([]exchange.Target, error) {
	needs := t.needsOf(x)
	candidates, lacking := t.candidates(x, needs)
	if len(candidates) == 0 {
		e := &ir.Error{Kind: ir.KindModelNotFound, Param: "model",
			Message: fmt.Sprintf("No backend serves the model %q.", clip(x.Call.Model))}
		if lacking != "" {
			e.Message = fmt.Sprintf("No backend that serves the model %q is declared to take %s.", clip(x.Call.Model), lacking)
		}
		return nil, e
	}
	t.balance.order(candidates)
	targets := make([]exchange.Target, len(candidates))
	for i, c := range candidates {
		targets[i] = c.target
	}
	return t.follow(x, needs, targets), nil
}

// candidates are the backends that serve the model and can take the request,
// by rank; lacking is what one that serves it cannot take.
func (t *Table) candidates(x *exchange.Exchange, needs []string) (all []candidate, lacking string) {
	all = make([]candidate, 0, len(t.backends))
	for i, b := range t.backends {
		model, ok := b.MapModel(x.Call.Model)
		if !ok {
			continue
		}
		if miss := firstMissing(b, needs); miss != "" {
			lacking = miss
			continue
		}
		c := candidate{target: exchange.Target{Backend: b.Name, Model: model}, index: i, rank: b.Priority, weight: b.Weight}
		if foreign(x, b) {
			// What is not generation has no translator: a backend of the same
			// protocol goes first, another will say that it cannot.
			c.rank = math.MaxInt
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	return all, lacking
}

func foreign(x *exchange.Exchange, b *config.Backend) bool {
	return x.Call.Operation != translate.OpGenerate && b.Protocol != x.Front.Name
}

// sameProtocol routes operations without a model, which only pass through.
func (t *Table) sameProtocol(x *exchange.Exchange) ([]exchange.Target, error) {
	var targets []exchange.Target
	for _, b := range t.backends {
		if b.Protocol == x.Front.Name {
			targets = append(targets, exchange.Target{Backend: b.Name})
		}
	}
	if len(targets) == 0 {
		return nil, &ir.Error{Kind: ir.KindUnsupported, Message: fmt.Sprintf(
			"%s %s only passes through to a backend that speaks %q, and none is configured.",
			x.Call.Method, clip(x.Call.Path), x.Front.Name)}
	}
	return targets, nil
}

// needsOf reads the request only where an answer depends on it. A request
// that cannot be read needs nothing here: whoever answers it will say why.
func (t *Table) needsOf(x *exchange.Exchange) []string {
	if !t.declared || x.Call.Operation != translate.OpGenerate {
		return nil
	}
	req, err := x.Front.Front.DecodeRequest(x.Call)
	if err != nil {
		return nil
	}
	return Needs(req)
}

func firstMissing(b *config.Backend, needs []string) string {
	for _, n := range needs {
		if !b.Has(n) {
			return n
		}
	}
	return ""
}

const longestNameTold = 200

func clip(name string) string {
	if len(name) > longestNameTold {
		return strings.ToValidUTF8(name[:longestNameTold], "") + "…"
	}
	return name
}
