package config

import (
	"errors"
	"strings"
	"testing"
)

// TestValuesOfTheEnvironment: a secret's last newline is not part of it, one
// with a line break inside is a fault that names its key alone (reports F19).
func TestValuesOfTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		value string
		key   string // "": refused
	}{
		"plain":             {"canary", "canary"},
		"a newline":         {"canary\n", "canary"},
		"Windows' newline":  {"canary\r\n", "canary"},
		"a break inside":    {"canary\nX-Evil: 1", ""},
		"a control letter":  {"canary\x01", ""},
		"no UTF-8":          {"canary\xff", ""},
		"two newlines":      {"canary\n\n", ""},
		"a carriage return": {"can\rary", ""},
	} {
		for _, source := range []string{"${KEY}", "${file:/run/secrets/key}"} {
			env := Environment{
				Lookup: func(string) (string, bool) { return c.value, true },
				ReadFile: func(path string) ([]byte, error) {
					if path != "/run/secrets/key" {
						return nil, errors.New("another file")
					}
					return []byte(c.value), nil
				},
			}
			cfg, problems := Parse("f", []byte("[backends.openai]\nurl = \"https://h\"\napi_key = \""+source+"\"\n"), env)
			if c.key != "" {
				if Broken(problems) || string(cfg.Backends["openai"].APIKey) != c.key {
					t.Errorf("%s, %s: %v", name, source, problems)
				}
				continue
			}
			if !Broken(problems) {
				t.Errorf("%s, %s: taken", name, source)
			}
			for _, p := range problems {
				if text := p.String(); !strings.Contains(text, "backends.openai.api_key") || strings.Contains(text, "can") {
					t.Errorf("%s, %s: %s", name, source, text)
				}
			}
		}
	}
}
