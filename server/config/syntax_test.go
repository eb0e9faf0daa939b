package config

import (
	"strings"
	"testing"
)

// TestBrokenTextTellsNoSecret: whatever is wrong with the writing, the secret
// in it stays out of the message and of the shown line (promise 6).
func TestBrokenTextTellsNoSecret(t *testing.T) {
	for _, text := range []string{
		`api_key = canary`, `api_key = 12canary`, `api_key = "can\qary-canary"`, `api_key = 'canary`, `api_key "canary"`,
		`api_key: canary`, "api_key = \"\"\"\ncanary\n", "keys = [\n\"canary=\",\n\"x\" \"canary\"\n]",
		`api_key = "canary" "canary"`, `headers = { a = "canary", b = canary }`, `url = "http://h" api_key = "canary"`,
		`api_key = 1canary.5`, `api_key = 2020-01-01canary`, `api_key = truecanary`, `api_key = canary = canary`,
		`api_key = 0xcanary`, "api_key = 'x'\napi_key = 'canary'",
	} {
		_, problems := Parse("f", []byte("[backends.a]\n"+text), testEnv)
		if !Broken(problems) {
			t.Errorf("%s is taken", text)
		}
		for _, p := range problems {
			if strings.Contains(p.String(), "canary") {
				t.Errorf("%s\n%s", text, p)
			}
		}
	}
}
