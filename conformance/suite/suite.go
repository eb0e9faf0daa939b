// Package suite runs the conformance cases: for each pair of dialects it
// sends what the case's client sends to a gateway, answers it from the
// replayer, and judges what arrived on both sides.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"sync"
	"time"

	"louter/conformance/compare"
	"louter/conformance/replay"
	"louter/conformance/scenario"
)

// Settings are what a gateway is started with.
type Settings struct {
	Back        string // dialect of its one backend
	UpstreamURL string // without a path
	// Media is the host and port that MediaHost stands for.
	Media string
	// Config holds the case's further keys of the gateway's configuration.
	Config map[string]any
}

// MediaHost is the public name under which the cases' media are in this
// process; a gateway that is started for a run finds them at Settings.Media.
const MediaHost = "media.example"

// Gateway is what is judged.
type Gateway interface {
	// URL that clients of the dialect call, without a path of the protocol.
	URL(front string) string
	Stop() error
}

// Starter gives a gateway in front of a replayer. One that is always running
// gives itself.
type Starter interface {
	Start(context.Context, Settings) (Gateway, error)
}

// Strength says how much of an answer is compared.
type Strength int

const (
	// Exact compares with goldens, and the meaning too.
	Exact Strength = iota
	// MeaningOnly compares folded answers: for any gateway.
	MeaningOnly
)

// Options of a run.
type Options struct {
	Cases    []*scenario.Case
	Starter  Starter
	Strength Strength
	Filter   string // glob over case names; empty is all
	Phase    int    // 2 to 5; 0 is all
	Update   bool   // write goldens
	// Recuts is how often each stream is run again, cut at random borders.
	Recuts int
	// Workers run cases side by side; 0: sixteen a processor, since what they
	// wait for most is a gateway that ends.
	Workers int
	// Replay are the upstreams' addresses by dialect; "" is a free port.
	Replay map[string]string
	Target *Target
	// Media are the files that cases name by URL; nil: there are none.
	Media fs.FS
	// Done is told each result as it comes, never two at once.
	Done func(Result)
}

// Phase of a pair; 1 has no pair: it checks the recordings themselves.
func Phase(p scenario.Pair) int {
	switch p {
	case scenario.Pair{Front: scenario.Gemini, Back: scenario.OpenAIChat}:
		return 2
	case scenario.Pair{Front: scenario.Gemini, Back: scenario.Gemini}:
		return 3
	case scenario.Pair{Front: scenario.OpenAIChat, Back: scenario.Gemini}:
		return 4
	case scenario.Pair{Front: scenario.OpenAIChat, Back: scenario.OpenAIChat}:
		return 5
	}
	return 0
}

type run struct {
	Options
	upstreams map[string]*replay.Server
	http      *client
	schemas   *compare.Schemas
	media     *replay.Media
}

// mediaURL is what {{url:…}} begins with.
func (r *run) mediaURL() string {
	if r.Target != nil {
		return "http://" + r.media.Address()
	}
	return "http://" + MediaHost
}

// Run runs every chosen case and gives the results in the order of the cases.
// The error says that the suite itself could not run.
func Run(ctx context.Context, o Options) (results []Result, err error) {
	r := &run{Options: o, upstreams: map[string]*replay.Server{}, http: newClient()}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.open(); err != nil {
		return nil, err
	}
	chosen, err := Choose(o.Cases, o.Filter)
	if err != nil {
		return nil, err
	}
	for _, s := range r.upstreams {
		s.List(models(chosen))
	}
	if err := o.Target.await(ctx, r.http); err != nil {
		return nil, err
	}
	results, err = r.runAll(ctx, chosen)
	if len(results) == 0 && err == nil {
		err = fmt.Errorf("no case matches %q in phase %d", o.Filter, o.Phase)
	}
	if o.Filter == "" && o.Phase == 0 {
		err = errors.Join(err, o.Target.unused())
	}
	return results, errors.Join(err, ctx.Err())
}

// open starts what gateways ask.
func (r *run) open() (err error) {
	if r.schemas, err = compare.NewSchemas(); err != nil {
		return err
	}
	for _, dialect := range scenario.Dialects() {
		if r.upstreams[dialect], err = replay.Start(dialect, replay.Options{Listen: r.Replay[dialect]}); err != nil {
			delete(r.upstreams, dialect)
			return err
		}
	}
	files, listen := r.Media, ""
	if files == nil {
		files = none{}
	}
	if r.Target != nil {
		listen = r.Target.Media
	}
	r.media, err = replay.StartMedia(files, listen)
	return err
}

func (r *run) close() error {
	r.http.close()
	var err error
	for _, s := range r.upstreams {
		err = errors.Join(err, s.Close())
	}
	if r.media != nil {
		err = errors.Join(err, r.media.Close())
	}
	return err
}

// runAll runs cases side by side. The error is of a target's list.
func (r *run) runAll(ctx context.Context, chosen []*scenario.Case) (results []Result, fault error) {
	byCase := make([][]Result, len(chosen))
	var tell sync.Mutex
	var group sync.WaitGroup
	next := make(chan int)
	workers := r.Workers
	if workers == 0 {
		workers = 16 * runtime.GOMAXPROCS(0)
	}
	for range workers {
		group.Go(func() {
			for i := range next {
				ran := r.runCase(ctx, chosen[i])
				tell.Lock()
				fault = errors.Join(fault, r.settle(ran))
				tell.Unlock()
				byCase[i] = ran
			}
		})
	}
	for i := range chosen {
		next <- i
	}
	close(next)
	group.Wait()
	for _, rs := range byCase {
		results = append(results, rs...)
	}
	return results, fault
}

// settle judges results by the target's list and tells them; one at a time.
func (r *run) settle(results []Result) error {
	for i := range results {
		var err error
		if results[i], err = r.Target.tolerate(results[i]); err != nil {
			return err
		}
		if r.Done != nil {
			r.Done(results[i])
		}
	}
	return nil
}

func models(cases []*scenario.Case) []string {
	var out []string
	for _, c := range cases {
		out = append(out, c.Model)
	}
	return out
}

// Choose gives the cases whose names match the glob; empty is all.
func Choose(cases []*scenario.Case, filter string) ([]*scenario.Case, error) {
	if filter == "" {
		return cases, nil
	}
	var out []*scenario.Case
	for _, c := range cases {
		ok, err := path.Match(filter, c.Name)
		if err != nil {
			return nil, fmt.Errorf("filter %q: %w", filter, err)
		}
		if ok {
			out = append(out, c)
		}
	}
	return out, nil
}

// runCase runs the pairs one after another: they share the case's model name,
// by which the replayer knows them.
func (r *run) runCase(ctx context.Context, c *scenario.Case) []Result {
	var out []Result
	for _, p := range c.AllPairs() {
		if r.Phase != 0 && r.Phase != Phase(p) {
			continue
		}
		start := time.Now()
		result := r.runPair(ctx, c, p)
		result.Took = time.Since(start)
		out = append(out, result)
	}
	return out
}

// none has no file.
type none struct{}

func (none) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
