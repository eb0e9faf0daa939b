package schema

import (
	"bytes"
	"encoding/json"
	"errors"
)

// maxJSON bounds the nesting of brackets; a schema inside a schema takes one
// or two levels, and what stands in a default takes more.
const maxJSON = 4 * maxDepth

var (
	errNotJSON = errors.New("is not valid JSON")
	errTooDeep = errors.New("is nested too deeply")
)

// node is a JSON value whose members keep their order.
type node struct {
	// raw is the value's text as the client wrote it; nil for what this
	// package made of members or items.
	raw     []byte
	kind    byte // '{', '[', '"', '0' for numbers, 't', 'f' or 'n'
	members []member
	items   []*node
	index   map[string]int // of members, where they are many
}

type member struct {
	key string
	val *node
}

// manyMembers is the number from which an index beats looking through.
const manyMembers = 16

// parse reads a whole JSON text.
func parse(text []byte) (*node, error) {
	if !json.Valid(text) {
		return nil, errNotJSON
	}
	p := parser{text: text}
	n := p.value(0)
	return n, p.err
}

// parser reads text that is known to be valid.
type parser struct {
	text []byte
	at   int
	err  error
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) *node {
	if depth > maxJSON {
		p.err = errTooDeep
	}
	p.space()
	if p.err != nil || p.at >= len(p.text) {
		return &node{kind: 'n', raw: []byte("null")}
	}
	begin := p.at
	n := &node{kind: p.text[begin]}
	switch n.kind {
	case '{':
		p.object(n, depth)
	case '[':
		p.array(n, depth)
	case '"':
		p.at = stringEnd(p.text, p.at)
	case 't', 'f', 'n':
		p.literal()
	default:
		n.kind = '0'
		p.literal()
	}
	n.raw = p.text[begin:p.at]
	return n
}

func (p *parser) object(n *node, depth int) {
	p.at++
	for p.more('}') {
		begin := p.at
		p.at = stringEnd(p.text, p.at)
		key := unquote(p.text[begin:p.at])
		p.space()
		p.at++ // the colon
		n.set(key, p.value(depth+1))
	}
}

func (p *parser) array(n *node, depth int) {
	p.at++
	for p.more(']') {
		n.items = append(n.items, p.value(depth+1))
	}
}

// more goes to the next element, or behind the bracket that ends them.
func (p *parser) more(end byte) bool {
	p.space()
	if p.err == nil && p.at < len(p.text) && p.text[p.at] == ',' {
		p.at++
		p.space()
	}
	if p.err != nil || p.at >= len(p.text) {
		return false
	}
	if p.text[p.at] == end {
		p.at++
		return false
	}
	return true
}

func (p *parser) literal() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n', ',', ']', '}':
			return
		}
		p.at++
	}
}

// stringEnd gives the place behind the string that begins at i.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func unquote(raw []byte) string {
	if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return string(raw) // not reached: the text is valid
	}
	return s
}

func quote(s string) []byte {
	out, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`) // not reached: a string can always be written
	}
	return out
}

// set gives key a value: of members with the same name the last wins, in the
// place of the first.
func (n *node) set(key string, val *node) {
	if i := n.find(key); i >= 0 {
		n.members[i].val = val
		return
	}
	n.members = append(n.members, member{key, val})
	switch {
	case n.index != nil:
		n.index[key] = len(n.members) - 1
	case len(n.members) > manyMembers:
		n.index = make(map[string]int, 2*len(n.members))
		for i, m := range n.members {
			n.index[m.key] = i
		}
	}
}

func (n *node) find(key string) int {
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return i
		}
		return -1
	}
	for i, m := range n.members {
		if m.key == key {
			return i
		}
	}
	return -1
}

// get gives the member of that name, or nil.
func (n *node) get(key string) *node {
	if i := n.find(key); i >= 0 {
		return n.members[i].val
	}
	return nil
}

// text is the value of a string, "" of anything else.
func (n *node) text() string {
	if n.kind != '"' {
		return ""
	}
	return unquote(n.raw)
}

func textNode(s string) *node   { return &node{kind: '"', raw: quote(s)} }
func numberNode(s string) *node { return &node{kind: '0', raw: []byte(s)} }

func trueNode() *node { return &node{kind: 't', raw: []byte("true")} }

func listNode(items ...*node) *node { return &node{kind: '[', items: items} }

func textsNode(texts []string) *node {
	n := &node{kind: '['}
	for _, t := range texts {
		n.items = append(n.items, textNode(t))
	}
	return n
}

// write appends the JSON text.
func (n *node) write(dst []byte) []byte {
	if n.raw != nil {
		return append(dst, n.raw...)
	}
	dst = append(dst, n.kind)
	if n.kind == '[' {
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.write(dst)
		}
		return append(dst, ']')
	}
	for i, m := range n.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, quote(m.key)...), ':')
		dst = m.val.write(dst)
	}
	return append(dst, '}')
}
