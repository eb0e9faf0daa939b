package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"louter/server"
	"louter/server/config"
)

// configFile is the flag that every verb with a configuration has.
type configFile struct {
	Config string `help:"The configuration file. Without it: louter.toml here, in the user's configuration directory or in /etc/louter, else the keys in the environment." placeholder:"FILE"`
}

var errUnusable = errors.New("the configuration cannot be used")

// load reads the configuration and prints what is wrong with it; listen,
// where not empty, wins over the file's.
func (f configFile) load(con console, listen string) (*config.Loaded, error) {
	loaded, err := f.read(listen)
	if err != nil {
		return nil, err
	}
	return loaded, report(con, loaded)
}

func (f configFile) read(listen string) (*config.Loaded, error) {
	return f.readFrom(config.SystemEnvironment(), listen)
}

func (f configFile) readFrom(env config.Environment, listen string) (*config.Loaded, error) {
	loaded, err := config.Load(config.Options{File: f.Config, Listen: listen, Env: env})
	if err != nil {
		return nil, usageError{err}
	}
	return loaded, nil
}

func report(con console, loaded *config.Loaded) error {
	for _, p := range loaded.Problems {
		fmt.Fprintln(con.err, p)
	}
	if config.Broken(loaded.Problems) {
		return usageError{errUnusable}
	}
	return nil
}

// tryToBuild makes the gateway, which opens nothing: only the protocols know
// whether a backend's quirks can be had.
func tryToBuild(loaded *config.Loaded) {
	if config.Broken(loaded.Problems) {
		return
	}
	if _, err := server.New(loaded.Config, server.Options{}); err != nil {
		loaded.Problems = append(loaded.Problems, config.Problem{File: loaded.Source, Message: err.Error()})
	}
}

type checkCommand struct {
	configFile
	JSON bool `help:"Print the problems as JSON."`
}

// Run validates; warnings alone leave the exit code 0.
func (c checkCommand) Run(con console) error {
	loaded, err := c.read("")
	if err != nil {
		return err
	}
	tryToBuild(loaded)
	if c.JSON {
		return printJSON(con, loaded.Problems)
	}
	if err := report(con, loaded); err != nil {
		return err
	}
	verdict := "fine"
	if n := len(loaded.Problems); n > 0 {
		verdict = fmt.Sprintf("can be used; warnings: %d", n)
	}
	_, err = fmt.Fprintf(con.out, "%s: %s\n", loaded.Source, verdict)
	return err
}

func printJSON(con console, problems []config.Problem) error {
	if problems == nil {
		problems = []config.Problem{}
	}
	e := json.NewEncoder(con.out)
	e.SetIndent("", "  ")
	if err := e.Encode(problems); err != nil {
		return err
	}
	if config.Broken(problems) {
		return usageError{errUnusable}
	}
	return nil
}

type modelsCommand struct{ configFile }

// Run lists name or pattern, backend, the backend's name for it, protocol.
func (c modelsCommand) Run(con console) error {
	loaded, err := c.load(con, "")
	if err != nil {
		return err
	}
	for _, b := range loaded.Config.BackendList() {
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
	Show   showCommand   `cmd:"" help:"Print the effective configuration and where each value comes from; secrets never show."`
	Schema schemaCommand `cmd:"" help:"Print a JSON Schema of the configuration."`
}

type showCommand struct {
	configFile
	Redacted bool `help:"Hide secrets; they are hidden in any case." default:"true"`
}

// Run prints TOML with the defaults filled in.
func (c showCommand) Run(con console) error {
	loaded, err := c.load(con, "")
	if err != nil {
		return err
	}
	return loaded.Show(con.out)
}

type schemaCommand struct{}

// Run prints the schema.
func (schemaCommand) Run(con console) error {
	schema, err := config.Schema()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, string(schema))
	return err
}
