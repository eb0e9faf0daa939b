package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNothing says that there is neither a file nor a key in the environment.
var ErrNothing = errors.New("no configuration: set OPENAI_API_KEY or GEMINI_API_KEY, give --config FILE, or try --demo")

// Load finds and reads the configuration: the named file, else louter.toml
// here, in $XDG_CONFIG_HOME/louter or in /etc/louter, else the environment's
// keys. origin tells which it was.
func Load(named string) (cfg *Config, problems []Problem, origin string, err error) {
	env := Environment{Lookup: os.LookupEnv, ReadFile: os.ReadFile}
	path := named
	if path == "" {
		path = findFile()
	}
	if path == "" {
		cfg := fromEnvironment(env.Lookup)
		if cfg == nil {
			return nil, nil, "", ErrNothing
		}
		return cfg, nil, "environment", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, path, fmt.Errorf("configuration: %w", err)
	}
	cfg, problems = Parse(path, data, env)
	if len(cfg.Include) > 0 && !Broken(problems) {
		problems = append(problems, include(cfg, path, env)...)
	}
	return cfg, problems, path, nil
}

func findFile() string {
	places := []string{"louter.toml"}
	if dir, err := os.UserConfigDir(); err == nil {
		places = append(places, filepath.Join(dir, "louter", "louter.toml"))
	}
	for _, p := range append(places, "/etc/louter/louter.toml") {
		if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) {
			return p
		}
	}
	return ""
}

// include adds the backends of further files; everything else belongs into
// the main one.
func include(cfg *Config, main string, env Environment) []Problem {
	var problems []Problem
	for _, pattern := range cfg.Include {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(main), pattern)
		}
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return append(problems, Problem{File: main, Line: 1, Column: 1, Message: "include: a pattern is not well formed"})
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				problems = append(problems, Problem{File: path, Line: 1, Column: 1, Message: "the included file cannot be read"})
				continue
			}
			part, found := Parse(path, data, env)
			problems = append(problems, found...)
			for name, b := range part.Backends {
				if _, taken := cfg.Backends[name]; taken {
					problems = append(problems, Problem{File: path, Line: 1, Column: 1, Message: fmt.Sprintf("the backend %q is configured twice", name)})
					continue
				}
				b.Order += 1 << 20 // behind those of the main file
				cfg.Backends[name] = b
			}
		}
	}
	return problems
}

// fromEnvironment makes backends of the usual keys; nil where there is none.
func fromEnvironment(lookup func(string) (string, bool)) *Config {
	first := func(names ...string) string {
		for _, n := range names {
			if v, ok := lookup(n); ok && v != "" {
				return v
			}
		}
		return ""
	}
	cfg := Default()
	if key := first("OPENAI_API_KEY"); key != "" {
		b := DefaultBackend("openai")
		b.URL, b.APIKey = "https://api.openai.com", Secret(key)
		if base := first("OPENAI_BASE_URL"); base != "" {
			b.URL = base
		}
		b.Order = 2
		cfg.Backends[b.Name] = b
	}
	if key := first("GEMINI_API_KEY", "GOOGLE_API_KEY"); key != "" {
		b := DefaultBackend("gemini")
		b.Protocol, b.URL, b.APIKey, b.Order = ProtocolGemini, "https://generativelanguage.googleapis.com", Secret(key), 1
		if len(cfg.Backends) > 0 { // beside OpenAI it serves its own names
			b.ModelMapping = map[string]string{"gemini-*": "*", "models/*": "*", "gemma-*": "*"}
		}
		cfg.Backends[b.Name] = b
	}
	if len(cfg.Backends) == 0 {
		return nil
	}
	return cfg
}
