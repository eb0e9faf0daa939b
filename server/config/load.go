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

// Options say where to look.
type Options struct {
	File   string // empty: searched for
	Listen string // wins over the file's, and is checked like it
	Env    Environment
}

// SystemEnvironment is the process's own.
func SystemEnvironment() Environment { return Environment{Lookup: os.LookupEnv, ReadFile: os.ReadFile} }

// Loaded is a configuration with what is known of it.
type Loaded struct {
	Config   *Config
	Problems []Problem
	Source   string // the file, or "the environment"
	doc      *document
}

// Load finds and reads the configuration: the named file, else louter.toml
// here, in $XDG_CONFIG_HOME/louter or in /etc/louter, else the environment's
// keys. The error says that there is nothing to read; what is wrong with what
// was read is in the problems.
func Load(o Options) (*Loaded, error) {
	env := o.Env.filled()
	file := o.File
	if file == "" {
		file = findFile(env)
	}
	l := &Loaded{Source: file}
	if file == "" {
		l.Source = "the environment"
		l.doc = fromEnvironment(env)
		if l.doc == nil {
			return nil, ErrNothing
		}
	} else {
		data, err := env.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("configuration: %w", err)
		}
		l.doc = readDocument(file, data)
		l.doc.include(file, env)
	}
	l.Config = l.doc.configure(env, o.Listen)
	l.Problems = l.doc.sorted()
	return l, nil
}

// findFile: a file that is there and cannot be read is taken all the same,
// for Load to complain about.
func findFile(env Environment) string {
	places := []string{"louter.toml"}
	if dir, set := env.Lookup("XDG_CONFIG_HOME"); set && dir != "" {
		places = append(places, filepath.Join(dir, "louter", "louter.toml"))
	} else if dir, err := os.UserConfigDir(); err == nil {
		places = append(places, filepath.Join(dir, "louter", "louter.toml"))
	}
	for _, p := range append(places, "/etc/louter/louter.toml") {
		if _, err := env.ReadFile(p); !errors.Is(err, fs.ErrNotExist) {
			return p
		}
	}
	return ""
}
