package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// memory is an environment of variables and files, and of nothing else.
func memory(variables, files map[string]string) Environment {
	return Environment{
		Lookup: func(name string) (string, bool) { v, ok := variables[name]; return v, ok },
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func TestLoadSearchesInOrder(t *testing.T) {
	const text = "[backends.a]\nurl = \"http://127.0.0.1:1\"\n"
	user := filepath.Join("/xdg", "louter", "louter.toml")
	places := []string{"louter.toml", user, "/etc/louter/louter.toml"}
	variables := map[string]string{"XDG_CONFIG_HOME": "/xdg", "OPENAI_API_KEY": "k"}
	for i, want := range append(places, "the environment") {
		files := map[string]string{}
		for _, p := range places[i:] {
			files[p] = text
		}
		loaded, err := Load(Options{Env: memory(variables, files)})
		if err != nil || loaded.Source != want || len(loaded.Problems) > 0 {
			t.Errorf("%v, %v, want %s", loaded, err, want)
		}
	}
	if _, err := Load(Options{Env: memory(map[string]string{"XDG_CONFIG_HOME": "/xdg", "OPENAI_API_KEY": ""}, nil)}); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing at all: %v", err)
	}
	if _, err := Load(Options{File: "named.toml", Env: memory(variables, map[string]string{"louter.toml": text})}); err == nil {
		t.Error("a named file that is missing is not replaced by another")
	}
}

func TestEnvironmentSharesModels(t *testing.T) {
	both := map[string]string{"OPENAI_API_KEY": "one\n", "OPENAI_BASE_URL": "http://127.0.0.1:8080", "GOOGLE_API_KEY": "two", "XDG_CONFIG_HOME": "/xdg"}
	loaded, err := Load(Options{Env: memory(both, nil)})
	if err != nil || len(loaded.Problems) > 0 {
		t.Fatal(err, loaded)
	}
	for model, want := range map[string]string{"gemini-3-pro": "gemini", "models/gemini-3-pro": "gemini", "gpt-5": "openai", "anything": "openai"} {
		for _, b := range loaded.Config.BackendList() {
			if _, mapped := b.MapModel(model); mapped {
				if b.Name != want {
					t.Errorf("%s goes to %s", model, b.Name)
				}
				break
			}
		}
	}
	openai := loaded.Config.Backends["openai"]
	if openai.APIKey.Reveal() != "one" || openai.URL != both["OPENAI_BASE_URL"] {
		t.Errorf("%q at %s", openai.APIKey.Reveal(), openai.URL)
	}
	both["OPENAI_API_KEY"] = "canary\x01inner"
	loaded, err = Load(Options{Env: memory(both, nil)})
	if err != nil || !Broken(loaded.Problems) || strings.Contains(loaded.Problems[0].String(), "canary") {
		t.Errorf("%v %v", err, loaded.Problems)
	}
}

func TestIncludeMakesOneConfiguration(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func() *Loaded {
		t.Helper()
		loaded, err := Load(Options{File: filepath.Join(dir, "main.toml"), Env: SystemEnvironment()})
		if err != nil {
			t.Fatal(err)
		}
		return loaded
	}
	write("main.toml", "include = [\"*.part\"]\n[backends.m]\nurl = \"http://h\"\nfallback = \"b\"\n")
	write("1.part", "[backends.b]\nurl = \"http://h\"\n[limits]\nmax_header = 4096\n")
	write("2.part", "[backends.a]\nurl = \"http://h\"\n")
	loaded := load()
	var order []string
	for _, b := range loaded.Config.BackendList() {
		order = append(order, b.Name)
	}
	if Broken(loaded.Problems) || !reflect.DeepEqual(order, []string{"m", "b", "a"}) || loaded.Config.Limits.MaxHeader != 4096 {
		t.Errorf("%v %v", order, loaded.Problems)
	}

	write("2.part", "include = [\"x\"]\n[backends.b]\nurl = \"http://h\"\n[backends.a]\nurl = 5\n")
	var said []string
	for _, p := range load().Problems {
		if !p.Warning {
			said = append(said, strings.TrimPrefix(p.File, dir+string(filepath.Separator))+": "+p.Message)
		}
	}
	want := []string{
		"2.part: include works in the main file alone",
		"2.part: backends.b is set already, in " + filepath.Join(dir, "1.part") + ":1",
		"2.part: backends.a.url must be a string; it is a whole number",
	}
	if !reflect.DeepEqual(said, want) {
		t.Errorf("said\n%s", strings.Join(said, "\n"))
	}

	write("main.toml", "include = [\"none.toml\", \"[\"]\n")
	if problems := load().Problems; len(problems) != 2 || problems[0].Line != 1 {
		t.Errorf("%v", problems)
	}
}

// TestListenFlagIsCheckedLikeTheFile: the guard of open addresses holds for
// --listen, too.
func TestListenFlagIsCheckedLikeTheFile(t *testing.T) {
	files := map[string]string{"a.toml": "listen = \"127.0.0.1:1\"\n[backends.a]\nurl = \"http://h\"\n"}
	for listen, broken := range map[string]bool{"0.0.0.0:1": true, ":1": true, "[::]:1": true, "[::1]:1": false, "localhost:1": false, "": false} {
		loaded, err := Load(Options{File: "a.toml", Listen: listen, Env: memory(nil, files)})
		if err != nil || Broken(loaded.Problems) != broken {
			t.Errorf("%q: %v %v", listen, err, loaded.Problems)
		}
	}
}

// TestShowCanBeReadAgain: what `config show` prints is the same configuration
// but for its secrets, and names where values come from.
func TestShowCanBeReadAgain(t *testing.T) {
	files := map[string]string{"a.toml": `
custom_instructions = """two
lines # and a mark"""
[backends."my.own"]
url = "https://user:canary@h/v1"
api_key = "${KEY}"
temperature = 0.0
headers = { x-a = "canary" }
quirks = { a = true, b = [1, 2] }
model_mapping = { "g-*" = "*" }
[backends.b]
url = "http://h"
[performance]
timeout_seconds = 7
`}
	loaded, err := Load(Options{File: "a.toml", Env: memory(map[string]string{"KEY": "canary"}, files)})
	if err != nil || Broken(loaded.Problems) {
		t.Fatal(err, loaded.Problems)
	}
	var out bytes.Buffer
	if err := loaded.Show(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{"# a.toml:6 ${KEY}", "unary = '7s'  # performance.timeout_seconds", "idle = '1m0s'  # default"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(text, "canary") {
		t.Error("a secret is shown")
	}
	again, problems := Parse("again", out.Bytes(), Environment{})
	if Broken(problems) {
		t.Fatal(problems, text)
	}
	want := loaded.Config
	own := want.Backends["my.own"]
	own.URL, own.APIKey, own.Headers["x-a"] = "https://h/v1", redacted, redacted
	for _, c := range []*Config{want, again} {
		c.AdminByDefault = false // printed, it is a value like any other
		c.Include, c.Auth.Keys, c.CORS.Origins, c.Performance.AllowedTools = nil, nil, nil, nil
		for _, b := range c.Backends {
			b.Order, b.Capabilities = 0, nil
		}
	}
	again.Performance.OverrideSystemInstruction = want.Performance.OverrideSystemInstruction
	if !reflect.DeepEqual(again, want) {
		t.Errorf("got  %+v\nwant %+v\n%s", again.Backends["my.own"], own, text)
	}
}

// TestSchemaKnowsEveryKey: the schema, the words and the types agree.
func TestSchemaKnowsEveryKey(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	for name, want := range words {
		at := any(root)
		for _, word := range strings.Split(name, ".") {
			table := at.(map[string]any)
			if word == "*" {
				at = table["additionalProperties"]
			} else {
				at = table["properties"].(map[string]any)[word]
			}
			if at == nil {
				t.Fatalf("%s is not in the schema", name)
			}
		}
		found := at.(map[string]any)
		if items, isList := found["items"].(map[string]any); isList {
			found = items
		}
		if enum, _ := found["enum"].([]any); len(enum) != len(want) {
			t.Errorf("%s has the words %v", name, enum)
		}
	}
	// Whatever the defaults print is a key of the schema.
	text, err := toml.Marshal(Default())
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	for key := range tree {
		if root["properties"].(map[string]any)[key] == nil {
			t.Errorf("%s is not in the schema", key)
		}
	}
}
