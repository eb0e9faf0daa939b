package schema

import (
	"slices"
	"strings"
)

// place is where something stands in the source.
type place struct {
	up   *place
	name string
}

// maxShownName bounds one name in a pointer.
const maxShownName = 128

func (p *place) below(name string) *place { return &place{p, name} }

func (p *place) pointer() string {
	var names []string
	for ; p != nil; p = p.up {
		names = append(names, p.name[:min(len(p.name), maxShownName)])
	}
	var b strings.Builder
	for _, name := range slices.Backward(names) {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}

// env lists the references that led to a place: one of them met again is a
// cycle, while one met elsewhere is only used twice (defects 33).
type env struct {
	up     *env
	target *node
}

func (e *env) has(target *node) bool {
	for ; e != nil; e = e.up {
		if e.target == target {
			return true
		}
	}
	return false
}

// site is a schema where it stands: one that the client wrote, or one that
// has to be as all or as any of several.
type site struct {
	n     *node
	env   *env
	at    *place
	depth int
	all   []site
	any   []site
	// offered: it came from a condition's branch, so that it adds a property
	// and does not restrict one.
	offered bool
}

func (s site) isObject() bool { return s.n != nil && s.n.kind == '{' }
func (s site) isFalse() bool  { return s.n != nil && s.n.kind == 'f' }
func (s site) isTrue() bool   { return s.n != nil && s.n.kind == 't' }

// slot is one keyword of a schema under way: data, or schemas.
type slot struct {
	key  string
	at   *place
	val  *node
	kids []kid
	// index finds kids by name where they are many.
	index map[string]int
}

type kid struct {
	name string
	site
}

func (s *slot) find(name string) int {
	if s.index == nil {
		s.index = make(map[string]int, len(s.kids))
		for i, k := range s.kids {
			s.index[k.name] = i
		}
	}
	if i, ok := s.index[name]; ok {
		return i
	}
	return -1
}

func (s *slot) add(k kid) {
	if s.index != nil {
		s.index[k.name] = len(s.kids)
	}
	s.kids = append(s.kids, k)
}

// nullness is whether a schema takes null.
type nullness int

const (
	nullUnsaid nullness = iota
	nullNo              // the type leaves it out
	nullYes             // the type names it, or a branch is null
	nullFlag            // "nullable": true, which wins over what it stands beside
)

// shape is a schema flattened to one list of keywords.
type shape struct {
	slots []*slot
	types []string // lower case; without "null" unless it is the only one
	null  nullness
	never bool // the schema false
	// typeAt is where "type" stood, for notes.
	typeAt *place
}

func (w *shape) allowsNull() bool { return w.null >= nullYes }

func (w *shape) slot(key string) *slot {
	for _, s := range w.slots {
		if s.key == key {
			return s
		}
	}
	return nil
}

func (w *shape) has(key string) bool { return w.slot(key) != nil }

// take removes a keyword and gives it.
func (w *shape) take(key string) *slot {
	for i, s := range w.slots {
		if s.key == key {
			w.slots = slices.Delete(w.slots, i, i+1)
			return s
		}
	}
	return nil
}

// put adds a keyword or takes the place of the one of that name.
func (w *shape) put(s *slot) {
	for i, old := range w.slots {
		if old.key == s.key {
			w.slots[i] = s
			return
		}
	}
	w.slots = append(w.slots, s)
}
