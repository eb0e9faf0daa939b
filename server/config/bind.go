package config

import (
	"encoding"
	"math"
	"reflect"
	"slices"
)

// laterTables are parts of the contract that this version does not have.
// Taking them without a word would promise what nothing keeps.
var laterTables = []string{"cache", "state", "rate_limits", "ratelimit", "dashboard"}

// bind gives the tree its types, over the defaults that cfg holds. It is our
// own since a decoder stops at the first value of a wrong type, takes a bare 5
// for five nanoseconds, and speaks of Go's types.
func (d *document) bind(cfg *Config) { d.bindTable(reflect.ValueOf(cfg).Elem(), d.tree, nil) }

func (d *document) bindTable(v reflect.Value, table map[string]any, at path) {
	fields := map[string]reflect.Value{}
	var known []string
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("toml"); name != "-" {
			fields[name] = v.Field(i)
			known = append(known, name)
		}
	}
	for key, raw := range table {
		here := at.with(key)
		if field, ok := fields[key]; ok {
			d.bindValue(field, raw, here)
			continue
		}
		d.unknownKey(here, known)
	}
}

func (d *document) unknownKey(at path, known []string) {
	word := at[len(at)-1]
	guess := didYouMean(word, known)
	switch {
	case len(at) == 1 && slices.Contains(laterTables, word):
		d.faultyKey(at, "[%s] is not available in this version", at)
	case len(at) == 2 && at[0] == "auth" && guess == "":
		d.faultyKey(at, "%s is not available in this version, which has auth.keys alone", at)
	default:
		d.faultyKey(at, "unknown key %q%s", at.String(), guess)
	}
}

func (d *document) bindValue(v reflect.Value, raw any, at path) {
	switch v.Kind() {
	case reflect.Pointer:
		inner := reflect.New(v.Type().Elem())
		if _, isBackend := inner.Interface().(*Backend); isBackend {
			inner = reflect.ValueOf(DefaultBackend(at[len(at)-1]))
		}
		v.Set(inner)
		d.bindValue(inner.Elem(), raw, at)
	case reflect.Struct, reflect.Map:
		table, ok := raw.(map[string]any)
		if !ok {
			d.wrongType(at, "a table", raw)
			return
		}
		if v.Kind() == reflect.Struct {
			d.bindTable(v, table, at)
			return
		}
		d.bindMap(v, table, at)
	case reflect.Slice:
		list, ok := raw.([]any)
		if !ok {
			d.wrongType(at, "an array", raw)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
		for i, element := range list {
			d.bindValue(v.Index(i), element, at.index(i))
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(raw))
	default:
		d.bindScalar(v, raw, at)
	}
}

func (d *document) bindMap(v reflect.Value, table map[string]any, at path) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for key, raw := range table {
		element := reflect.New(v.Type().Elem()).Elem()
		d.bindValue(element, raw, at.with(key))
		v.SetMapIndex(reflect.ValueOf(key), element)
	}
}

func (d *document) bindScalar(v reflect.Value, raw any, at path) {
	if d.isFaulty(at) {
		return // its ${…} has no value
	}
	if text, ok := raw.(string); ok {
		if reader, special := v.Addr().Interface().(encoding.TextUnmarshaler); special {
			if err := reader.UnmarshalText([]byte(text)); err != nil {
				d.fault(at, "%s: %s", at, err)
			}
			return
		}
	}
	switch value := raw.(type) {
	case string:
		if v.Kind() == reflect.String {
			v.SetString(value)
			return
		}
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(value)
			return
		}
	case int64:
		if v.CanFloat() {
			v.SetFloat(float64(value))
			return
		}
		if _, isDuration := v.Interface().(Duration); v.CanInt() && !isDuration {
			if value < 0 || v.OverflowInt(value) {
				d.fault(at, "%s cannot be %d", at, value)
				return
			}
			v.SetInt(value)
			return
		}
	case float64:
		if v.CanFloat() {
			if math.IsNaN(value) || math.IsInf(value, 0) {
				d.fault(at, "%s must be a finite number", at)
				return
			}
			v.SetFloat(value)
			return
		}
	}
	d.wrongType(at, wanted(v), raw)
}

func (d *document) wrongType(at path, want string, raw any) {
	d.fault(at, "%s must be %s; it is %s", at, want, kindOf(raw))
}

func wanted(v reflect.Value) string {
	switch v.Interface().(type) {
	case Duration:
		return `a duration in quotes, as "60s"`
	case Size:
		return `a size, as "100MiB"`
	}
	switch {
	case v.CanInt():
		return "a whole number"
	case v.CanFloat():
		return "a number"
	case v.Kind() == reflect.Bool:
		return "true or false, without quotes"
	}
	return "a string"
}

func kindOf(raw any) string {
	switch raw.(type) {
	case string:
		return "a string"
	case bool:
		return "true or false"
	case int64:
		return "a whole number"
	case float64:
		return "a number with a fraction"
	case []any:
		return "an array"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}
