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
	// Ready tells that it serves, where listening does not.
	Ready Ready `toml:"ready"`
	// Workers bound the cases at one time; 0: four.
	Workers int `toml:"workers"`
	// Replay are the addresses that the gateway finds its providers at.
	Replay map[string]string      `toml:"replay"`
	Fronts map[string]TargetRoute `toml:"fronts"`
	// Routes say by pair, FRONT+BACK, what its front does not: of gateways
	// that are told their backend by a header or by a path.
	Routes map[string]TargetRoute `toml:"routes"`
	// Media is where the gateway reaches the cases' media, host and port of
	// this machine; empty: cases that name media by URL are skipped.
	Media string `toml:"media"`
	// Models give the name that reaches a backend, by its dialect or by the
	// pair, which comes first; {{model}} is the case's. The replayer takes a name with a prefix that ends with a slash.
	Models map[string]string `toml:"models"`
	Tweaks []*Tweak          `toml:"tweaks"`
	Known  []*Tweak          `toml:"known"`
}

// TargetRoute is how clients of one dialect, or of one pair, reach the
// gateway. The client's path follows the URL.
type TargetRoute struct {
	URL     string            `toml:"url"` // in place of the target's
	Headers map[string]string `toml:"headers"`
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
	for _, routes := range []map[string]TargetRoute{t.Fronts, t.Routes} {
		for key, route := range routes {
			route.URL = os.ExpandEnv(route.URL)
			routes[key] = route
			for name, value := range route.Headers {
				route.Headers[name] = os.ExpandEnv(value)
			}
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
	if t.Ready.Path != "" && t.Wait == "" {
		fault("ready: it needs a wait")
	}
	for _, d := range scenario.Dialects() {
		if t.Replay[d] == "" {
			fault("replay.%s is needed: where the gateway finds its provider", d)
		}
	}
	for key := range t.Fronts {
		if !slices.Contains(scenario.Dialects(), key) {
			fault("fronts: %q is none of %q", key, scenario.Dialects())
		}
	}
	pairs := []string{}
	for _, p := range scenario.Pairs() {
		pairs = append(pairs, p.String())
	}
	for key := range t.Models {
		if !slices.Contains(slices.Concat(scenario.Dialects(), pairs), key) {
			fault("models: %q is neither a dialect nor a pair", key)
		}
	}
	for key := range t.Routes {
		if !slices.Contains(pairs, key) {
			fault("routes: %q is none of %q", key, pairs)
		}
	}
	for _, k := range slices.Concat(t.Tweaks, t.Known) {
		for _, glob := range k.Cases {
			if _, err := path.Match(glob, ""); err != nil {
				fault("cases: %q: %w", glob, err)
			}
		}
		for _, p := range k.Pairs {
			if !slices.Contains(pairs, p) {
				fault("pairs: %q is none of %q", p, pairs)
			}
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
		if k.Why == "" || k.Ignore != "" || k.Says != "" || len(k.Cases) == 0 {
			fault("known: cases and why are needed, and neither ignore nor says: %q", k.Cases)
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

// headers are those of the pair's front, and of the pair itself.
func (t *Target) headers(p scenario.Pair) http.Header {
	h := http.Header{}
	if t != nil {
		for _, route := range []TargetRoute{t.Fronts[p.Front], t.Routes[p.String()]} {
			for name, value := range route.Headers {
				h.Set(name, value)
			}
		}
	}
	return h
}

// url of the pair; g's, where the target says no other.
func (t *Target) url(p scenario.Pair, g Gateway) string {
	if t != nil && t.Routes[p.String()].URL != "" {
		return strings.TrimRight(t.Routes[p.String()].URL, "/")
	}
	return g.URL(p.Front)
}

func (t *Target) model(p scenario.Pair, name string) string {
	if t == nil {
		return name
	}
	for _, key := range []string{p.String(), p.Back} {
		if pattern := t.Models[key]; pattern != "" {
			return strings.ReplaceAll(pattern, "{{model}}", name)
		}
	}
	return name
}

// skips says why the target is not asked this; empty: it is.
func (t *Target) skips(c *scenario.Case, p scenario.Pair) string {
	if t == nil {
		return ""
	}
	if len(c.Gateway) > 0 {
		return "the case needs a configuration of Louter's"
	}
	if c.Own != "" {
		return "the case is of Louter alone: " + c.Own
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
