package config

import (
	"errors"
	"time"
)

// Parse reads one file's text over the defaults and tells every problem at
// once. The configuration may be used only if none of them is an error.
// Including further files is Load's.
func Parse(name string, data []byte, env Environment) (*Config, []Problem) {
	d := readDocument(name, data)
	cfg := d.configure(env.filled(), "")
	return cfg, d.sorted()
}

// filled lets an environment without its functions be an empty one.
func (e Environment) filled() Environment {
	if e.Lookup == nil {
		e.Lookup = func(string) (string, bool) { return "", false }
	}
	if e.ReadFile == nil {
		e.ReadFile = func(string) ([]byte, error) { return nil, errors.New("no files") }
	}
	return e
}

// configure turns the document into a configuration; listen, where not empty,
// wins over the document's.
func (d *document) configure(env Environment, listen string) *Config {
	cfg := Default()
	if d.unreadable {
		return cfg
	}
	if listen != "" {
		d.tree["listen"] = listen
		delete(d.places, path{"listen"}.id())
		d.origins[path{"listen"}.id()] = "--listen"
	}
	d.expand(env)
	d.bind(cfg)
	if !d.has(path{"admin_listen"}) {
		cfg.AdminListen, cfg.AdminByDefault = DefaultAdminListen, true
	}
	for name, b := range cfg.Backends {
		d.finish(cfg, name, b)
	}
	d.check(cfg, env)
	return cfg
}

func (d *document) finish(cfg *Config, name string, b *Backend) {
	b.Name = name
	at := path{"backends", name}
	b.Order = d.places[at.id()].rank
	// The original's one limit for a whole answer.
	unary := at.with("timeouts").with("unary")
	if n := cfg.Performance.TimeoutSeconds; n > 0 && !d.has(unary) {
		b.Timeouts.Unary = Duration(time.Duration(n) * time.Second)
		d.origins[unary.id()] = "performance.timeout_seconds"
	}
}
