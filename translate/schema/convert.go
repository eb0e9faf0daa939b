package schema

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Bounds on what a client may send, and on what its references may grow to.
const (
	maxDepth = 64      // of schemas inside schemas
	maxNodes = 10_000  // schemas in what is written
	maxBytes = 4 << 20 // of enums, names and the like in what is written, beyond the input's own length
	maxNotes = 256
	// maxKeywords bounds one schema object; a draft has some fifty.
	maxKeywords = 1000
)

// Note tells of one thing that the converted schema no longer says.
type Note struct {
	// Pointer is the JSON pointer of the keyword in the source, e.g.
	// "/properties/a/patternProperties".
	Pointer string
	// Why is a short sentence without the client's content.
	Why string
}

// Path gives the place dotted, with indexes, after prefix: the form of
// ir.Loss and ir.Error.
func (n Note) Path(prefix string) string { return dotted(prefix, n.Pointer) }

// Error says why a schema cannot be converted. It is the client's fault.
type Error struct {
	Pointer string // of the schema at fault in the source
	Reason  string // a sentence without the client's content
}

func (e *Error) Error() string { return e.Reason }

// Path gives the place dotted, with indexes, after prefix.
func (e *Error) Path(prefix string) string { return dotted(prefix, e.Pointer) }

func dotted(prefix, pointer string) string {
	path := strings.NewReplacer("/", ".", "~1", "/", "~0", "~").Replace(pointer)
	if prefix == "" {
		return strings.TrimPrefix(path, ".")
	}
	return prefix + path
}

// Convert rewrites a schema for d. Nothing in gives nothing out. An error is
// an *Error: the text is not a schema, is nested deeper than 64 schemas, or
// its references grow beyond 10,000 schemas.
func Convert(raw json.RawMessage, d Dialect) (json.RawMessage, []Note, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil, nil
	}
	root, err := parse(raw)
	if err != nil {
		return nil, nil, &Error{Reason: "The schema " + err.Error() + "."}
	}
	if root.kind == 'n' {
		return nil, nil, nil
	}
	if root.kind != '{' && root.kind != 't' && root.kind != 'f' {
		return nil, nil, &Error{Reason: "The schema is not a JSON object."}
	}
	c := &converter{d: d, root: root, budget: maxBytes + len(raw)}
	out := c.schema(site{n: root, env: &env{target: root}})
	if c.err != nil {
		return nil, nil, c.err
	}
	if out == nil { // the schema false: nothing fits
		c.note(nil, "a schema that nothing fits cannot be said")
		out = &node{kind: '{'}
	}
	return out.write(nil), c.notes, nil
}

// converter holds one conversion. Its error sticks: once it is set the walk
// ends as soon as it can.
type converter struct {
	d      Dialect
	root   *node
	notes  []Note
	noted  map[Note]bool // a reference used twice must not tell everything twice
	nodes  int
	budget int // bytes that may still be taken over
	err    *Error
}

// kidCost is what a child costs of the byte budget beside its name.
const kidCost = 16

func (c *converter) fail(at *place, reason string) {
	if c.err == nil {
		c.err = &Error{Pointer: at.pointer(), Reason: reason}
	}
}

// spend counts what is read over again for each use of a reference, so that
// references cannot multiply a small schema to a huge one.
func (c *converter) spend(n int, at *place) {
	if c.budget -= n; c.budget < 0 {
		c.fail(at, "The schema grows too large when its references are followed.")
	}
}

// enter counts one more schema, and says whether to go on.
func (c *converter) enter(s site) bool {
	switch c.nodes++; {
	case c.nodes > maxNodes:
		c.fail(s.at, "The schema has more than 10000 subschemas, counting those that references repeat.")
	case s.depth > maxDepth:
		c.fail(s.at, "The schema nests more than 64 subschemas.")
	}
	return c.err == nil
}

func (c *converter) note(at *place, why string) {
	if len(c.notes) >= maxNotes {
		return
	}
	n := Note{Pointer: at.pointer(), Why: why}
	if c.noted[n] {
		return
	}
	if c.noted == nil {
		c.noted = make(map[Note]bool)
	}
	c.noted[n] = true
	c.notes = append(c.notes, n)
}

func (c *converter) keeps(key string) bool {
	_, ok := c.d.Keep[key]
	return ok || c.d.KeepUnknown && !known(key)
}
