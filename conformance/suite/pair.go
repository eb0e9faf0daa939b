package suite

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"louter/conformance/compare"
	"louter/conformance/replay"
	"louter/conformance/scenario"
)

// runPair runs the pair as recorded and, where the answer is a stream, again
// with other borders.
func (r *run) runPair(ctx context.Context, c *scenario.Case, p scenario.Pair) Result {
	result := Result{Case: c.Name, Pair: p, Phase: Phase(p), Outcome: Passed}
	if why := r.Target.skips(c, p); why != "" {
		result.Outcome, result.Why = Skipped, why
		return result
	}
	x, err := r.exchange(ctx, c, p, replay.Cuts{})
	result.Exchange = x
	if err == nil {
		result.Problems, err = r.judge(c, p, x)
	}
	for n := range r.recuts(c, p) {
		if err != nil || len(result.Problems) > 0 {
			break
		}
		seed := seedOf(c.Name, n)
		var again compare.Exchange
		var problems []compare.Problem
		if again, err = r.exchange(ctx, c, p, replay.Cuts{Seed: seed}); err == nil {
			problems, err = r.judgeRecut(c, p, x, again)
		}
		if len(problems) > 0 {
			result.Exchange = again
		}
		for _, problem := range problems {
			problem.Text = fmt.Sprintf("cut at random borders (seed %d): %s", seed, problem.Text)
			result.Problems = append(result.Problems, problem)
		}
	}
	if err != nil {
		result.Problems = append(result.Problems, compare.Problem{Kind: compare.KindRun, Text: err.Error()})
	}
	if len(result.Problems) > 0 {
		result.Outcome = Failed
	}
	return result
}

func (r *run) recuts(c *scenario.Case, p scenario.Pair) int {
	for _, a := range c.Upstreams[p.Back] {
		if a.Stream && !c.Refused {
			return r.Recuts
		}
	}
	return 0
}

// seedOf is the same in every run, so that a failure can be had again.
func seedOf(name string, n int) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, name, n)
	return h.Sum64() | 1
}

// exchange starts a gateway of its own for the run: identifiers, memory and
// breakers of one case must not be seen by another.
func (r *run) exchange(ctx context.Context, c *scenario.Case, p scenario.Pair, cuts replay.Cuts) (x compare.Exchange, err error) {
	upstream := r.upstreams[p.Back]
	session, err := upstream.Open(c.Model, c.Upstreams[p.Back], cuts)
	if err != nil {
		return x, err
	}
	defer func() { x.Arrived = session.Close() }()
	g, err := r.Starter.Start(ctx, Settings{Back: p.Back, UpstreamURL: upstream.URL(), Config: c.Gateway, Media: r.media.Address()})
	if err != nil {
		return x, fmt.Errorf("start the gateway: %w", err)
	}
	defer func() {
		r.http.CloseIdleConnections()
		err = errors.Join(err, g.Stop())
	}()
	model := r.Target.model(p, c.Model)
	var said []string
	for i, request := range c.Clients[p.Front] {
		filled, err := request.Fill(scenario.Values{Model: model, Media: r.mediaURL(), Answers: said})
		if err != nil {
			return x, err
		}
		x.Asked = append(x.Asked, filled)
		got, err := r.http.ask(ctx, r.Target.url(p, g), filled, r.Target.headers(p))
		if err != nil {
			return x, fmt.Errorf("request %d: %w", i+1, err)
		}
		x.Got = append(x.Got, got)
		said = append(said, compare.Documents(got.ContentType(), got.Body))
	}
	return x, nil
}
