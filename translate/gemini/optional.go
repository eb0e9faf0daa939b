package gemini

import (
	"reflect"
	"strconv"
)

// deref gives what an optional field holds, else the zero value.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// some gives an optional field; the zero value is left out.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// at appends an index to a path.
func at(path string, i int) string { return path + "." + strconv.Itoa(i) }

// isZero says that nothing was set in a struct of optional fields.
func isZero(v any) bool { return reflect.ValueOf(v).IsZero() }

// place is where a part stands, "contents.3.parts.0". It becomes text only
// when something is wrong there, since there is one for each part.
type place struct {
	list  string
	i     int
	inner string
	j     int
}

// in gives the place of an element of a list inside.
func (p place) in(inner string, j int) place {
	p.inner, p.j = inner, j
	return p
}

// at gives the path of a field there; "" names the place itself.
func (p place) at(field string) string {
	path := at(p.list, p.i)
	if p.inner != "" {
		path = at(path+"."+p.inner, p.j)
	}
	if field != "" {
		path += "." + field
	}
	return path
}
