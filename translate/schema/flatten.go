package schema

import (
	"net/url"
	"strconv"
	"strings"
)

// flatten gives a schema as one list of keywords: references that are not
// kept are followed, allOf is merged, conditions are offered, and branches of
// anyOf that only say null are taken as such. alone says that the shape is
// not going to be merged, so that it may consist of a kept $ref.
func (c *converter) flatten(s site, alone bool) *shape {
	if !c.enter(s) {
		return &shape{}
	}
	if s.all != nil {
		w := c.flatten(s.all[0], false)
		for _, other := range s.all[1:] {
			c.merge(w, c.flatten(other, false))
		}
		return w
	}
	if s.any != nil {
		either := &slot{key: "anyOf", at: s.at}
		for _, branch := range s.any {
			either.add(kid{site: branch})
		}
		w := &shape{slots: []*slot{either}}
		c.choose(w)
		return w
	}
	if !s.isObject() {
		if !s.isTrue() && !s.isFalse() {
			c.note(s.at, "it is not a schema")
		}
		return &shape{never: s.isFalse()}
	}
	w := c.load(s)
	if all := w.slot("allOf"); all != nil && !c.keeps("allOf") {
		w.take("allOf")
		if len(w.slots) == 0 && w.types == nil && w.null == nullUnsaid && len(all.kids) == 1 {
			return c.flatten(all.kids[0].site, alone)
		}
		for _, k := range all.kids {
			c.merge(w, c.flatten(k.site, false))
		}
	}
	c.follow(w, s, alone)
	c.offerConditions(w)
	c.choose(w)
	return w
}

// follow merges in what $ref refers to, unless the reference is kept.
func (c *converter) follow(w *shape, s site, alone bool) {
	ref := w.slot("$ref")
	if ref == nil {
		return
	}
	target, at, kept := c.resolve(ref.val.text())
	kept = kept && c.keeps("$ref")
	if kept && alone && (!c.d.RefAlone || !w.hasBeside("$ref")) {
		if name, ok := strings.CutPrefix(ref.val.text(), "#/definitions/"); ok {
			ref.val = textNode("#/$defs/" + name)
		}
		return
	}
	w.take("$ref")
	switch {
	case target == nil:
		c.note(ref.at, "what it refers to is not in the schema")
	case !s.env.has(target):
		c.merge(w, c.flatten(site{n: target, env: &env{s.env, target}, at: at, depth: s.depth}, false))
	case kept && alone:
		c.note(s.at, "what stands beside a reference to itself is not taken by "+c.d.Name)
		*w = shape{slots: []*slot{ref}}
	default:
		c.note(ref.at, "it leads in a circle; any object is allowed there")
		if c.d.Explicit && w.types == nil {
			w.types = []string{"object"}
		}
	}
}

// hasBeside says whether anything but keywords with "$" stands beside key.
func (w *shape) hasBeside(key string) bool {
	for _, s := range w.slots {
		if s.key != key && !strings.HasPrefix(s.key, "$") {
			return true
		}
	}
	return w.types != nil
}

// resolve finds what a reference within the document points to. kept says
// that the pointer is still right after conversion: only the root and its
// definitions stay where they are.
func (c *converter) resolve(ref string) (target *node, at *place, kept bool) {
	pointer, local := strings.CutPrefix(ref, "#")
	if !local || (pointer != "" && pointer[0] != '/') {
		return nil, nil, false
	}
	if decoded, err := url.PathUnescape(pointer); err == nil {
		pointer = decoded
	}
	target = c.root
	tokens := strings.Split(pointer, "/")[1:]
	if pointer == "" {
		tokens = nil
	}
	for _, token := range tokens {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		at = at.below(token)
		if target = child(target, token); target == nil {
			return nil, nil, false
		}
	}
	definition := len(tokens) == 2 && (tokens[0] == "$defs" || tokens[0] == "definitions")
	return target, at, definition || len(tokens) == 0
}

func child(n *node, token string) *node {
	if n.kind != '[' {
		return n.get(token)
	}
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i >= len(n.items) {
		return nil
	}
	return n.items[i]
}

// choose settles anyOf and oneOf as far as the dialect needs it.
func (c *converter) choose(w *shape) {
	if one := w.slot("oneOf"); one != nil && !c.keeps("oneOf") {
		if w.has("anyOf") {
			w.take("oneOf")
			c.note(one.at, "a second choice beside anyOf is not taken by "+c.d.Name)
		} else {
			// Said alike: a model does not try to fit two branches.
			one.key = "anyOf"
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if s := w.slot(key); s != nil {
			c.chooseBranch(w, s)
		}
	}
}

// chooseBranch takes out branches that say nothing but null, and puts a
// single one in the place of the choice.
func (c *converter) chooseBranch(w *shape, s *slot) {
	var kids []kid
	null, bare := false, false
	for _, k := range s.kids {
		switch {
		case c.d.Null != NullInType && k.isNull():
			null = true
		case c.d.KnownRequired && k.onlyRequires():
			bare = true
		case !k.isFalse():
			kids = append(kids, k)
		}
	}
	if bare {
		c.note(s.at, "a choice of required properties is not taken by "+c.d.Name)
	}
	if null && w.null == nullUnsaid {
		w.null = nullYes
	}
	s.kids, s.index = kids, nil
	switch {
	case len(kids) == 0:
		w.take(s.key)
	case len(kids) == 1 && !c.keeps("allOf"):
		w.take(s.key)
		inner := c.flatten(kids[0].site, false)
		if null {
			inner.null = nullFlag // the choice takes null though its branch does not
		}
		c.merge(w, inner)
	}
}

// isNull: {"type": "null"}, {"const": null} or {"enum": [null]}.
func (s site) isNull() bool {
	if !s.isObject() {
		return false
	}
	if t := s.n.get("type"); t != nil {
		return strings.EqualFold(t.text(), "null") || t.kind == '[' && len(t.items) == 1 &&
			strings.EqualFold(t.items[0].text(), "null")
	}
	if v := s.n.get("const"); v != nil {
		return v.kind == 'n'
	}
	if v := s.n.get("enum"); v != nil {
		return len(v.items) == 1 && v.items[0].kind == 'n'
	}
	return false
}

// onlyRequires: {"required": […]}, as in "one of these two must be given".
func (s site) onlyRequires() bool {
	if !s.isObject() || s.n.get("required") == nil {
		return false
	}
	for _, m := range s.n.members {
		if m.key != "required" && m.key != "type" && !remarks[m.key] {
			return false
		}
	}
	return true
}
