package schema

import (
	"slices"
	"strings"
)

// spellSlot writes one keyword, or notes that it cannot be said.
func (c *converter) spellSlot(out *node, s *slot, w *shape) {
	if s.key == "examples" && !c.keeps("examples") && c.keeps("example") && s.val.kind == '[' && len(s.val.items) > 0 {
		out.set("example", s.val.items[0])
		if len(s.val.items) > 1 && !c.d.Silent[s.key] {
			c.note(s.at, "more than one example is not taken by "+c.d.Name)
		}
		return
	}
	if !c.keeps(s.key) {
		// Definitions have been written out where they are used.
		if !c.d.Silent[s.key] && s.key != "$defs" {
			c.note(s.at, "it is not taken by "+c.d.Name)
		}
		return
	}
	switch {
	case s.val == nil:
		c.spellKids(out, s)
	case s.key == "format":
		c.spellFormat(out, s, w)
	case s.key == "required":
		c.spellRequired(out, s, w)
	default:
		out.set(s.key, c.d.Keep[s.key].spell(s.val))
	}
}

func (f Form) spell(v *node) *node {
	if f == IntegerString && v.kind == '0' {
		return textNode(string(v.raw))
	}
	return v
}

func (c *converter) spellKids(out *node, s *slot) {
	switch positions[s.key] {
	case one:
		if k := s.kids[0]; (k.isTrue() || k.isFalse()) && isSwitch(s.key) {
			out.set(s.key, k.n)
		} else if n := c.schema(k.site); n != nil {
			out.set(s.key, n)
		}
	case list:
		items := listNode()
		for _, k := range s.kids {
			if n := c.schema(k.site); n != nil {
				items.items = append(items.items, n)
			}
		}
		if len(items.items) > 0 {
			out.set(s.key, items)
		}
	case named:
		members := &node{kind: '{'}
		for _, k := range s.kids {
			if n := c.schema(k.site); n != nil {
				members.set(k.name, n)
			}
		}
		out.set(s.key, members)
	}
}

// isSwitch: keywords that mostly are true or false, in every dialect that has
// them.
func isSwitch(key string) bool {
	return key == "additionalProperties" || key == "unevaluatedProperties" || key == "unevaluatedItems"
}

func (c *converter) spellFormat(out *node, s *slot, w *shape) {
	typ := "string"
	if len(w.types) > 0 {
		typ = w.types[0]
	}
	if c.d.Formats != nil && !slices.Contains(c.d.Formats[typ], s.val.text()) {
		c.note(s.at, "this format is not taken by "+c.d.Name)
		return
	}
	out.set(s.key, s.val)
}

func (c *converter) spellRequired(out *node, s *slot, w *shape) {
	names := listNode()
	props := w.slot("properties")
	for _, n := range s.val.items {
		if n.kind != '"' {
			continue // no property has such a name
		}
		if c.d.KnownRequired {
			i := -1
			if props != nil {
				i = props.find(n.text())
			}
			if i < 0 || props.kids[i].isFalse() {
				c.note(s.at, "it names a property that is not declared")
				continue
			}
		}
		names.items = append(names.items, n)
	}
	if len(names.items) > 0 || !c.d.KnownRequired {
		out.set(s.key, names)
	}
}

// spellTuple says prefixItems by items where it is not kept: what each
// element may be, without its place.
func (c *converter) spellTuple(w *shape) {
	if c.keeps("prefixItems") {
		return
	}
	tuple := w.take("prefixItems")
	if tuple == nil {
		return
	}
	c.note(tuple.at, "the order of a tuple is not taken by "+c.d.Name+"; any element may be of any of its kinds")
	closed := false
	rest := w.take("items")
	var choice *site
	add := func(s site) {
		if choice == nil {
			choice = &s
			return
		}
		joined := eitherOf(*choice, s)
		choice = &joined
	}
	for _, k := range tuple.kids {
		add(k.site)
	}
	if rest != nil {
		if closed = rest.kids[0].isFalse(); !closed {
			add(rest.kids[0].site)
		}
	}
	if choice != nil {
		w.put(&slot{key: "items", at: tuple.at, kids: []kid{{site: *choice}}})
	}
	if closed && !w.has("maxItems") {
		w.put(&slot{key: "maxItems", at: rest.at, val: numberOf(len(tuple.kids))})
	}
}

// spellBounds says an exclusive bound by an inclusive one where it is not
// kept: exactly for whole numbers, else with the bound itself let in.
func (c *converter) spellBounds(w *shape) {
	for _, bound := range []string{"minimum", "maximum"} {
		exclusive := exclusiveOf[bound]
		if c.keeps(exclusive) || !c.keeps(bound) {
			continue
		}
		s := w.take(exclusive)
		if s == nil {
			continue
		}
		if s.val.kind != '0' {
			c.note(s.at, "it does not have the form of a schema keyword")
			continue
		}
		val, exact := s.val, false
		if slices.Equal(w.types, []string{"integer"}) {
			val, exact = nextInteger(s.val, tighter[bound])
		}
		if !exact {
			c.note(s.at, "an exclusive bound is not taken by "+c.d.Name+"; the bound itself is let in")
		}
		c.mergeSlot(w, &slot{key: bound, at: s.at, val: val})
	}
}

// makeExplicit finds the type that the other keywords speak of, and the items
// of an array; what may be anything becomes what the dialect says for it.
func (c *converter) makeExplicit(w *shape, at *place) {
	if len(w.types) == 0 && !w.has("anyOf") && !w.has("$ref") {
		w.types = c.inferTypes(w)
	}
	if len(w.types) == 0 && !w.has("anyOf") && !w.has("$ref") && !w.has("enum") {
		c.note(at, "that anything is allowed cannot be said in "+c.d.Name)
		if a := c.anything(); a != nil {
			c.merge(w, a)
		}
	}
	if slices.Equal(w.types, []string{"array"}) && !w.has("items") && !w.has("prefixItems") {
		w.put(&slot{key: "items", at: at, kids: []kid{{site: site{n: &node{kind: '{'}, at: at}}}})
	}
}

func (c *converter) inferTypes(w *shape) []string {
	if enum := w.slot("enum"); enum != nil {
		return typesOf(enum.val)
	}
	for _, s := range w.slots {
		if t := appliesTo[s.key]; t != "" {
			return []string{t}
		}
	}
	if w.null == nullYes {
		return []string{"null"}
	}
	return nil
}

// anything reads the dialect's word for it; nil where it has none.
func (c *converter) anything() *shape {
	n, err := parse([]byte(strings.TrimSpace(c.d.Any)))
	if err != nil || n.kind != '{' {
		return nil
	}
	return c.load(site{n: n})
}
