package suite

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"louter/conformance/compare"
)

// Tweak is what is tolerated, or known to fail, and why.
type Tweak struct {
	Cases  []string     `toml:"cases"` // globs; empty: all
	Pairs  []string     `toml:"pairs"` // empty: all
	Ignore compare.Kind `toml:"ignore"`
	// Says are words of the difference; empty: any difference of the kind.
	Says string `toml:"says"`
	Why  string `toml:"why"`
	// Sometimes: what is known to fail may pass as well.
	Sometimes bool `toml:"sometimes"`
	// used are the globs that something matched; "" stands for all cases.
	used map[string]bool
}

// covers gives the globs that take the result in.
func (t *Tweak) covers(r Result) ([]string, error) {
	if len(t.Pairs) > 0 && !slices.Contains(t.Pairs, r.Pair.String()) {
		return nil, nil
	}
	if len(t.Cases) == 0 {
		return []string{""}, nil
	}
	var out []string
	for _, glob := range t.Cases {
		match, err := path.Match(glob, r.Case)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", glob, err)
		}
		if match {
			out = append(out, glob)
		}
	}
	return out, nil
}

func (t *Tweak) use(globs []string) {
	if t.used == nil {
		t.used = map[string]bool{}
	}
	for _, glob := range globs {
		t.used[glob] = true
	}
}

// stale are the globs that nothing matched.
func (t *Tweak) stale() []string {
	globs := t.Cases
	if len(globs) == 0 {
		globs = []string{""}
	}
	return slices.DeleteFunc(slices.Clone(globs), func(glob string) bool { return t.used[glob] })
}

// tolerate takes away what the tweaks ignore, and judges what is known to
// fail: a listed case that passes is a fault of the list.
func (t *Target) tolerate(r Result) (Result, error) {
	if t == nil || r.Outcome == Skipped {
		return r, nil
	}
	var left []compare.Problem
	for _, p := range r.Problems {
		ignored := false
		for _, tweak := range t.Tweaks {
			globs, err := tweak.covers(r)
			if err != nil {
				return r, err
			}
			if len(globs) > 0 && tweak.Ignore == p.Kind && strings.Contains(p.Text, tweak.Says) {
				ignored = true
				tweak.use(globs)
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
		globs, err := known.covers(r)
		if err != nil {
			return r, err
		}
		if len(globs) == 0 {
			continue
		}
		known.use(globs)
		r.Why = known.Why
		switch r.Outcome {
		case Failed:
			r.Outcome = KnownFailing
		case Passed:
			if !known.Sometimes {
				r.Outcome = UnexpectedPass
			}
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
		for _, glob := range k.stale() {
			out = append(out, fmt.Errorf("target %s: known %q matches nothing that ran (pairs %q)", t.Name, glob, k.Pairs))
		}
	}
	for _, k := range t.Tweaks {
		for _, glob := range k.stale() {
			out = append(out, fmt.Errorf("target %s: the tweak that ignores %q (cases %q, says %q) ignored nothing", t.Name, k.Ignore, glob, k.Says))
		}
	}
	return errors.Join(out...)
}
