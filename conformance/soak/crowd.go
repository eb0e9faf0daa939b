package soak

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"louter/conformance/process"
)

// chance plans faults: the same seed, question and attempt fail alike.
type chance struct {
	seed uint64
	rate float64
}

func (c chance) plan(q process.Question, attempt int) process.Fault {
	if q.ID <= 0 {
		return process.None // asked to bring the process to rest
	}
	dice := rand.New(rand.NewPCG(c.seed, uint64(q.ID)<<8|uint64(attempt)))
	if dice.Float64() >= c.rate {
		return process.None
	}
	faults := process.WholeFaults()
	if q.Stream {
		faults = process.StreamFaults()
	}
	return faults[dice.IntN(len(faults))]
}

// manner is how one client takes its answer.
type manner struct {
	leavesAt int           // after that many events, 0: while it waits; -1: never
	waits    time.Duration // before it leaves
	reads    time.Duration // for each event
}

// crowd asks and keeps the books.
type crowd struct {
	soak   *soak
	size   int
	client *process.Client
	last   *atomic.Int64 // question
}

func newCrowd(s *soak, size int) *crowd {
	return &crowd{soak: s, size: size, client: process.NewClient(s.gateway.URL, size), last: &s.books.last}
}

// ask returns when every client has the answer to its last question.
func (c *crowd) ask(ctx context.Context, until time.Time) {
	var all sync.WaitGroup
	for range c.size {
		all.Go(func() {
			for ctx.Err() == nil && time.Now().Before(until) {
				q, m := c.invent()
				c.soak.books.enter(q.ID, c.one(ctx, q, m))
			}
		})
	}
	all.Wait()
	c.client.Transport.CloseIdleConnections()
}

// invent makes the next question and who asks it.
func (c *crowd) invent() (process.Question, manner) {
	id := c.last.Add(1)
	dice := rand.New(rand.NewPCG(c.soak.Seed, uint64(id)))
	q := process.Question{ID: id, Gemini: dice.IntN(2) == 0, Stream: dice.IntN(10) > 0}
	q.Pieces = 6 + dice.IntN(18)
	q.Gap = time.Duration(20+dice.IntN(230)) * time.Millisecond
	m := manner{leavesAt: -1}
	switch kind := dice.IntN(100); {
	case kind < 5:
		m.leavesAt, m.waits = 1+dice.IntN(q.Pieces-1), time.Duration(dice.IntN(100))*time.Millisecond
	case kind < 7:
		m.leavesAt, m.waits = 0, time.Duration(dice.IntN(50))*time.Millisecond
	case kind < 9:
		m.reads = 300 * time.Millisecond
	}
	return q, m
}

func (c *crowd) one(ctx context.Context, q process.Question, m manner) process.Answer {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	if m.leavesAt == 0 {
		timer := time.AfterFunc(m.waits, leave)
		defer timer.Stop()
	}
	return c.client.Ask(ctx, q, func(events int) {
		time.Sleep(m.reads)
		if events == m.leavesAt {
			time.Sleep(m.waits)
			leave()
		}
	})
}
