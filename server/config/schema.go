package config

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Schema is a JSON Schema (2020-12) of the configuration, for editors.
func Schema() ([]byte, error) {
	root := schemaOf(reflect.TypeFor[Config](), nil)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Louter configuration"
	return json.MarshalIndent(root, "", "  ")
}

func schemaOf(t reflect.Type, at []string) map[string]any {
	s := plainSchema(t, at)
	if known, limited := words[strings.Join(at, ".")]; limited {
		if items, isList := s["items"].(map[string]any); isList {
			items["enum"] = known
		} else {
			s["enum"] = known
		}
	}
	return s
}

func plainSchema(t reflect.Type, at []string) map[string]any {
	switch t {
	case reflect.TypeFor[Duration]():
		return map[string]any{"type": "string", "description": `a duration, as "500ms", "60s" or "5m"`}
	case reflect.TypeFor[Size]():
		return map[string]any{"type": []string{"string", "integer"}, "description": `bytes, as "64KiB", "100MiB" or a number`}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return plainSchema(t.Elem(), at)
	case reflect.Struct:
		properties := map[string]any{}
		for i := range t.NumField() {
			if name := t.Field(i).Tag.Get("toml"); name != "-" {
				properties[name] = schemaOf(t.Field(i).Type, append(at[:len(at):len(at)], name))
			}
		}
		s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
		if t == reflect.TypeFor[Backend]() {
			s["required"] = []string{"url"}
		}
		return s
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), append(at[:len(at):len(at)], "*"))}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), append(at[:len(at):len(at)], "[]"))}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Interface:
		return map[string]any{}
	}
	return map[string]any{"type": "string"}
}
