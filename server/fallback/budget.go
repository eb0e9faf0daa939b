package fallback

import (
	"sync"
	"time"
)

// budgetWindow is the time over which requests and retries are compared.
const budgetWindow = 10 * time.Second

// budget bounds retries to a part of the requests of the last ten seconds,
// but a few are always allowed, so that a quiet gateway retries, too. It
// counts in two halves of the window, which is exact enough for a bound.
type budget struct {
	ratio float64
	least int

	mu            sync.Mutex
	half          int64 // number of the half that is being counted
	requests, was int
	retries, had  int
}

func (b *budget) roll(now time.Time) {
	half := now.UnixNano() / int64(budgetWindow/2)
	switch half - b.half {
	case 0:
	case 1:
		b.was, b.had = b.requests, b.retries
		b.requests, b.retries = 0, 0
	default:
		b.was, b.had, b.requests, b.retries = 0, 0, 0, 0
	}
	b.half = half
}

func (b *budget) request(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll(now)
	b.requests++
}

// take says whether one more retry fits, and counts it.
func (b *budget) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll(now)
	allowed := max(float64(b.least), b.ratio*float64(b.requests+b.was))
	if float64(b.retries+b.had+1) > allowed {
		return false
	}
	b.retries++
	return true
}
