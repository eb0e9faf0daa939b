// Package route decides which backends may answer a request: those whose
// mapping has the model's name and whose capabilities cover what the request
// carries, best first.
package route

import (
	"context"
	"fmt"
	"strings"

	"louter/server/config"
	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
)

// Table is the routing of one configuration.
type Table struct {
	backends []*config.Backend
	// declared says that some backend names its capabilities: only then is a
	// request read to find what it needs.
	declared bool
}

// NewTable reads the backends in the order in which they are asked.
func NewTable(cfg *config.Config) *Table {
	t := &Table{backends: cfg.BackendList()}
	for _, b := range t.backends {
		t.declared = t.declared || len(b.Capabilities) > 0
	}
	return t
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
		return next.Handle(ctx, x)
	})
}

func (t *Table) byModel(x *exchange.Exchange) ([]exchange.Target, error) {
	var targets, foreign []exchange.Target
	needs := t.needsOf(x)
	lacking := ""
	for _, b := range t.backends {
		model, ok := b.MapModel(x.Call.Model)
		if !ok {
			continue
		}
		if miss := firstMissing(b, needs); miss != "" {
			lacking = miss
			continue
		}
		t := exchange.Target{Backend: b.Name, Model: model}
		if x.Call.Operation != translate.OpGenerate && b.Protocol != x.Front.Name {
			foreign = append(foreign, t)
			continue
		}
		targets = append(targets, t)
	}
	// What is not generation has no translator: a backend of the same
	// protocol goes first, another will say that it cannot.
	if targets = append(targets, foreign...); len(targets) > 0 {
		return targets, nil
	}
	e := &ir.Error{Kind: ir.KindModelNotFound, Param: "model",
		Message: fmt.Sprintf("No backend serves the model %q.", clip(x.Call.Model))}
	if lacking != "" {
		e.Message = fmt.Sprintf("No backend that serves the model %q is declared to take %s.", clip(x.Call.Model), lacking)
	}
	return nil, e
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
