package config

import (
	"bufio"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Show writes the effective configuration as TOML, each value with where it
// comes from. Secrets, headers' values, and users and queries in addresses
// are hidden (promise 6).
func (l *Loaded) Show(w io.Writer) error {
	out := bufio.NewWriter(w)
	s := shower{doc: l.doc, out: out}
	s.table(reflect.ValueOf(l.Config).Elem(), nil)
	if s.err != nil {
		return s.err
	}
	return out.Flush()
}

type shower struct {
	doc *document
	out *bufio.Writer
	err error
}

type entry struct {
	key   string
	value reflect.Value
}

// table writes values before tables, as TOML wants it.
func (s *shower) table(v reflect.Value, at path) {
	var tables []entry
	for _, e := range entriesOf(v) {
		here := at.with(e.key)
		for e.value.Kind() == reflect.Pointer && !e.value.IsNil() {
			e.value = e.value.Elem()
		}
		switch e.value.Kind() {
		case reflect.Struct, reflect.Map:
			tables = append(tables, e)
		case reflect.Pointer: // not set
		default:
			s.value(here, e)
		}
	}
	for _, e := range tables {
		here := at.with(e.key)
		if len(entriesOf(e.value)) == 0 {
			continue
		}
		if _, ofTables := e.value.Interface().(map[string]*Backend); !ofTables {
			s.write("\n[" + here.String() + "]\n")
		}
		s.table(e.value, here)
	}
}

func entriesOf(v reflect.Value) []entry {
	var entries []entry
	if v.Kind() == reflect.Map {
		for _, key := range v.MapKeys() {
			entries = append(entries, entry{key.String(), v.MapIndex(key)})
		}
		slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		return entries
	}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("toml"); name != "-" {
			entries = append(entries, entry{name, v.Field(i)})
		}
	}
	return entries
}

func (s *shower) value(at path, e entry) {
	text, err := toml.Marshal(map[string]any{"v": visible(at, e.value)})
	if err != nil {
		s.err = err
		return
	}
	written := strings.TrimSpace(strings.TrimPrefix(string(text), "v = "))
	s.write(quoteKey(e.key) + " = " + written + "  # " + s.origin(at) + "\n")
}

func (s *shower) write(text string) {
	if _, err := s.out.WriteString(text); err != nil && s.err == nil {
		s.err = err
	}
}

func (s *shower) origin(at path) string {
	origin := s.doc.origins[at.id()]
	if where, written := s.doc.places[at.id()]; written {
		line, _ := where.src.position(where.key)
		origin = strings.TrimSpace(where.src.name + ":" + strconv.Itoa(line) + " " + origin)
	}
	if origin == "" {
		return "default"
	}
	return origin
}

// visible: an encoder writes the text of a string type, whatever the type
// says of itself, so that secrets are taken out beforehand.
func visible(at path, v reflect.Value) any {
	switch value := v.Interface().(type) {
	case Secret:
		return value.String()
	case []Secret:
		shown := make([]string, len(value))
		for i, secret := range value {
			shown[i] = secret.String()
		}
		return shown
	case string:
		if len(at) > 2 && at[2] == "headers" {
			return redacted
		}
		if at[len(at)-1] == "url" {
			return visibleURL(value)
		}
	}
	return v.Interface()
}

func visibleURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return redacted
	}
	if u.User == nil && u.RawQuery == "" {
		return text
	}
	return u.Scheme + "://" + u.Host + u.Path
}
