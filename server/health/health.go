// Package health asks backends at an interval whether they still answer.
package health

import (
	"context"
	"sync"
	"time"
)

// Check is how one backend is asked.
type Check struct {
	Backend  string
	Interval time.Duration
	Timeout  time.Duration
	// Ask fails with why the backend cannot be used.
	Ask func(context.Context) error
}

// Checks are the checks that run, one goroutine each.
type Checks struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Start begins to ask, at once and then at the interval; report gets each
// result. The caller ends it with Stop.
func Start(checks []Check, report func(backend string, err error)) *Checks {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Checks{cancel: cancel}
	for _, check := range checks {
		c.running.Go(func() { check.run(ctx, report) })
	}
	return c
}

// Stop ends all checks and waits until they have ended.
func (c *Checks) Stop() {
	c.cancel()
	c.running.Wait()
}

func (c Check) run(ctx context.Context, report func(string, error)) {
	tick := time.NewTicker(c.Interval)
	defer tick.Stop()
	for {
		limited, cancel := context.WithTimeout(ctx, c.Timeout)
		err := c.Ask(limited)
		cancel()
		if ctx.Err() != nil {
			return
		}
		report(c.Backend, err)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
