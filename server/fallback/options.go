package fallback

import (
	"context"
	"math/rand/v2"
	"time"

	"louter/server/exchange"
)

func (o Options) filled() Options {
	if o.Ready == nil {
		o.Ready = func(exchange.Target) bool { return true }
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
