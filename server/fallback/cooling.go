package fallback

import (
	"sync"
	"sync/atomic"
	"time"

	"louter/server/exchange"
	"louter/translate/ir"
)

// cooling remembers which targets asked to be left alone for a while, each a
// model of a backend, as limits are. They come after those that did not, so
// that not every request finds out anew; where nothing else is left they are
// asked all the same. Many refusals at once change nothing (defects 89), and
// a shorter wait never replaces a longer one (defects 90).
type cooling struct {
	some  atomic.Bool // most of the time nothing cools, and nobody need wait for the lock
	mu    sync.Mutex
	until map[exchange.Target]time.Time
}

const (
	// longestCooling: a limit may be raised before an absurd wait is over.
	longestCooling = 5 * time.Minute
	mostCooling    = 1024
)

func (c *cooling) note(t exchange.Target, fault *ir.Error, now time.Time) {
	if fault.RetryAfter <= 0 || fault.Code == codeOverloaded {
		return
	}
	until := now.Add(min(fault.RetryAfter, longestCooling))
	c.mu.Lock()
	defer c.mu.Unlock()
	for old, over := range c.until {
		if !now.Before(over) {
			delete(c.until, old)
		}
	}
	if c.until == nil {
		c.until = map[exchange.Target]time.Time{}
	}
	if until.After(c.until[t]) && len(c.until) < mostCooling {
		c.until[t] = until
	}
	c.some.Store(len(c.until) > 0)
}

func (c *cooling) has(t exchange.Target, now func() time.Time) bool {
	if !c.some.Load() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	until, known := c.until[t]
	if known && !now().Before(until) {
		delete(c.until, t)
		c.some.Store(len(c.until) > 0)
		return false
	}
	return known
}
