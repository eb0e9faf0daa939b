package config

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is what files say, before it is given types: a tree of values, and
// for each of them the place where it stands. Working on the tree lets every
// problem be found in one go, and ${…} be used for values of any type that is
// written as a string.
type document struct {
	main   *source // nil: not from a file
	tree   map[string]any
	places map[string]place
	// origins tell of values that come from elsewhere than the text.
	origins  map[string]string
	failed   map[string]bool // values with a problem
	around   map[string]bool // what such a value is inside of
	files    []string
	problems []Problem
	// unreadable says that a text is not TOML: the rest is not looked at, for
	// much of what is missing may be in it.
	unreadable bool
}

// path leads from the root to a value; indexes of arrays are words as "[0]".
type path []string

func (p path) id() string { return strings.Join(p, "\x00") }

// String is the path as it would be written in TOML.
func (p path) String() string {
	var out strings.Builder
	for i, word := range p {
		switch {
		case indexWord.MatchString(word):
			out.WriteString(word)
			continue
		case i > 0:
			out.WriteByte('.')
		}
		out.WriteString(quoteKey(word))
	}
	return out.String()
}

var indexWord = regexp.MustCompile(`^\[\d+\]$`)

func (p path) index(i int) path { return p.with("[" + strconv.Itoa(i) + "]") }

func (p path) with(word string) path { return append(p[:len(p):len(p)], word) }

func quoteKey(word string) string {
	bare := func(r rune) bool {
		return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	if word != "" && strings.TrimFunc(word, bare) == "" {
		return word
	}
	return strconv.Quote(word)
}

// place is where a key and its value begin; rank counts places in the order
// in which they were read.
type place struct {
	src        *source
	key, value int // offsets
	rank       int
}

func newDocument() *document {
	return &document{
		tree: map[string]any{}, places: map[string]place{}, origins: map[string]string{},
		failed: map[string]bool{}, around: map[string]bool{},
	}
}

// readDocument reads one file's text. Text that is not TOML leaves a problem
// and an empty tree.
func readDocument(name string, data []byte) *document {
	src := &source{name: name, text: string(data)}
	d := newDocument()
	d.main, d.files = src, []string{name}
	if err := toml.Unmarshal(data, &d.tree); err != nil {
		d.tree, d.unreadable = map[string]any{}, true
		var fault *toml.DecodeError
		if !errors.As(err, &fault) {
			d.problems = append(d.problems, src.problem(0, "the file cannot be read as TOML"))
			return d
		}
		line, column := fault.Position()
		d.problems = append(d.problems, src.problem(src.offset(line, column), "%s", strings.TrimPrefix(fault.Error(), "toml: ")))
		return d
	}
	d.locate(src, data)
	return d
}

// locate notes the places of all keys. The text has been read once already,
// so that this pass meets no error.
func (d *document) locate(src *source, data []byte) {
	var p unstable.Parser
	p.Reset(data)
	var table path
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = d.locateKey(src, nil, e.Key(), -1)
		case unstable.KeyValue:
			d.locateValue(src, table, e)
		}
	}
}

func (d *document) locateValue(src *source, table path, kv *unstable.Node) {
	value := kv.Value()
	at := -1
	if value.Raw.Length > 0 {
		at = int(value.Raw.Offset)
	}
	key := d.locateKey(src, table, kv.Key(), at)
	children := value.Children()
	for i := 0; children.Next(); {
		child := children.Node()
		switch {
		case child.Kind == unstable.Comment:
			continue
		case child.Kind == unstable.KeyValue:
			d.locateValue(src, key, child)
		case child.Raw.Length > 0:
			d.note(key.index(i), place{src: src, key: int(child.Raw.Offset), value: int(child.Raw.Offset)})
		}
		i++
	}
}

func (d *document) locateKey(src *source, table path, key unstable.Iterator, value int) path {
	at := table
	for key.Next() {
		n := key.Node()
		at = at.with(string(n.Data))
		where := place{src: src, key: int(n.Raw.Offset), value: value}
		if value < 0 || !key.IsLast() {
			where.value = where.key
		}
		d.note(at, where)
	}
	return at
}

func (d *document) note(at path, where place) {
	if _, known := d.places[at.id()]; known {
		return
	}
	where.rank = len(d.places)
	d.places[at.id()] = where
}

// has says whether a file sets the value or something in it.
func (d *document) has(at path) bool {
	_, written := d.places[at.id()]
	return written
}

// fault adds a problem at a value, or at the nearest table around it that is
// written; a value that has a problem already gets no second one.
func (d *document) fault(at path, format string, args ...any) {
	if d.isFaulty(at) {
		return
	}
	d.markFaulty(at)
	d.problems = append(d.problems, d.problemAt(at, false, format, args...))
}

// faultyKey is a fault of the key itself and not of its value.
func (d *document) faultyKey(at path, format string, args ...any) {
	d.markFaulty(at)
	d.problems = append(d.problems, d.problemAt(at, true, format, args...))
}

func (d *document) warn(at path, format string, args ...any) {
	p := d.problemAt(at, false, format, args...)
	p.Warning = true
	d.problems = append(d.problems, p)
}

func (d *document) markFaulty(at path) {
	d.failed[at.id()] = true
	for n := range at {
		d.around[at[:n].id()] = true
	}
}

// isFaulty says whether the value, one around it or one inside of it has a
// problem.
func (d *document) isFaulty(at path) bool {
	for n := range at {
		if d.failed[at[:n+1].id()] {
			return true
		}
	}
	return d.failed[at.id()] || d.around[at.id()]
}

// shown is a value as a message may repeat it: what came from the environment
// may be a secret in the wrong place.
func (d *document) shown(at path, value string) string {
	if origin, given := d.origins[at.id()]; given {
		return "the value of " + origin
	}
	return strconv.Quote(value)
}

// sorted gives the problems in the order of the files' lines.
func (d *document) sorted() []Problem {
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(slices.Index(d.files, a.File), slices.Index(d.files, b.File)),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return d.problems
}

func (d *document) problemAt(at path, key bool, format string, args ...any) Problem {
	for n := len(at); n > 0; n-- {
		where, written := d.places[at[:n].id()]
		if !written {
			if origin, given := d.origins[at[:n].id()]; given {
				return newProblem(origin, format, args...)
			}
			continue
		}
		if key {
			return where.src.problem(where.key, format, args...)
		}
		return where.src.problem(where.value, format, args...)
	}
	return d.wholeFile(format, args...)
}

// wholeFile is a problem of something that is nowhere written.
func (d *document) wholeFile(format string, args ...any) Problem {
	if d.main == nil {
		return newProblem("the environment", format, args...)
	}
	return d.main.problem(0, format, args...)
}
