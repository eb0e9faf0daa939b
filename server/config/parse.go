package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// laterTables are parts of the contract that this version does not have.
// Taking them without a word would promise what nothing keeps.
var laterTables = []string{"cache", "telemetry", "state", "retry"}

// Environment is where ${…} is looked up.
type Environment struct {
	Lookup   func(string) (string, bool)
	ReadFile func(string) ([]byte, error)
}

// Parse reads one file over the defaults and tells every problem at once. The
// configuration may be used only if none of them is an error.
func Parse(name string, data []byte, env Environment) (*Config, []Problem) {
	src := newSource(name, data)
	cfg := Default()
	problems := decode(src, data, cfg)
	if Broken(problems) {
		return cfg, problems
	}
	fillBackends(src, cfg)
	problems = append(problems, expand(src, cfg, env)...)
	if Broken(problems) {
		return cfg, problems
	}
	problems = append(problems, check(src, cfg)...)
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return cfg, problems
}

// decode runs strictly. Backends are decoded over their own defaults, which
// the library's maps cannot do, so that presence is read first.
func decode(src *source, data []byte, cfg *Config) []Problem {
	var shape struct {
		Backends map[string]any `toml:"backends"`
	}
	if err := toml.Unmarshal(data, &shape); err == nil {
		for name := range shape.Backends {
			cfg.Backends[name] = DefaultBackend(name)
		}
	}
	d := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	err := d.Decode(cfg)
	var strict *toml.StrictMissingError
	var fault *toml.DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &strict):
		problems := make([]Problem, 0, len(strict.Errors))
		for i := range strict.Errors {
			problems = append(problems, unknownKey(src, &strict.Errors[i]))
		}
		return problems
	case errors.As(err, &fault):
		line, column := fault.Position()
		return []Problem{src.problem(line, column, "%s", plainReason(fault))}
	}
	return []Problem{src.problem(1, 1, "the file cannot be read as TOML")}
}

func unknownKey(src *source, fault *toml.DecodeError) Problem {
	line, column := fault.Position()
	key := []string(fault.Key())
	if len(key) > 0 && slices.Contains(laterTables, key[0]) {
		return src.problem(line, column, "[%s] is not available in this version", key[0])
	}
	message := fmt.Sprintf("unknown key %q", strings.Join(key, "."))
	for i, word := range key { // the first word that is not known is the mistyped one
		known := knownKeys(reflect.TypeFor[Config](), key[:i])
		if len(known) == 0 || slices.Contains(known, word) {
			continue
		}
		if guess := nearest(word, known); guess != "" {
			message += fmt.Sprintf("; did you mean %q?", guess)
		}
		break
	}
	return src.problem(line, column, "%s", message)
}

// knownKeys lists the keys of the table at a path.
func knownKeys(t reflect.Type, path []string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Map {
		if len(path) == 0 {
			return nil
		}
		return knownKeys(t.Elem(), path[1:])
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("toml")
		if name == "" || name == "-" {
			continue
		}
		if len(path) > 0 && name == path[0] {
			return knownKeys(t.Field(i).Type, path[1:])
		}
		keys = append(keys, name)
	}
	if len(path) > 0 {
		return nil
	}
	return keys
}

// plainReason says a fault in the words of the file: the library's name Go
// types and repeat values, of which one may be a secret.
func plainReason(fault *toml.DecodeError) string {
	text := strings.TrimPrefix(fault.Error(), "toml: ")
	key := strings.Join(fault.Key(), ".")
	for _, hint := range []string{"a duration looks like", "a size looks like"} {
		if at := strings.Index(text, hint); at >= 0 {
			return strings.TrimSpace(key + ": " + text[at:])
		}
	}
	if strings.Contains(text, "cannot decode") || strings.Contains(text, "cannot store") || strings.Contains(text, "incompatible types") {
		kinds := kindsIn(text)
		if key != "" {
			return fmt.Sprintf("%s has a value of the wrong type%s", key, kinds)
		}
		return "the value has the wrong type" + kinds
	}
	if key != "" {
		return key + ": " + text
	}
	return text
}

func kindsIn(text string) string {
	for _, k := range []string{"string", "integer", "boolean", "float", "array", "table"} {
		if strings.Contains(text, "TOML "+k) {
			return ": it is " + article(k)
		}
	}
	return ""
}

func article(k string) string {
	if strings.ContainsRune("aeiou", rune(k[0])) {
		return "an " + k
	}
	return "a " + k
}

// fillBackends names the backends and gives them their order in the file.
func fillBackends(src *source, cfg *Config) {
	for name, b := range cfg.Backends {
		b.Name = name
		line, _ := src.find("backends."+name, "")
		b.Order = line
		if seconds := cfg.Performance.TimeoutSeconds; seconds > 0 { // the original's one limit for a whole answer
			b.Timeouts.Unary = Duration(time.Duration(seconds) * time.Second)
		}
	}
}
