package schema

import (
	"encoding/json"
	"strconv"
	"strings"
)

// load reads the keywords of one schema object, in whatever draft or dialect
// they are written, to those of draft 2020-12.
func (c *converter) load(s site) *shape {
	w := &shape{}
	if len(s.n.members) > maxKeywords {
		c.fail(s.at, "The schema has an object with more than 1000 keywords.")
		return w
	}
	var order *node
	for _, m := range s.n.members {
		key, at := m.key, s.at.below(m.key)
		if a, ok := aliases[key]; ok {
			key = a
		}
		c.spend(len(m.key), s.at)
		switch key {
		case "type":
			c.loadType(w, m.val, at)
		case "nullable":
			if m.val.kind == 't' {
				w.null = nullFlag
			}
		case "propertyOrdering":
			order = m.val
		default:
			c.loadKeyword(w, s, key, at, m.val)
		}
	}
	sortProperties(w, order)
	c.modernise(w)
	return w
}

func (c *converter) loadKeyword(w *shape, s site, key string, at *place, val *node) {
	switch key {
	case "definitions":
		key = "$defs"
	case "example":
		key, val = "examples", listNode(val)
	case "items":
		if val.kind == '[' { // a tuple, before draft 2020-12
			key = "prefixItems"
		}
	case "additionalItems":
		if items := s.n.get("items"); items == nil || items.kind != '[' {
			return // it means nothing without a tuple
		}
		key = "items"
	case "dependencies":
		c.loadDependencies(w, s, at, val)
		return
	}
	if numeric[key] {
		val = asNumber(val)
	}
	if positions[key] == opaque {
		c.spend(len(val.raw), at)
		if !c.wellFormed(key, val, at) {
			return
		}
		w.put(&slot{key: key, at: at, val: val})
		return
	}
	sl := &slot{key: key, at: at}
	if !c.loadKids(sl, s, val) {
		c.note(at, "it does not have the form of a schema keyword")
		return
	}
	if old := w.slot(key); old != nil && positions[key] == named {
		for _, k := range sl.kids {
			if old.find(k.name) < 0 {
				old.add(k)
			}
		}
		return
	}
	w.put(sl)
}

// wellFormed refuses values that no reader could take for their keyword.
func (c *converter) wellFormed(key string, val *node, at *place) bool {
	want := byte(0)
	switch key {
	case "enum", "required":
		want = '['
	case "$ref":
		want = '"'
	}
	if want == 0 || val.kind == want {
		return true
	}
	c.note(at, "it does not have the form of a schema keyword")
	return false
}

func (c *converter) loadKids(sl *slot, s site, val *node) bool {
	child := func(n *node, at *place) site {
		c.spend(kidCost, at)
		return site{n: n, env: s.env, at: at, depth: s.depth + 1}
	}
	switch positions[sl.key] {
	case one:
		if val.kind != '{' && val.kind != 't' && val.kind != 'f' {
			return false
		}
		sl.kids = []kid{{site: child(val, sl.at)}}
	case list:
		if val.kind != '[' {
			return false
		}
		for i, item := range val.items {
			sl.kids = append(sl.kids, kid{site: child(item, sl.at.below(strconv.Itoa(i)))})
		}
	case named:
		if val.kind != '{' {
			return false
		}
		for _, m := range val.members {
			c.spend(len(m.key), sl.at)
			sl.kids = append(sl.kids, kid{name: m.key, site: child(m.val, sl.at.below(m.key))})
		}
	}
	return true
}

// loadDependencies splits the keyword of draft 7 and before.
func (c *converter) loadDependencies(w *shape, s site, at *place, val *node) {
	schemas := &slot{key: "dependentSchemas", at: at}
	names := &node{kind: '{'}
	for _, m := range val.members {
		if m.val.kind == '[' {
			names.set(m.key, m.val)
			continue
		}
		schemas.add(kid{name: m.key, site: site{n: m.val, env: s.env, at: at.below(m.key), depth: s.depth + 1}})
	}
	if len(schemas.kids) > 0 {
		w.put(schemas)
	}
	if len(names.members) > 0 {
		w.put(&slot{key: "dependentRequired", at: at, val: names})
	}
}

// loadType reads "string", ["string", "null"] and Gemini's "STRING".
func (c *converter) loadType(w *shape, val *node, at *place) {
	w.typeAt = at
	names := []*node{val}
	if val.kind == '[' {
		names = val.items
	}
	hasNull := false
	for _, n := range names {
		name := strings.ToLower(n.text())
		switch {
		case name == "null":
			hasNull = true
		case typeNames[name]:
			w.addType(name)
		case name != "type_unspecified":
			c.note(at, "it is not a type of JSON Schema")
		}
	}
	switch {
	case w.null == nullFlag:
	case hasNull:
		w.null = nullYes
	case len(w.types) > 0:
		w.null = nullNo
	}
	if hasNull && len(w.types) == 0 {
		w.types = []string{"null"}
	}
}

func (w *shape) addType(name string) {
	for _, t := range w.types {
		if t == name {
			return
		}
	}
	w.types = append(w.types, name)
}

// modernise brings keywords that older drafts and Gemini's Schema write
// otherwise to today's form, once all of them are read.
func (c *converter) modernise(w *shape) {
	for _, bound := range []string{"minimum", "maximum"} {
		exclusive := exclusiveOf[bound]
		flag := w.slot(exclusive) // draft 4: a boolean beside the bound
		if flag == nil || (flag.val.kind != 't' && flag.val.kind != 'f') {
			continue
		}
		w.take(exclusive)
		if flag.val.kind == 't' {
			if b := w.take(bound); b != nil {
				w.put(&slot{key: exclusive, at: b.at, val: b.val})
			}
		}
	}
	enum := w.slot("enum")
	if enum == nil {
		return
	}
	if f := w.slot("format"); f != nil && f.val.text() == "enum" {
		w.take("format") // Gemini's way to say that there is an enum
	}
	// Gemini's enums are strings whatever the type; to JSON Schema such an
	// enum would leave nothing.
	if len(w.types) == 1 && w.types[0] != "string" {
		values := make([]*node, 0, len(enum.val.items))
		for _, v := range enum.val.items {
			values = append(values, asTyped(v, w.types[0]))
		}
		enum.val = listNode(values...)
	}
}

// asTyped reads a value that protocol buffers had to write as a string.
func asTyped(v *node, typ string) *node {
	switch typ {
	case "integer", "number":
		return asNumber(v)
	case "boolean":
		if t := v.text(); t == "true" || t == "false" {
			return &node{kind: t[0], raw: []byte(t)}
		}
	}
	return v
}

// asNumber reads "1" as 1.
func asNumber(v *node) *node {
	t := v.text()
	if t == "" || strings.TrimSpace(t) != t || !json.Valid([]byte(t)) || (t[0] != '-' && (t[0] < '0' || t[0] > '9')) {
		return v
	}
	return numberNode(t)
}

// sortProperties puts properties into the order that propertyOrdering gives;
// those it does not name come after, in their own.
func sortProperties(w *shape, order *node) {
	props := w.slot("properties")
	if props == nil || order == nil {
		return
	}
	sorted := &slot{key: props.key, at: props.at}
	taken := make(map[string]bool, len(props.kids))
	for _, n := range order.items {
		name := n.text()
		if i := props.find(name); i >= 0 && !taken[name] {
			taken[name] = true
			sorted.add(props.kids[i])
		}
	}
	for _, k := range props.kids {
		if !taken[k.name] {
			sorted.add(k)
		}
	}
	w.put(sorted)
}
