package schema

import (
	"slices"
	"strconv"
)

// spellEnum brings const and enum to what the dialect takes.
func (c *converter) spellEnum(w *shape) {
	if value := w.slot("const"); value != nil && !c.keeps("const") {
		w.take("const")
		w.put(&slot{key: "enum", at: value.at, val: listNode(value.val)})
	}
	enum := w.slot("enum")
	if enum == nil {
		return
	}
	if c.d.Null != NullInType {
		c.pullNull(w, enum)
	}
	if c.d.NoEmptyEnum {
		kept := slices.DeleteFunc(slices.Clone(enum.val.items), func(v *node) bool { return v.kind == '"' && len(v.raw) == 2 })
		if len(kept) < len(enum.val.items) {
			c.note(enum.at, "an empty string in enum is not taken by "+c.d.Name)
			enum.val = listNode(kept...)
		}
	}
	if c.d.Enum != EnumAny {
		if len(w.types) == 0 {
			w.types = typesOf(enum.val)
		}
		// Of several types each becomes a branch with its own values.
		if len(w.types) < 2 {
			c.spellValues(w, enum)
		}
	}
	if s := w.slot("enum"); s != nil && len(s.val.items) == 0 {
		w.take("enum")
	}
}

// pullNull says a null among the values by the dialect's way for null.
func (c *converter) pullNull(w *shape, enum *slot) {
	kept := slices.DeleteFunc(slices.Clone(enum.val.items), isNullNode)
	if len(kept) == len(enum.val.items) {
		return
	}
	if w.null == nullUnsaid {
		w.null = nullYes
	}
	enum.val = listNode(kept...)
}

// spellValues brings values of one type to strings, or says them otherwise.
func (c *converter) spellValues(w *shape, enum *slot) {
	types := typesOf(enum.val)
	switch {
	case slices.Equal(types, []string{"string"}):
	case slices.Equal(types, []string{"boolean"}) && len(enum.val.items) > 1:
		w.take("enum") // both values: the type says it
	case c.d.Enum == EnumSpelled && (slices.Equal(types, []string{"integer"}) || slices.Equal(types, []string{"number"})):
		spelled := listNode()
		for _, v := range enum.val.items {
			spelled.items = append(spelled.items, textNode(string(v.raw)))
		}
		enum.val = spelled
	case len(types) > 0:
		c.note(enum.at, "an enum of values other than strings is not taken by "+c.d.Name)
		w.take("enum")
		c.spanOf(w, enum, types)
	}
}

// spanOf keeps the span of numbers: to call them strings would change what
// the model answers.
func (c *converter) spanOf(w *shape, enum *slot, types []string) {
	if !slices.Equal(types, []string{"integer"}) && !slices.Equal(types, []string{"number"}) {
		return
	}
	low := slices.MinFunc(enum.val.items, compareNumbers)
	high := slices.MaxFunc(enum.val.items, compareNumbers)
	c.mergeSlot(w, &slot{key: "minimum", at: enum.at, val: low})
	c.mergeSlot(w, &slot{key: "maximum", at: enum.at, val: high})
}

// typesOf lists the types of an enum's values, but for null.
func typesOf(enum *node) []string {
	var types []string
	for _, v := range enum.items {
		if t := typeOf(v); t != "null" && !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if slices.Contains(types, "number") {
		types = slices.DeleteFunc(types, func(t string) bool { return t == "integer" })
	}
	return types
}

func numberOf(n int) *node { return numberNode(strconv.Itoa(n)) }

// nextInteger gives the whole number beside n, in direction 1 or -1.
func nextInteger(n *node, direction int) (*node, bool) {
	i, err := strconv.ParseInt(string(n.raw), 10, 53)
	if err != nil {
		return n, false
	}
	return numberOf(int(i) + direction), true
}
