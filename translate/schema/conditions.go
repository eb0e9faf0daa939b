package schema

// offerConditions replaces if/then/else and dependentSchemas, where they are
// not kept, by the properties that their branches speak of: the model may
// fill them in, and nothing forces it to (defects 36).
func (c *converter) offerConditions(w *shape) {
	if !c.keeps("if") {
		cond, then, otherwise := w.take("if"), w.take("then"), w.take("else")
		if cond != nil && (then != nil || otherwise != nil) {
			c.note(cond.at, "a condition is not taken by "+c.d.Name+"; its properties are offered without it")
			c.offerBranches(w, then, otherwise)
			c.offerTested(w, cond)
		}
	}
	if c.keeps("dependentSchemas") {
		return
	}
	if deps := w.take("dependentSchemas"); deps != nil {
		c.note(deps.at, "a condition is not taken by "+c.d.Name+"; its properties are offered without it")
		for _, k := range deps.kids {
			c.offer(w, c.flatten(k.site, false))
		}
	}
}

// offerBranches offers both branches; what both of them require is required.
func (c *converter) offerBranches(w *shape, then, otherwise *slot) {
	var needs []*slot
	for _, branch := range []*slot{then, otherwise} {
		if branch == nil {
			continue
		}
		inner := c.flatten(branch.kids[0].site, false)
		c.offer(w, inner)
		if required := inner.slot("required"); required != nil {
			needs = append(needs, required)
		}
	}
	if len(needs) < 2 {
		return
	}
	other := make(map[string]bool)
	for _, n := range needs[1].val.items {
		other[n.text()] = true
	}
	both := listNode()
	for _, n := range needs[0].val.items {
		if other[n.text()] {
			both.items = append(both.items, n)
		}
	}
	if len(both.items) > 0 {
		c.mergeSlot(w, &slot{key: "required", at: needs[0].at, val: both})
	}
}

func (c *converter) offer(w *shape, inner *shape) {
	props := inner.slot("properties")
	if props == nil {
		return
	}
	offered := &slot{key: props.key, at: props.at}
	for _, k := range props.kids {
		k.offered = true
		offered.add(k)
	}
	c.mergeSlot(w, offered)
}

// offerTested offers what the condition itself looks at and nothing declares,
// by its type alone: the value it is compared with is no bound on it.
func (c *converter) offerTested(w *shape, cond *slot) {
	props := c.flatten(cond.kids[0].site, false).slot("properties")
	if props == nil {
		return
	}
	tested := &slot{key: props.key, at: props.at}
	for _, k := range props.kids {
		if k.isObject() {
			bare := &node{kind: '{'}
			if t := typeOfTest(k.n); t != nil {
				bare.set("type", t)
			}
			k.n, k.offered = bare, true
			tested.add(k)
		}
	}
	// Whatever the branches say of the same property stands.
	if have := w.slot("properties"); have != nil {
		for _, k := range tested.kids {
			if have.find(k.name) < 0 {
				have.add(k)
			}
		}
		return
	}
	if len(tested.kids) > 0 {
		w.put(tested)
	}
}

func typeOfTest(n *node) *node {
	if t := n.get("type"); t != nil {
		return t
	}
	v := n.get("const")
	if enum := n.get("enum"); v == nil && enum != nil && len(enum.items) > 0 {
		v = enum.items[0]
	}
	if v == nil {
		return nil
	}
	return textNode(typeOf(v))
}

// typeOf is the JSON Schema type of a value.
func typeOf(v *node) string {
	switch v.kind {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	for _, b := range v.raw {
		if b == '.' || b == 'e' || b == 'E' {
			return "number"
		}
	}
	return "integer"
}
