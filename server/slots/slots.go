// Package slots bounds how many exchanges run at one backend. One more waits
// a short while for a place; then another backend is asked.
package slots

import (
	"context"
	"sync/atomic"
	"time"

	"louter/server/config"
	"louter/server/exchange"
	"louter/translate/ir"
)

// Set has the places of each backend. It is safe for concurrent use.
type Set map[string]*places

type places struct {
	running atomic.Int64
	free    chan struct{} // nil: without bound
	wait    time.Duration
}

// NewSet reads the bounds; a backend without one is only counted.
func NewSet(backends []*config.Backend) Set {
	s := Set{}
	for _, b := range backends {
		p := &places{wait: b.QueueTimeout.D()}
		if b.MaxInFlight > 0 {
			p.free = make(chan struct{}, b.MaxInFlight)
		}
		s[b.Name] = p
	}
	return s
}

// InFlight is how many exchanges run at the backend.
func (s Set) InFlight(backend string) int64 {
	if p := s[backend]; p != nil {
		return p.running.Load()
	}
	return 0
}

// retryAfter is what a client is told when every place is taken.
const retryAfter = time.Second

// Layer takes a place for the time of the answer, to its last byte.
func (s Set) Layer(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		p := s[x.Target.Backend]
		if p == nil {
			return next.Handle(ctx, x)
		}
		if err := p.take(ctx); err != nil {
			return nil, err
		}
		held := true
		defer func() {
			if held {
				p.give()
			}
		}()
		reply, err := next.Handle(ctx, x)
		if err == nil && reply.Stream != nil {
			held = false
			reply.AtEnd(func(error) { p.give() })
		}
		return reply, err
	})
}

func (p *places) take(ctx context.Context) error {
	if p.free == nil {
		p.running.Add(1)
		return nil
	}
	select {
	case p.free <- struct{}{}:
		p.running.Add(1)
		return nil
	default:
	}
	t := time.NewTimer(p.wait)
	defer t.Stop()
	select {
	case p.free <- struct{}{}:
		p.running.Add(1)
		return nil
	case <-ctx.Done():
		return exchange.Over(ctx)
	case <-t.C:
		return &ir.Error{Kind: ir.KindUnavailable, Code: "gateway_overloaded", Retryable: true, RetryAfter: retryAfter,
			Message: "As many requests as may run at the backend are running."}
	}
}

func (p *places) give() {
	p.running.Add(-1)
	if p.free != nil {
		<-p.free
	}
}
