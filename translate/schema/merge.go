package schema

import (
	"bytes"
	"slices"
	"strconv"
)

// merge makes w a schema that says what both say. Where two keywords cannot
// be said as one the first stands, and a Note tells of the other.
func (c *converter) merge(w, other *shape) {
	w.never = w.never || other.never
	c.mergeTypes(w, other)
	switch {
	case w.null == nullFlag || other.null == nullFlag:
		w.null = nullFlag
	case w.null == nullNo || other.null == nullNo:
		w.null = nullNo
	default:
		w.null = max(w.null, other.null)
	}
	for _, s := range other.slots {
		c.mergeSlot(w, s)
	}
}

func (c *converter) mergeTypes(w, other *shape) {
	if len(other.types) == 0 {
		return
	}
	if len(w.types) == 0 {
		w.types, w.typeAt = other.types, other.typeAt
		return
	}
	var both []string
	for _, t := range w.types {
		for _, o := range other.types {
			switch {
			case t == o:
				both = append(both, t)
			case t == "number" && o == "integer", t == "integer" && o == "number":
				both = append(both, "integer")
			}
		}
	}
	if len(both) == 0 {
		c.note(other.typeAt, "it contradicts the type said beside it")
		return
	}
	w.types = slices.Compact(both)
}

func (c *converter) mergeSlot(w *shape, s *slot) {
	have := w.slot(s.key)
	if have == nil {
		// A copy: merging into it must not change the other shape's.
		fresh := *s
		fresh.kids, fresh.index = slices.Clone(s.kids), nil
		w.slots = append(w.slots, &fresh)
		return
	}
	switch {
	case s.key == "required":
		have.val = unionOf(have.val, s.val)
	case s.key == "enum":
		c.mergeEnum(have, s)
	case tighter[s.key] != 0 && have.val.kind == '0' && s.val.kind == '0':
		if compareNumbers(s.val, have.val)*tighter[s.key] > 0 {
			have.val, have.at = s.val, s.at
		}
	case positions[s.key] == named:
		for _, k := range s.kids {
			c.mergeKid(have, k)
		}
	case s.key == "allOf":
		have.kids = append(have.kids, s.kids...)
	case s.key == "items" || s.key == "additionalProperties":
		have.kids[0] = kid{site: bothOf(have.kids[0].site, s.kids[0].site)}
	case remarks[s.key]:
	case s.val != nil && have.val != nil && bytes.Equal(s.val.write(nil), have.val.write(nil)):
	default:
		c.note(s.at, "it cannot be joined with the same keyword of another part of allOf")
	}
}

// mergeKid: two properties of the same name must both fit; of two that
// conditions offer either may; one that a condition offers does not restrict
// one that stands for itself.
func (c *converter) mergeKid(have *slot, k kid) {
	i := have.find(k.name)
	if i < 0 {
		have.add(k)
		return
	}
	old := have.kids[i]
	switch {
	case old.offered && k.offered:
		have.kids[i].site = eitherOf(old.site, k.site)
	case k.offered:
	case old.offered:
		have.kids[i] = k
	default:
		have.kids[i].site = bothOf(old.site, k.site)
	}
}

func bothOf(a, b site) site {
	if a.n != nil && a.n == b.n && a.env == b.env || a.isFalse() || b.isTrue() {
		return a
	}
	if b.isFalse() || a.isTrue() {
		return b
	}
	return site{all: []site{a, b}, at: a.at, depth: a.depth}
}

func eitherOf(a, b site) site {
	if a.n != nil && b.n != nil && bytes.Equal(a.n.write(nil), b.n.write(nil)) {
		return a
	}
	branches := []site{a}
	if a.any != nil {
		branches = slices.Clone(a.any)
	}
	return site{any: append(branches, b), at: a.at, depth: a.depth, offered: true}
}

func (c *converter) mergeEnum(have, s *slot) {
	other := make(map[string]bool, len(s.val.items))
	for _, v := range s.val.items {
		other[string(v.raw)] = true
	}
	both := listNode()
	for _, v := range have.val.items {
		if other[string(v.raw)] {
			both.items = append(both.items, v)
		}
	}
	if len(both.items) == 0 {
		c.note(s.at, "it has no value in common with the enum beside it")
		return
	}
	have.val = both
}

func unionOf(a, b *node) *node {
	all := listNode()
	seen := make(map[string]bool, len(a.items)+len(b.items))
	for _, v := range slices.Concat(a.items, b.items) {
		if name := v.text(); !seen[name] {
			seen[name] = true
			all.items = append(all.items, v)
		}
	}
	return all
}

func compareNumbers(a, b *node) int {
	x, errX := strconv.ParseFloat(string(a.raw), 64)
	y, errY := strconv.ParseFloat(string(b.raw), 64)
	if errX != nil || errY != nil || x == y {
		return 0
	}
	if x < y {
		return -1
	}
	return 1
}
