// Package fallback gives a request to the next backend, or to the same one
// again, when an attempt has failed before the first byte of an answer. It
// stands outside of the breakers, which it asks before they are asked.
//
// Going on to a backend that this request has not asked yet moves load; it is
// bounded by the number of attempts. Asking one again adds load to what is
// already failing: it waits, with full jitter or as long as the backend said,
// and is also bounded by the retry budget.
package fallback

import (
	"context"
	"time"

	"louter/server/config"
	"louter/server/exchange"
	"louter/translate/ir"
)

// Options are what the layer needs of others.
type Options struct {
	// Ready says whether a target is asked as usual; those that are not come
	// last. Nil: all are.
	Ready func(exchange.Target) bool
	// Clock, Sleep and Random are for tests; nil: the real ones. Sleep ends
	// early when the context does. Random gives numbers from 0 to below 1.
	Clock  func() time.Time
	Sleep  func(context.Context, time.Duration)
	Random func() float64
}

// Policy is the fallback of one configuration.
type Policy struct {
	cfg    config.Retry
	opts   Options
	budget budget
	cools  cooling
}

// NewPolicy makes a policy with a full budget.
func NewPolicy(cfg config.Retry, opts Options) *Policy {
	opts = opts.filled()
	return &Policy{cfg: cfg, opts: opts, budget: budget{ratio: cfg.BudgetRatio, least: cfg.BudgetMin}}
}

// Layer makes the attempts of an exchange, each from the original call.
func (p *Policy) Layer(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		p.budget.request(p.opts.Clock())
		run := &run{policy: p, x: x, next: next}
		if len(x.Targets) == 0 {
			return nil, &ir.Error{Kind: ir.KindModelNotFound, Message: "No backend serves this request."}
		}
		return run.attempts(ctx)
	})
}

func (p *Policy) isCooling(t exchange.Target) bool { return p.cools.has(t, p.opts.Clock) }

// run is the attempts of one exchange.
type run struct {
	policy *Policy
	x      *exchange.Exchange
	next   exchange.Handler
	plan   plan
	asked  int // attempts that reached a backend
	best   failure
}

// failure is a failed attempt as it could be told to the client.
type failure struct {
	err     *ir.Error
	reply   *exchange.Reply // passed from the backend; nil: err is told
	outcome exchange.Outcome
}

func (r *run) attempts(ctx context.Context) (*exchange.Reply, error) {
	r.plan.start(r.x.Targets)
	for {
		step, found := r.choose(ctx)
		if !found {
			return r.giveUp(ctx)
		}
		reply, err := r.ask(ctx, step)
		if err == nil && reply.Failure == nil {
			return reply, r.drop()
		}
		fault := faultOf(reply, err)
		if ctx.Err() != nil {
			return nil, r.over(ctx, reply)
		}
		what := judgeCall(r.x.Call, fault)
		if tried := r.x.Outcome.Tried; what == again && !tried[len(tried)-1].Asked {
			what = next // what never reached it will not do so the next time
		}
		if what == stop {
			if dropped := r.drop(); dropped != nil {
				return nil, dropped
			}
			return reply, err
		}
		r.policy.cools.note(step.target, fault, r.policy.opts.Clock())
		if err := r.keep(fault, reply); err != nil {
			return nil, err
		}
		r.plan.failed(step, what, r.mayReturn(fault), r.policy.opts.Clock().Add(fault.RetryAfter))
	}
}

// mayReturn: a backend that wants to be left alone for longer than is waited
// is not asked again.
func (r *run) mayReturn(fault *ir.Error) bool {
	return fault.RetryAfter <= r.policy.cfg.MaxWait.D()
}

// choose finds the next target: a ready one that was not tried, else one that
// is said to be down, once, else one that may be asked again, after a pause.
func (r *run) choose(ctx context.Context) (step, bool) {
	if r.asked >= r.policy.cfg.Attempts {
		return step{}, false
	}
	if s, found := r.plan.fresh(r.policy.opts.Ready, r.policy.isCooling); found {
		return s, true
	}
	s, found := r.plan.again()
	if !found || !r.policy.budget.take(r.policy.opts.Clock()) {
		return step{}, false
	}
	r.pause(ctx, s)
	return s, ctx.Err() == nil
}

// pause waits until the backend's own time, and a random part of the backoff
// beyond, so that those who failed together do not come back together.
func (r *run) pause(ctx context.Context, s step) {
	ceiling := r.policy.cfg.Backoff.D() << min(s.returns, maxDoublings)
	jitter := time.Duration(r.policy.opts.Random() * float64(ceiling))
	wait := max(s.notBefore.Sub(r.policy.opts.Clock()), 0) + jitter
	r.policy.opts.Sleep(ctx, wait)
}

const maxDoublings = 5

func (r *run) ask(ctx context.Context, s step) (*exchange.Reply, error) {
	x := r.x
	x.Target, x.Forced = s.target, s.forced
	x.Outcome.Dropped, x.Outcome.Usage, x.Outcome.Finishes = nil, nil, nil
	before, began := x.Outcome.Attempts, r.policy.opts.Clock()
	reply, err := r.next.Handle(ctx, x)
	tried := exchange.Attempt{
		Target: s.target, Asked: x.Outcome.Attempts > before, Began: began, Took: r.policy.opts.Clock().Sub(began),
	}
	if tried.Asked {
		r.asked++
	}
	if fault := faultOf(reply, err); fault != nil {
		tried.Failed, tried.Kind, tried.Code, tried.Status = true, fault.Kind, fault.Code, fault.HTTPStatus()
	}
	x.Outcome.Tried = append(x.Outcome.Tried, tried)
	return reply, err
}

func faultOf(reply *exchange.Reply, err error) *ir.Error {
	if err != nil {
		return ir.AsError(err)
	}
	return reply.Failure
}

// keep remembers the failure that tells the client most; of equal ones the first.
func (r *run) keep(fault *ir.Error, reply *exchange.Reply) error {
	if r.best.err != nil && telling(r.best.err) >= telling(fault) {
		if reply != nil {
			return reply.Discard()
		}
		return nil
	}
	if err := r.drop(); err != nil {
		return err
	}
	r.best = failure{err: fault, reply: reply, outcome: r.x.Outcome}
	return nil
}

// drop lets go of a kept reply that will not be given.
func (r *run) drop() error {
	kept := r.best.reply
	r.best = failure{}
	if kept == nil {
		return nil
	}
	return kept.Discard()
}

// giveUp tells the most telling failure, as the backend's that failed so.
func (r *run) giveUp(ctx context.Context) (*exchange.Reply, error) {
	if ctx.Err() != nil {
		return nil, r.over(ctx, nil)
	}
	best := r.best
	o := &r.x.Outcome
	o.Backend, o.Model, o.Mode, o.Dropped = best.outcome.Backend, best.outcome.Model, best.outcome.Mode, best.outcome.Dropped
	if best.reply == nil {
		return nil, best.err
	}
	// The client's SDK would make two more attempts (facts 10).
	best.reply.Header.Set("X-Should-Retry", "false")
	return best.reply, nil
}

// over ends an exchange whose client has left or which the gateway cuts.
func (r *run) over(ctx context.Context, reply *exchange.Reply) error {
	if reply != nil {
		if err := reply.Discard(); err != nil {
			return err
		}
	}
	if err := r.drop(); err != nil {
		return err
	}
	return exchange.Over(ctx)
}
