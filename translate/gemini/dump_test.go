package gemini

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"
)

// dump writes a neutral value so that people can read its diff: zero fields
// are left out, JSON stands as it is.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(v), 0)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func dumpValue(b *strings.Builder, v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			b.WriteString("nil\n")
			return
		}
		v = v.Elem()
	}
	if raw, isJSON := v.Interface().(json.RawMessage); isJSON {
		fmt.Fprintf(b, "%s\n", raw)
		return
	}
	if at, isTime := v.Interface().(time.Time); isTime {
		fmt.Fprintf(b, "%s\n", at.UTC().Format(time.RFC3339Nano))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		dumpStruct(b, v, depth)
	case reflect.Slice:
		b.WriteString("\n")
		for i := range v.Len() {
			b.WriteString(strings.Repeat("  ", depth) + "- ")
			dumpValue(b, v.Index(i), depth+1)
		}
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		b.WriteString("\n")
		for _, k := range keys {
			fmt.Fprintf(b, "%s%v: ", strings.Repeat("  ", depth), k)
			dumpValue(b, v.MapIndex(k), depth+1)
		}
	case reflect.String:
		fmt.Fprintf(b, "%q\n", v.String())
	default:
		fmt.Fprintf(b, "%v\n", v.Interface())
	}
}

func dumpStruct(b *strings.Builder, v reflect.Value, depth int) {
	b.WriteString(v.Type().Name() + "\n")
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() || v.Type().Field(i).Name == "Spelling" { // the same in each: memberNames
			continue
		}
		b.WriteString(strings.Repeat("  ", depth) + v.Type().Field(i).Name + ": ")
		dumpValue(b, f, depth+1)
	}
}
