package breaker

import (
	"context"

	"louter/server/exchange"
	"louter/translate/ir"
)

// Layer asks a backend only with its breaker's leave, and reports how it went.
func (b *Board) Layer(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		m := b.backends[x.Target.Backend]
		if m == nil {
			return next.Handle(ctx, x)
		}
		p, allowed := m.circuit(x.Target.Model).enter()
		if !allowed && !x.Forced {
			return nil, &ir.Error{Kind: ir.KindUnavailable, Code: "gateway_breaker_open", Retryable: true,
				Message: "The backend has failed too often and is left alone for now."}
		}
		// A panic below must not leave a probe without its verdict.
		settled, before := false, x.Outcome.Attempts
		defer func() {
			if !settled {
				m.settle(ctx, p, errPanicked)
			}
		}()
		reply, err := next.Handle(ctx, x)
		settled = true
		switch {
		case err != nil && x.Outcome.Attempts == before:
			m.settle(ctx, p, errNotAsked)
		case err != nil:
			m.settle(ctx, p, err)
		case reply.Failure != nil:
			m.settle(ctx, p, reply.Failure)
		case reply.Length >= 0 || reply.Stream == nil || p != nil && p.probe:
			m.settle(ctx, p, nil)
		default:
			reply.AtEnd(func(err error) { m.settle(ctx, p, err) })
		}
		return reply, err
	})
}

// settle reports to the breaker, where it gave leave, and looks for a refused
// key. What ended because the exchange did says nothing of the backend.
func (m *member) settle(ctx context.Context, p *pass, err error) {
	if err != nil && ctx.Err() != nil {
		err = errOver
	}
	if p != nil {
		p.settle(err)
	}
	if m.eject.saw(err) {
		m.opts.OnChange(m.stateOf(m.own))
	}
}

var (
	errNotAsked = &ir.Error{Kind: ir.KindInvalid, Message: "The request could not be sent."}
	errOver     = &ir.Error{Kind: ir.KindClientGone, Message: "The exchange is over."}
	errPanicked = &ir.Error{Kind: ir.KindInternal, Message: "Louter met an internal error."}
)
