// Package scenario loads the suite's cases: a folder each, with client
// requests per dialect, upstream answers per wire and machine-written goldens
// per pair. docs/writing-cases.md is the specification.
package scenario

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Dialects in the order of tables and goldens. A dialect names a client's
// side and a backend's side alike.
const (
	Gemini     = "gemini"
	OpenAIChat = "openaichat"
)

// Dialects lists the protocols that cases may speak.
func Dialects() []string { return []string{Gemini, OpenAIChat} }

// Case is one scenario.
type Case struct {
	Name string `toml:"-"`
	// Dir is the case's folder on disk; empty where nothing can be written.
	Dir string `toml:"-"`
	// Files are the folder's; nil for a recording.
	Files fs.FS `toml:"-"`

	Why      string   `toml:"why"`
	Covers   []string `toml:"covers"`
	Features []string `toml:"features"`
	// Model is what {{model}} stands for; unique, by default the name.
	Model string `toml:"model"`
	// Status is what clients get; 0 means 200.
	Status int `toml:"status"`
	// StatusOf overrides Status for one pair.
	StatusOf map[string]int `toml:"status_of"`
	// Refused: the gateway answers by itself and asks no backend.
	Refused bool `toml:"refused"`
	// Requests is how often the gateway asks the backend in the whole case; 0
	// means once a client request.
	Requests int `toml:"requests"`
	// Pairs limits the case to some pairs; empty means all that have files.
	Pairs []string `toml:"pairs"`
	// Own says why the case is of Louter alone: other gateways are not asked.
	Own string `toml:"own"`
	// Edited says why passthrough changes bytes here; goldens judge it then.
	Edited string `toml:"edited"`
	// Differs says why an answer means another thing than the upstream's.
	Differs map[string]string `toml:"differs"`
	// OffSchema says why a body is not what the OpenAPI files describe.
	OffSchema map[string]string `toml:"off_schema"`
	// Headers are shown in goldens beside the usual ones.
	Headers []string `toml:"headers"`
	// Normalisers blank what may differ from run to run.
	Normalisers []Normaliser `toml:"normalisers"`
	// Gateway holds further keys of the gateway's configuration.
	Gateway map[string]any `toml:"gateway"`

	Clients   map[string][]Request `toml:"-"` // by dialect, one a turn
	Upstreams map[string][]Answer  `toml:"-"` // by dialect, one a request
	// Recorded cases are judged by their meaning alone.
	Recorded bool `toml:"-"`
}

// Normaliser replaces what Match, a regular expression, finds in a golden.
type Normaliser struct {
	Match string `toml:"match"`
	With  string `toml:"with"`
	Why   string `toml:"why"`
}

// Pair is a client's dialect over a backend's.
type Pair struct{ Front, Back string }

func (p Pair) String() string { return p.Front + "+" + p.Back }

// Pairs lists every pair of dialects.
func Pairs() []Pair {
	var out []Pair
	for _, front := range Dialects() {
		for _, back := range Dialects() {
			out = append(out, Pair{front, back})
		}
	}
	return out
}

// Passthrough says whether both sides speak the same.
func (p Pair) Passthrough() bool { return p.Front == p.Back }

// AllPairs gives the pairs that the case has files for.
func (c *Case) AllPairs() []Pair {
	var out []Pair
	for _, p := range Pairs() {
		if len(c.Clients[p.Front]) == 0 || !c.Refused && len(c.Upstreams[p.Back]) == 0 {
			continue
		}
		if len(c.Pairs) == 0 || slices.Contains(c.Pairs, p.String()) {
			out = append(out, p)
		}
	}
	return out
}

// HasGolden says whether the pair is compared with a golden: passthrough is
// compared byte for byte, and recordings by their meaning.
func (c *Case) HasGolden(p Pair) bool {
	return !c.Recorded && (!p.Passthrough() || c.Refused || c.Edited != "")
}

// WantStatus is the status that clients of the pair get.
func (c *Case) WantStatus(p Pair) int {
	if s, ok := c.StatusOf[p.String()]; ok {
		return s
	}
	if c.Status != 0 {
		return c.Status
	}
	return 200
}

// WantRequests is how many requests arrive upstream.
func (c *Case) WantRequests(p Pair) int {
	switch {
	case c.Refused:
		return 0
	case c.Requests != 0:
		return c.Requests
	}
	return len(c.Clients[p.Front])
}

// covered names a line of the defect lists.
var covered = regexp.MustCompile(`^(defects [0-9]+[a-c]?|reports F[0-9]+)$`)

func (c *Case) check() error {
	if c.Why == "" {
		return fmt.Errorf("case.toml: why is missing")
	}
	for _, line := range c.Covers {
		if !covered.MatchString(line) {
			return fmt.Errorf("case.toml: covers: %q is neither \"defects N\" nor \"reports FN\"", line)
		}
	}
	known := map[string]bool{}
	for _, p := range Pairs() {
		known[p.String()] = true
	}
	for _, p := range c.Pairs {
		if !known[p] {
			return fmt.Errorf("case.toml: pairs: %q is no pair", p)
		}
	}
	for _, m := range []map[string]string{c.Differs, c.OffSchema} {
		for p := range m {
			if !known[p] && p != "request" && !slices.Contains(Dialects(), strings.TrimPrefix(p, "client.")) {
				return fmt.Errorf("case.toml: %q is neither a pair nor a dialect", p)
			}
		}
	}
	for p := range c.StatusOf {
		if !known[p] {
			return fmt.Errorf("case.toml: status_of: %q is no pair", p)
		}
	}
	if len(c.AllPairs()) == 0 {
		return fmt.Errorf("no pair has both a client file and an upstream file")
	}
	return nil
}
