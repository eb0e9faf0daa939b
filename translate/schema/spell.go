package schema

import (
	"slices"
	"strings"
)

// schema writes one schema as the dialect spells it; nil for the schema false.
func (c *converter) schema(s site) *node {
	if (s.isTrue() || s.isFalse()) && !c.d.Explicit && c.keeps("not") {
		return s.n
	}
	w := c.flatten(s, true)
	if c.err != nil || w.never {
		return nil
	}
	c.spellEnum(w)
	c.spellTuple(w)
	c.spellBounds(w)
	if c.d.Explicit {
		c.makeExplicit(w, s.at)
	}
	if len(w.types) > 1 && c.d.Null != NullInType {
		return c.branchByType(w)
	}
	return c.spellShape(w)
}

// spellShape writes keywords and null.
func (c *converter) spellShape(w *shape) *node {
	out := &node{kind: '{'}
	c.spellType(out, w)
	for _, s := range w.slots {
		c.spellSlot(out, s, w)
	}
	if _, asked := c.d.Keep["propertyOrdering"]; asked {
		if props := out.get("properties"); props != nil && len(props.members) > 0 {
			names := make([]string, len(props.members))
			for i, m := range props.members {
				names[i] = m.key
			}
			out.set("propertyOrdering", textsNode(names))
		}
	}
	if w.allowsNull() && !slices.Equal(w.types, []string{"null"}) {
		return c.spellNull(out, w)
	}
	return out
}

func (c *converter) spellType(out *node, w *shape) {
	if len(w.types) == 0 {
		return
	}
	names := make([]string, 0, len(w.types)+1)
	for _, t := range w.types {
		names = append(names, c.typeName(t))
	}
	if c.d.Null == NullInType && w.allowsNull() && w.types[0] != "null" {
		names = append(names, c.typeName("null"))
	}
	if len(names) == 1 {
		out.set("type", textNode(names[0]))
		return
	}
	out.set("type", textsNode(names))
}

func (c *converter) typeName(t string) string {
	if c.d.UpperTypes {
		return strings.ToUpper(t)
	}
	return t
}

// spellNull says that null is allowed too, in the dialect's way.
func (c *converter) spellNull(out *node, w *shape) *node {
	switch c.d.Null {
	case NullAsFlag:
		out.set("nullable", trueNode())
		return out
	case NullInType:
		if w.null != nullFlag {
			return out // said by the type, or by the branch or value that said it before
		}
		enum := out.get("enum")
		if enum != nil && !slices.ContainsFunc(enum.items, isNullNode) {
			out.set("enum", listNode(append(slices.Clone(enum.items), nullNode())...))
		}
		if len(w.types) > 0 || enum != nil {
			return out
		}
	case NullAsBranch:
	}
	null := &node{kind: '{'}
	null.set("type", textNode(c.typeName("null")))
	if any := out.get("anyOf"); any != nil {
		out.set("anyOf", listNode(append(slices.Clone(any.items), null)...))
		return out
	}
	outer, inner := splitRemarks(out)
	if len(inner.members) == 0 {
		return out // anything is allowed, null too
	}
	outer.set("anyOf", listNode(inner, null))
	return outer
}

func isNullNode(n *node) bool { return n.kind == 'n' }

func nullNode() *node { return &node{kind: 'n', raw: []byte("null")} }

// splitRemarks parts what describes from what restricts.
func splitRemarks(n *node) (outer, inner *node) {
	outer, inner = &node{kind: '{'}, &node{kind: '{'}
	for _, m := range n.members {
		if remarks[m.key] || m.key == "$defs" || m.key == "example" {
			outer.set(m.key, m.val)
		} else {
			inner.set(m.key, m.val)
		}
	}
	return outer, inner
}

// branchByType says several types as branches of anyOf, each with the
// keywords that speak of it.
func (c *converter) branchByType(w *shape) *node {
	if w.has("anyOf") {
		c.note(w.typeAt, "more types than one beside anyOf are not taken by "+c.d.Name)
		w.types = nil
		w.take("enum")
		return c.spellShape(w)
	}
	outer := &shape{null: w.null}
	branches := make([]*shape, len(w.types))
	for i, t := range w.types {
		branches[i] = &shape{types: []string{t}, typeAt: w.typeAt}
	}
	for _, s := range w.slots {
		speaksOf, typed := appliesTo[s.key]
		if !typed && s.key != "enum" {
			outer.slots = append(outer.slots, s)
			continue
		}
		for _, b := range branches {
			t := b.types[0]
			switch {
			case s.key == "enum":
				b.slots = append(b.slots, &slot{key: s.key, at: s.at, val: valuesOf(s.val, t)})
			case t == speaksOf, t == "integer" && speaksOf == "number":
				b.slots = append(b.slots, s)
			}
		}
	}
	return c.joinBranches(outer, branches)
}

func (c *converter) joinBranches(outer *shape, branches []*shape) *node {
	any := listNode()
	for _, b := range branches {
		if enum := b.slot("enum"); enum != nil && len(enum.val.items) == 0 {
			continue // no value of this type is allowed
		}
		c.spellEnum(b)
		if c.d.Explicit {
			c.makeExplicit(b, b.typeAt)
		}
		any.items = append(any.items, c.spellShape(b))
	}
	whole := c.spellShape(&shape{slots: outer.slots})
	switch len(any.items) {
	case 0:
	case 1:
		for _, m := range any.items[0].members {
			whole.set(m.key, m.val)
		}
	default:
		whole.set("anyOf", any)
	}
	if outer.allowsNull() {
		return c.spellNull(whole, outer)
	}
	return whole
}

func valuesOf(enum *node, typ string) *node {
	out := listNode()
	for _, v := range enum.items {
		if t := typeOf(v); t == typ || t == "integer" && typ == "number" {
			out.items = append(out.items, v)
		}
	}
	return out
}
