package server

import (
	"sync/atomic"
	"time"

	"louter/translate/ir"
)

// admission counts the bytes of request bodies that are held at once
// (promise 8).
type admission struct {
	limit int64
	held  *atomic.Int64 // shared by all generations
}

func (a *admission) take(n int64) error {
	if a.held.Add(n) <= a.limit {
		return nil
	}
	a.held.Add(-n)
	return &ir.Error{Kind: ir.KindUnavailable, Code: "gateway_overloaded", RetryAfter: time.Second,
		Message: "The gateway holds as many request bytes as it may. Try again shortly."}
}

func (a *admission) give(n int64) { a.held.Add(-n) }
