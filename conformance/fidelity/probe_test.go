package fidelity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"louter/translate/ir"
)

// fate is what becomes of a field, over all places where the samples have it.
type fate struct {
	to      []string // paths in the other API
	lost    []string // why, as it is told
	refused []string
	silent  []string // places where it made no difference
	idleIn  []string // fields that hold it and made no difference
	seen    bool     // some place told something
}

func (f *fate) add(list *[]string, text string) {
	f.seen = true
	if !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}

// keep says whether there was anything to keep.
func (f *fate) keep(lost, to []string) bool {
	for _, why := range lost {
		f.add(&f.lost, why)
	}
	for _, path := range to {
		f.add(&f.to, path)
	}
	return len(lost)+len(to) > 0
}

// prober finds the fates of a sample's fields on one way.
type prober struct {
	sample *sample
	run    func(doc any) result
	fates  map[string]*fate // by the field's path
	// instead has, by field, other values than those that can be made up.
	instead map[string]any
	// shorten cuts a path of the other API to the field that holds it.
	shorten func(string) string

	base result
	// lost has the places of values that make no difference but the loss
	// that is told of them, idle those that make none at all: what is inside
	// shares their fate.
	lost map[string][]string
	idle map[string]bool
}

func (p *prober) probe() {
	p.base = p.run(p.sample.doc)
	p.lost, p.idle = map[string][]string{}, map[string]bool{}
	visit(p.sample.doc, nil, func(at place, value any) {
		name := strings.TrimPrefix(at.field(), "[].")
		f := p.fates[name]
		if f == nil {
			f = &fate{}
			p.fates[name] = f
		}
		p.place(f, at, value)
	})
}

// place finds what becomes of one value.
func (p *prober) place(f *fate, at place, value any) {
	without := p.run(change(p.sample.doc, at, nil, true))
	switch {
	case p.base.failure != nil:
		p.failed(f, at, value)
		return
	case p.base.err != nil:
		if without.err == nil || within(at, p.base.err.Param) {
			f.add(&f.refused, p.base.err.Message)
		}
		return
	}
	if without.err == nil {
		lost, to := p.compare(without)
		if len(lost) > 0 && len(to) == 0 {
			p.lost[at.String()] = lost
		}
		switch {
		case len(lost)+len(to) == 0:
			lost, to = p.alter(at, value)
		case len(to) > 2: // another value often tells more exactly where it goes
			if _, other := p.alter(at, value); len(other) > 0 && len(other) < len(to) {
				to = other
			}
		}
		if f.keep(lost, to) || p.inherit(f, at) {
			return
		}
		p.idle[at.String()] = true
		f.silent = append(f.silent, p.sample.name+": "+at.String())
		return
	}
	if !f.keep(p.alter(at, value)) {
		p.inherit(f, at)
	}
}

// failed finds what becomes of a value in a provider's error. Only what
// another error says counts: an answer without the error is no answer.
func (p *prober) failed(f *fate, at place, value any) {
	changed := []result{p.run(change(p.sample.doc, at, nil, true))}
	for _, other := range p.others(at, value) {
		changed = append(changed, p.run(change(p.sample.doc, at, other, false)))
	}
	told := false
	for _, c := range changed {
		for _, path := range differences(p.base.failure, c.failure) {
			f.add(&f.to, path)
			told = true
		}
	}
	for n := range at {
		told = told || p.idle[at[:n].String()]
	}
	if !told && strings.Contains(at.field(), "error") { // what stands beside an error is not looked at
		p.idle[at.String()] = true
		f.silent = append(f.silent, p.sample.name+": "+at.String())
	}
}

// inherit finds the loss that tells of this value, or that the value around
// it is idle as a whole.
func (p *prober) inherit(f *fate, at place) bool {
	for _, loss := range p.base.losses {
		if within(at, loss.Path) {
			f.add(&f.lost, loss.Why)
			return true
		}
	}
	for n := len(at) - 1; n > 0; n-- {
		outer := at[:n]
		for _, why := range p.lost[outer.String()] {
			f.add(&f.lost, why)
		}
		if p.idle[outer.String()] {
			f.add(&f.idleIn, strings.TrimPrefix(outer.field(), "[]."))
		}
		if p.lost[outer.String()] != nil || p.idle[outer.String()] {
			return true
		}
	}
	return false
}

// alter says other values, and gives what is different with the first that
// makes a difference.
func (p *prober) alter(at place, value any) (lost, to []string) {
	for _, other := range p.others(at, value) {
		with := p.run(change(p.sample.doc, at, other, false))
		if with.err != nil {
			continue
		}
		if lost, to = p.compare(with); len(lost)+len(to) > 0 {
			return lost, to
		}
	}
	return nil, nil
}

func (p *prober) others(at place, value any) []any {
	if given, isGiven := p.sample.Instead[at.String()]; isGiven {
		return []any{given}
	}
	if given, isGiven := p.instead[strings.TrimPrefix(at.field(), "[].")]; isGiven {
		return []any{given}
	}
	return otherValues(value)
}

// compare gives what the sample loses more than a changed one, and where the
// two say something else.
func (p *prober) compare(changed result) (lost, to []string) {
	for _, loss := range p.base.losses {
		if !slices.Contains(changed.losses, loss) {
			lost = append(lost, loss.Why)
		}
	}
	for _, path := range differences(p.base.doc, changed.doc) {
		to = append(to, p.shorten(path))
	}
	return lost, slices.Compact(to)
}

// within says whether a place lies in what a loss or an error names. Where
// that names no index it means all; a loss that is told once for many places
// names the first.
func within(at place, named string) bool {
	if named == "" {
		return false
	}
	if strings.TrimPrefix(at.field(), "[].") == fieldOf(named) {
		return true
	}
	words := strings.Split(strings.ReplaceAll(named, "[]", ""), ".")
	for _, step := range at {
		if len(words) == 0 {
			return true
		}
		if fmt.Sprint(step) == words[0] {
			words = words[1:]
		} else if _, isIndex := step.(int); !isIndex || isNumber(words[0]) {
			return false
		}
	}
	return len(words) == 0
}

func isNumber(word string) bool {
	_, err := strconv.Atoi(word)
	return err == nil
}

// way is one direction that the page has a table for, over one kind of
// backend or in one form of answer.
type way struct {
	title string
	run   func(s *sample, doc any) result
	takes func(s *sample) bool
}

// probeAll gives the fates of all fields of all samples on one way.
func probeAll(w way, tb table, samples []sample, e explained) (map[string]*fate, error) {
	fates := map[string]*fate{}
	for i := range samples {
		s := &samples[i]
		if !w.takes(s) {
			continue
		}
		run := func(doc any) result { return w.run(s, doc) }
		if again := run(s.doc); again.err != nil && again.err.Kind == ir.KindInternal {
			return nil, fmt.Errorf("%s: %w", s.name, again.err)
		}
		p := prober{sample: s, run: run, fates: fates, shorten: tb.shorten, instead: e.Instead}
		if strings.Contains(s.name, schemaSample) {
			p.shorten = func(path string) string { return path }
		}
		p.probe()
	}
	return fates, nil
}
