package config

import (
	"net/url"
	"reflect"
)

// Redact takes every secret out of a configuration that is to be shown:
// keys, headers' values, and users in addresses. A TOML encoder writes the
// text of a string type, whatever the type says of itself.
func Redact(cfg *Config) {
	redactSecrets(reflect.ValueOf(cfg))
	for _, b := range cfg.Backends {
		for name := range b.Headers {
			b.Headers[name] = redacted
		}
		if u, err := url.Parse(b.URL); err == nil && (u.User != nil || u.RawQuery != "") {
			b.URL = u.Scheme + "://" + u.Host + u.Path
		}
	}
}

func redactSecrets(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			redactSecrets(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			redactSecrets(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			redactSecrets(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			redactSecrets(v.MapIndex(key))
		}
	case reflect.String:
		if s, isSecret := v.Interface().(Secret); isSecret && v.CanSet() {
			v.SetString(s.String())
		}
	}
}
