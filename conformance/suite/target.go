package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// Target is a gateway that runs already, from a file of conformance/targets.
type Target struct {
	Name    string `toml:"name"`
	Version string `toml:"version"`
	URL     string `toml:"url"`
	// Setup tells how the gateway is started and pointed at the replayer.
	Setup string `toml:"setup"`
	// Features it has; a case with another is skipped. Empty: all.
	Features []string `toml:"features"`
	// Pairs it serves; empty: all.
	Pairs []string `toml:"pairs"`
	// Recuts is how often streams are run again; absent: once.
	Recuts *int `toml:"recuts"`
	// Wait is how long the gateway may take to listen, after the replayer does.
	Wait string `toml:"wait"`
	// Workers bound the cases at one time; 0: four.
	Workers int `toml:"workers"`
	// Replay are the addresses that the gateway finds its providers at.
	Replay map[string]string      `toml:"replay"`
	Fronts map[string]TargetFront `toml:"fronts"`
	// Media is where the gateway reaches the cases' media, host and port of
	// this machine; empty: cases that name media by URL are skipped.
	Media string `toml:"media"`
	// Models give the name that reaches a backend; {{model}} is the case's.
	// The replayer takes a name with a prefix that ends with a slash.
	Models map[string]string `toml:"models"`
	Tweaks []*Tweak          `toml:"tweaks"`
	Known  []*Tweak          `toml:"known"`
}

// TargetFront is how one dialect's clients reach the gateway.
type TargetFront struct {
	URL     string            `toml:"url"` // in place of the target's
	Headers map[string]string `toml:"headers"`
}

// Tweak is what is tolerated, or known to fail, and why.
type Tweak struct {
	Cases  string       `toml:"cases"` // glob; empty: all
	Pair   string       `toml:"pair"`  // empty: all
	Ignore compare.Kind `toml:"ignore"`
	Why    string       `toml:"why"`
	used   bool
}

func (t *Tweak) covers(r Result) (bool, error) {
	if t.Pair != "" && t.Pair != r.Pair.String() {
		return false, nil
	}
	if t.Cases == "" {
		return true, nil
	}
	return path.Match(t.Cases, r.Case)
}

// LoadTarget reads a target's file.
func LoadTarget(file string) (*Target, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	t := &Target{}
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(t); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t.expand()
	return t, errors.Join(t.faults(file)...)
}

// expand puts the environment into addresses and credentials.
func (t *Target) expand() {
	t.URL = os.ExpandEnv(t.URL)
	for dialect, address := range t.Replay {
		t.Replay[dialect] = os.ExpandEnv(address)
	}
	for _, f := range t.Fronts {
		for name, value := range f.Headers {
			f.Headers[name] = os.ExpandEnv(value)
		}
	}
}

func (t *Target) faults(file string) []error {
	var out []error
	fault := func(format string, args ...any) {
		out = append(out, fmt.Errorf(file+": "+format, args...))
	}
	if t.Name == "" || t.URL == "" {
		fault("name and url are needed")
	}
	if _, err := time.ParseDuration(t.Wait); t.Wait != "" && err != nil {
		fault("wait: %w", err)
	}
	for _, d := range scenario.Dialects() {
		if t.Replay[d] == "" {
			fault("replay.%s is needed: where the gateway finds its provider", d)
		}
	}
	for _, k := range t.Tweaks {
		if !slices.Contains(compare.Kinds(), k.Ignore) {
			fault("tweaks: ignore = %q is none of %q", k.Ignore, compare.Kinds())
		}
		if k.Why == "" {
			fault("tweaks: why is missing for %q", k.Ignore)
		}
	}
	for _, k := range t.Known {
		if k.Why == "" || k.Ignore != "" || k.Cases == "" {
			fault("known: cases and why are needed, and no ignore: %q", k.Cases)
		}
		if _, err := path.Match(k.Cases, ""); err != nil {
			fault("known: %q: %w", k.Cases, err)
		}
	}
	return out
}

// Options are the run's that the target wants.
func (t *Target) Options() Options {
	o := Options{Starter: running{t}, Strength: MeaningOnly, Target: t, Replay: t.Replay, Recuts: 1, Workers: 4}
	if t.Recuts != nil {
		o.Recuts = *t.Recuts
	}
	if t.Workers > 0 {
		o.Workers = t.Workers
	}
	return o
}

// running gives the one gateway that runs.
type running struct{ t *Target }

func (r running) Start(context.Context, Settings) (Gateway, error) { return r, nil }

func (r running) URL(front string) string {
	if f := r.t.Fronts[front]; f.URL != "" {
		return strings.TrimRight(f.URL, "/")
	}
	return strings.TrimRight(r.t.URL, "/")
}

func (r running) Stop() error { return nil }

func (t *Target) auth(front string) http.Header {
	h := http.Header{}
	if t != nil {
		for name, value := range t.Fronts[front].Headers {
			h.Set(name, value)
		}
	}
	return h
}

func (t *Target) model(p scenario.Pair, name string) string {
	if t == nil || t.Models[p.Back] == "" {
		return name
	}
	return strings.ReplaceAll(t.Models[p.Back], "{{model}}", name)
}

// skips says why the target is not asked this; empty: it is.
func (t *Target) skips(c *scenario.Case, p scenario.Pair) string {
	if t == nil {
		return ""
	}
	if len(c.Gateway) > 0 {
		return "the case needs a configuration of Louter's"
	}
	if len(t.Pairs) > 0 && !slices.Contains(t.Pairs, p.String()) {
		return "the gateway has no such pair"
	}
	if t.Media == "" && slices.ContainsFunc(c.Clients[p.Front], scenario.Request.NamesURL) {
		return "the gateway cannot reach the suite's media"
	}
	for _, f := range c.Features {
		if len(t.Features) > 0 && !slices.Contains(t.Features, f) {
			return "the gateway has no " + f
		}
	}
	return ""
}

// tolerate takes away what the tweaks ignore, and judges what is known to
// fail: a listed case that passes is a fault of the list.
func (t *Target) tolerate(r Result) (Result, error) {
	if t == nil {
		return r, nil
	}
	var left []compare.Problem
	for _, p := range r.Problems {
		ignored := false
		for _, tweak := range t.Tweaks {
			covers, err := tweak.covers(r)
			if err != nil {
				return r, err
			}
			if covers && tweak.Ignore == p.Kind {
				ignored, tweak.used = true, true
			}
		}
		if !ignored {
			left = append(left, p)
		}
	}
	r.Problems = left
	if len(left) == 0 {
		r.Outcome = Passed
	}
	for _, known := range t.Known {
		covers, err := known.covers(r)
		if err != nil {
			return r, err
		}
		if !covers {
			continue
		}
		known.used = true
		r.Why = known.Why
		switch r.Outcome {
		case Failed:
			r.Outcome = KnownFailing
		case Passed:
			r.Outcome = UnexpectedPass
		}
	}
	return r, nil
}

// unused are the entries that nothing matched; only a whole run can tell.
func (t *Target) unused() error {
	if t == nil {
		return nil
	}
	var out []error
	for _, k := range t.Known {
		if !k.used {
			out = append(out, fmt.Errorf("target %s: known %q matches nothing that ran (pair %q)", t.Name, k.Cases, k.Pair))
		}
	}
	for _, k := range t.Tweaks {
		if !k.used {
			out = append(out, fmt.Errorf("target %s: the tweak that ignores %q (cases %q) ignored nothing", t.Name, k.Ignore, k.Cases))
		}
	}
	return errors.Join(out...)
}
