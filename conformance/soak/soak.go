// Package soak lets a crowd of clients ask a running Louter while its
// providers fail at random, compares what both sides have seen of each
// question, and looks whether the process comes back to where it began.
package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"louter/conformance/process"
)

// Plan is one soak. The same seed makes the same questions and faults.
type Plan struct {
	Binary   string // of Louter
	Dir      string // for its configuration
	Clients  int    // at once; nine of ten questions are for a stream
	Duration time.Duration
	Seed     uint64
	// FaultRate is the part of attempts that fail; 0: one in eight.
	FaultRate float64
	Progress  io.Writer
}

// Report is what was seen. Wrong is empty where all is well.
type Report struct {
	Asked    int
	Verdicts map[process.Verdict]int
	Faults   map[process.Fault]int // that providers have played
	Reloads  int
	Start    State // at rest, after the warm-up
	Peak     State // of what was looked at under load
	End      State // at rest again
	Wrong    []string
}

const (
	defaultFaultRate = 0.125
	// The warm-up is a higher wave than the load: what the collector keeps of
	// freed memory depends on the highest so far, and is no leak.
	warmUpPart  = 10 // of the duration
	leastWarmUp = 20 * time.Second
	warmUpCrowd = 1.5 // of the clients
	reloadEvery = 15 * time.Second
	lookEvery   = 5 * time.Second
)

// backends: stalls end by these limits, which a busy machine must not reach
// by itself. Two protocols, so that each dialect is passed and translated.
const backends = `[drain]
delay = "0s"
[backends.a]
protocol = "openai"
url = %[1]q
api_key = "k"
timeouts = { headers = "8s", first_token = "8s", idle = "8s", unary = "8s" }
breaker = { open = "1s" }
[backends.b]
protocol = "gemini"
url = %[1]q
api_key = "k"
weight = %[2]d.0
timeouts = { headers = "8s", first_token = "8s", idle = "8s", unary = "8s" }
breaker = { open = "1s" }
`

// Run needs the plan's duration and a minute or two. The error is of what
// kept it from being run.
func Run(ctx context.Context, p Plan) (*Report, error) {
	if p.FaultRate == 0 {
		p.FaultRate = defaultFaultRate
	}
	faults := chance{seed: p.Seed, rate: p.FaultRate}
	upstream, err := process.StartUpstream("127.0.0.1:0", faults.plan, process.AsAsked)
	if err != nil {
		return nil, err
	}
	gateway, err := process.Start(ctx, process.Options{Binary: p.Binary, Dir: p.Dir, Forget: true, Config: fmt.Sprintf(backends, upstream.URL(), 1)})
	if err != nil {
		return nil, errors.Join(err, upstream.Close())
	}
	s := &soak{Plan: p, gateway: gateway, upstream: upstream, books: books{answers: map[int64]process.Answer{}}}
	report, err := s.run(ctx)
	return report, errors.Join(err, gateway.Kill(), upstream.Close())
}

// soak is one that runs.
type soak struct {
	Plan
	gateway  *process.Gateway
	upstream *process.Upstream
	books    books
	report   Report
}

func (s *soak) run(ctx context.Context) (*Report, error) {
	if err := s.load(ctx, int(warmUpCrowd*float64(s.Clients)), max(s.Duration/warmUpPart, leastWarmUp)); err != nil {
		return nil, err
	}
	s.say("warmed up")
	var err error
	if s.report.Start, err = s.rest(ctx); err != nil {
		return nil, err
	}
	s.say("at rest: %s", s.report.Start)
	if err := s.load(ctx, s.Clients, s.Duration); err != nil {
		return nil, err
	}
	s.say("the load is over")
	if s.report.End, err = s.rest(ctx); err != nil {
		return nil, err
	}
	s.say("at rest: %s", s.report.End)
	figures, err := s.gateway.Figures(ctx)
	if err != nil {
		return nil, err
	}
	s.books.close(&s.report, s.upstream.Served, figures)
	s.report.Wrong = append(s.report.Wrong, s.report.End.differs(s.report.Start)...)
	return &s.report, nil
}

func (s *soak) say(text string, args ...any) {
	if s.Progress != nil {
		fmt.Fprintf(s.Progress, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(text, args...))
	}
}

// load lets the crowd ask for that long, and ends when all have their answers.
func (s *soak) load(ctx context.Context, clients int, during time.Duration) error {
	c := newCrowd(s, clients)
	over := make(chan struct{})
	go func() {
		c.ask(ctx, time.Now().Add(during))
		close(over)
	}()
	look, reload := time.NewTicker(lookEvery), time.NewTicker(reloadEvery)
	defer look.Stop()
	defer reload.Stop()
	for {
		select {
		case <-over:
			return ctx.Err()
		case <-s.gateway.Ended():
			return fmt.Errorf("Louter has ended:\n%s", s.gateway.Log())
		case <-look.C:
			if err := s.look(ctx); err != nil {
				return err
			}
		case <-reload.C:
			s.report.Reloads++
			if err := s.gateway.Reload(fmt.Sprintf(backends, s.upstream.URL(), 1+s.report.Reloads%3)); err != nil {
				return err
			}
		}
	}
}

func (s *soak) look(ctx context.Context) error {
	now, err := s.state(ctx)
	if err != nil {
		return err
	}
	s.report.Peak = s.report.Peak.max(now)
	s.say("%d asked, %s", s.books.count(), now)
	return nil
}
