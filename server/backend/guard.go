package backend

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"louter/translate/ir"
)

// guard bounds the phases of one attempt: whichever phase is armed when its
// time is up cancels the upstream request with the reason.
type guard struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
	phase  string
	limit  time.Duration
	// until is the end of the whole exchange's time; zero: none. It bounds
	// each phase before the answer begins, and none of a stream that is alive
	// (reports F16).
	until time.Time
}

// errFinished cancels a request that is over; nobody sees it.
var errFinished = errors.New("the exchange is over")

func newGuard(ctx context.Context) (context.Context, *guard) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &guard{cancel: cancel}
}

// arm starts the time of a phase and ends that of the one before.
func (g *guard) arm(phase string, limit time.Duration) {
	g.disarm()
	if !g.until.IsZero() {
		if left := max(time.Until(g.until), 1); limit <= 0 || left < limit {
			phase, limit = "total", left
		}
	}
	if limit <= 0 {
		return
	}
	g.phase, g.limit = phase, limit
	g.timer = time.AfterFunc(limit, func() { g.cancel(timeoutError(phase, limit)) })
}

// alive bounds from now on only the silence between chunks.
func (g *guard) alive(idle time.Duration) {
	g.until = time.Time{}
	g.arm("idle stream", idle)
}

// again restarts the time of the armed phase, for the next chunk.
func (g *guard) again() {
	if g.timer != nil {
		g.timer.Reset(g.limit)
	}
}

func (g *guard) disarm() {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
}

// end frees the attempt; the upstream request is cancelled if it still runs.
func (g *guard) end() {
	g.disarm()
	g.cancel(errFinished)
}

func timeoutError(phase string, limit time.Duration) *ir.Error {
	return &ir.Error{Kind: ir.KindUpstreamTimeout, Retryable: true,
		Message: fmt.Sprintf("The backend sent nothing in time (%s, %s).", phase, limit)}
}

// causeOf says why an upstream read or request failed: by its timeout, by the
// client's leaving, or by the connection itself.
func causeOf(ctx context.Context, err error, message string) *ir.Error {
	var told *ir.Error
	if cause := context.Cause(ctx); cause != nil {
		if errors.As(cause, &told) {
			return told
		}
		return &ir.Error{Kind: ir.KindClientGone, Message: "The client has left.", Cause: cause}
	}
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return &ir.Error{Kind: ir.KindUnavailable, Code: "gateway_overloaded", Retryable: true, RetryAfter: time.Second,
			Message: "The gateway has as many connections as it may. Try again shortly.", Cause: err}
	}
	return &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_connection_failed", Message: message, Retryable: true, Cause: err}
}
