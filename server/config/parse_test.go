package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write what comes out into the golden files")

var testEnv = Environment{
	Lookup: func(name string) (string, bool) {
		v, ok := map[string]string{"KEY": "canary-key", "NEWLINE": "canary-line\n", "CONTROL": "canary\x01inner", "EMPTY": ""}[name]
		return v, ok
	},
	ReadFile: func(path string) ([]byte, error) {
		if path == "/run/secrets/k" {
			return []byte("canary-file\n"), nil
		}
		return nil, errors.New("no such file")
	},
}

// TestProblems: each file under testdata/problems is a configuration and what
// is said about it.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, problems := Parse("louter.toml", archive.Files[0].Data, testEnv)
			var got strings.Builder
			for _, p := range problems {
				got.WriteString(p.String() + "\n")
			}
			if strings.Contains(got.String(), "canary") {
				t.Errorf("a secret is told: %s", got.String())
			}
			if *update {
				archive.Files[1].Data = []byte(got.String())
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(archive.Files[1].Data); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

func TestParseReadsAllOfIt(t *testing.T) {
	cfg, problems := Parse("x", []byte(`
listen = "127.0.0.1:1"
[backends.b]
url = "https://h/"
protocol = "gemini"
api_key = "${file:/run/secrets/k}"
temperature = 0.0
headers = { a = "${NEWLINE}", b = "${NONE:-other}", c = "${EMPTY:-full}" }
[backends.b.model_mapping]
"x-*" = "*"
[backends.b.timeouts]
idle = "5m"
[backends.a]
url = "https://h/v9/"
api_key = "${KEY}"
`), testEnv)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b, a := cfg.Backends["b"], cfg.Backends["a"]
	if b.APIKey.Reveal() != "canary-file" || a.APIKey.Reveal() != "canary-key" || b.Headers["a"] != "canary-line" || b.Headers["b"] != "other" || b.Headers["c"] != "full" {
		t.Errorf("expanded to %v %v", b.Headers, b.APIKey.Reveal())
	}
	if *b.Temperature != 0 || b.Timeouts.Idle.D() != 5*time.Minute || b.Timeouts.Connect.D() != 5*time.Second || b.Priority != 100 || b.ModelMapping["x-*"] != "*" {
		t.Errorf("values or defaults: %+v", b)
	}
	for backend, want := range map[*Backend]string{b: "https://h/v1beta", a: "https://h/v9"} {
		if u, err := backend.BaseURL(); err != nil || u.String() != want {
			t.Errorf("base %v, %v", u, err)
		}
	}
	if order := cfg.BackendList(); order[0] != b {
		t.Error("equal priorities keep the order of the file")
	}
}

// TestMapModel: reports F21.
func TestMapModel(t *testing.T) {
	b := &Backend{ModelMapping: map[string]string{"foo*": "1", "foo": "2", "f*": "3", "*-thinking": "4", "keep-*": "*", "a?c": "5"}}
	for name, want := range map[string]string{
		"foo": "2", "foobar": "1", "fx": "3", "foo-thinking": "4", "x-thinking": "4", "keep-a/b:c": "keep-a/b:c", "abc": "5", "abbc": "", "": "",
	} {
		for range 20 {
			if got, ok := b.MapModel(name); got != want || ok != (want != "") {
				t.Fatalf("%q became %q, %t", name, got, ok)
			}
		}
	}
	if got, ok := (&Backend{}).MapModel("any"); got != "any" || !ok {
		t.Error("an empty mapping serves every name")
	}
}

// TestMatchGlobAgainstTheSlowWay compares with the definition itself.
func TestMatchGlobAgainstTheSlowWay(t *testing.T) {
	var slow func(p, s string) bool
	slow = func(p, s string) bool {
		switch {
		case p == "":
			return s == ""
		case p[0] == '*':
			return slow(p[1:], s) || s != "" && slow(p, s[1:])
		case s == "":
			return false
		}
		return (p[0] == '?' || p[0] == s[0]) && slow(p[1:], s[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		p, s := rapid.StringMatching(`[ab*?]{0,8}`).Draw(t, "pattern"), rapid.StringMatching(`[ab]{0,8}`).Draw(t, "name")
		if got, want := matchGlob(p, s), slow(p, s); got != want {
			t.Fatalf("%q on %q: %t", p, s, got)
		}
	})
}

// TestMapModelChoosesTheMostLiteral: what wins matches, and nothing that
// matches is more literal; an exact name beats all (reports F21).
func TestMapModelChoosesTheMostLiteral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfNDistinct(rapid.StringMatching(`[ab*?]{1,5}`), 1, 8, rapid.ID[string]).Draw(t, "patterns")
		name := rapid.StringMatching(`[ab]{1,5}`).Draw(t, "name")
		b := &Backend{ModelMapping: map[string]string{}}
		for _, p := range patterns {
			b.ModelMapping[p] = "to:" + p
		}
		got, mapped := b.MapModel(name)
		winner := strings.TrimPrefix(got, "to:")
		if mapped && !matchGlob(winner, name) {
			t.Fatalf("%q does not match %q", winner, name)
		}
		for _, p := range patterns {
			if !matchGlob(p, name) {
				continue
			}
			if !mapped || winner != name && (p == name || countLiterals(p) > countLiterals(winner)) {
				t.Fatalf("%q took %q (%t) and not %q", name, winner, mapped, p)
			}
		}
	})
}

func TestSecretsNeverShow(t *testing.T) {
	s := Secret("canary")
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{s.String(), s.GoString(), s.LogValue().String(), string(text)} {
		if strings.Contains(shown, "canary") {
			t.Errorf("%q", shown)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("")
	f.Add("a.b = [[{c = '${KEY}'}], 1]\nbackends.\"[0]\" = { url = \"x\", quirks.x = 1979-05-27 }")
	f.Add("[backends.a]\nurl = \"http://x\"\n")
	f.Add("listen = 5\n[backends.a.timeouts]\nidle = \"x\"")
	f.Add("a = \"${KEY\"\n[[backends]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, problems := Parse("f", []byte(text), testEnv)
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Errorf("a problem without its place: %+v", p)
			}
			if strings.Contains(p.String(), "canary") && !strings.Contains(text, "canary") {
				t.Errorf("a secret is told: %s", p)
			}
		}
	})
}
