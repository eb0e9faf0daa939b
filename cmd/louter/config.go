package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/pelletier/go-toml/v2"

	"louter/server/config"
)

// configFile is the flag that every verb with a configuration has.
type configFile struct {
	Config string `help:"The configuration file. Without it: louter.toml here, in the user's configuration directory or in /etc/louter, else the keys in the environment." placeholder:"FILE"`
}

// load reads the configuration and prints what is wrong with it.
func (f configFile) load(con console) (*config.Config, string, error) {
	cfg, problems, origin, err := config.Load(f.Config)
	if err != nil {
		return nil, "", usageError{err}
	}
	for _, p := range problems {
		fmt.Fprintln(con.err, p)
	}
	if config.Broken(problems) {
		return nil, "", usageError{errors.New("the configuration cannot be used")}
	}
	return cfg, origin, nil
}

type checkCommand struct {
	configFile
	JSON bool `help:"Print the problems as JSON."`
}

// Run validates; warnings alone leave the exit code 0.
func (c checkCommand) Run(con console) error {
	if !c.JSON {
		_, origin, err := c.load(con)
		if err == nil {
			fmt.Fprintf(con.out, "%s: fine\n", origin)
		}
		return err
	}
	_, problems, _, err := config.Load(c.Config)
	if err != nil {
		return usageError{err}
	}
	if problems == nil {
		problems = []config.Problem{}
	}
	e := json.NewEncoder(con.out)
	e.SetIndent("", "  ")
	if err := e.Encode(problems); err != nil {
		return err
	}
	if config.Broken(problems) {
		return usageError{errors.New("the configuration cannot be used")}
	}
	return nil
}

type modelsCommand struct{ configFile }

// Run lists name or pattern, backend, the backend's name for it, protocol.
func (c modelsCommand) Run(con console) error {
	cfg, _, err := c.load(con)
	if err != nil {
		return err
	}
	for _, b := range cfg.BackendList() {
		for _, line := range modelLines(b) {
			fmt.Fprintln(con.out, line)
		}
	}
	return nil
}

func modelLines(b *config.Backend) []string {
	if len(b.ModelMapping) == 0 {
		return []string{fmt.Sprintf("%-32s → %-16s %-32s %s", "(every name)", b.Name, "(the same)", b.Protocol)}
	}
	lines := make([]string, 0, len(b.ModelMapping))
	for from, to := range b.ModelMapping {
		if to == "*" {
			to = "(the same)"
		}
		lines = append(lines, fmt.Sprintf("%-32s → %-16s %-32s %s", from, b.Name, to, b.Protocol))
	}
	sort.Strings(lines)
	return lines
}

type configCommand struct {
	Show showCommand `cmd:"" help:"Print the effective configuration; secrets never show."`
}

type showCommand struct {
	configFile
	Redacted bool `help:"Hide secrets; they are hidden in any case." default:"true"`
}

// Run prints TOML with the defaults filled in.
func (c showCommand) Run(con console) error {
	cfg, origin, err := c.load(con)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.out, "# from %s; what is not set there has its default\n", origin)
	config.Redact(cfg)
	return toml.NewEncoder(con.out).Encode(cfg)
}
