package metrics

import (
	"strings"
	"sync"
)

const (
	maxPaths      = 256
	maxPathLength = 120
)

// boundedSet lets the first names in and calls the rest other.
type boundedSet struct {
	mu    *sync.Mutex
	limit int
	names map[string]bool
}

func newBoundedSet(limit int) boundedSet {
	return boundedSet{mu: new(sync.Mutex), limit: limit, names: map[string]bool{}}
}

func (b boundedSet) admit(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.names[name] {
		return name
	}
	if len(b.names) >= b.limit || len(name) > maxPathLength {
		return other
	}
	b.names[name] = true
	return name
}

// plainPath takes the indexes out of a path: "contents.0.parts.2.thought" and
// "messages[3].name" each name one field.
func plainPath(path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	kept := words[:0]
	for _, w := range words {
		if strings.Trim(w, "0123456789") != "" {
			kept = append(kept, w)
		}
	}
	return strings.ToValidUTF8(strings.Join(kept, "."), "")
}
