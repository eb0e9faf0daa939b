package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"louter/cmd/louter/probe"
	"louter/conformance"
	"louter/conformance/scenario"
	"louter/server/config"
)

type probeCommand struct {
	configFile
	Name    string        `arg:"" optional:"" name:"backend" help:"The backend to ask; without it: all." placeholder:"BACKEND"`
	Backend string        `help:"The same as the argument." placeholder:"NAME"`
	Model   string        `help:"The model to ask for, as clients name it. Without it: one that the backend's mapping names." placeholder:"NAME"`
	Timeout time.Duration `help:"How long each answer may take." default:"60s"`
	JSON    bool          `help:"Print the results as JSON." name:"json"`
}

// Help is shown below the flags.
func (probeCommand) Help() string {
	return "Each declared capability is one small real request, which providers bill. Exit code 1 where one of them fails."
}

var (
	errCapability = errors.New("a declared capability fails")
	errNotAsked   = errors.New("not every backend could be asked")
)

// Run asks, one backend after the other, and prints a table.
func (c probeCommand) Run(con console) error {
	loaded, err := c.load(con, "")
	if err != nil {
		return err
	}
	names, err := c.names(loaded.Config)
	if err != nil {
		return usageError{err}
	}
	cases, err := conformance.Cases()
	if err != nil {
		return err
	}
	media, err := scenario.Media(cases)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	o := probe.Options{Model: c.Model, Timeout: c.Timeout, Media: media, Done: func(r probe.Result) {
		fmt.Fprintf(con.err, "%s %s: %s\n", r.Backend, r.Capability, r.Verdict)
	}}
	all, untold := []probe.Result{}, error(nil)
	for _, name := range names {
		results, err := probe.Backend(ctx, loaded.Config, name, o)
		all = append(all, results...)
		if err != nil {
			fmt.Fprintf(con.err, "louter: backend %s: %v\n", name, err)
			untold = errNotAsked
		}
	}
	if err := c.print(con, all); err != nil {
		return err
	}
	return errors.Join(failed(all), untold)
}

// names are the backends to ask, in the order in which requests try them.
func (c probeCommand) names(cfg *config.Config) ([]string, error) {
	wanted := cmp.Or(c.Name, c.Backend)
	if c.Backend != "" && c.Backend != wanted {
		return nil, fmt.Errorf("%q or %q? one backend can be named", c.Name, c.Backend)
	}
	if c.Timeout <= 0 {
		return nil, errors.New("--timeout must be more than 0")
	}
	if wanted != "" && cfg.Backends[wanted] == nil {
		return nil, fmt.Errorf("there is no backend %q", wanted)
	}
	var names []string
	for _, b := range cfg.BackendList() {
		_, serves := b.MapModel(c.Model)
		if b.Name == wanted || wanted == "" && (serves || c.Model == "") {
			names = append(names, b.Name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no backend serves %q", c.Model)
	}
	return names, nil
}

func failed(all []probe.Result) error {
	for _, r := range all {
		if r.Verdict == probe.Fails {
			return errCapability
		}
	}
	return nil
}

func (c probeCommand) print(con console, all []probe.Result) error {
	if c.JSON {
		e := json.NewEncoder(con.out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	table := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "BACKEND\tMODEL\tCAPABILITY\tRESULT\tTIME\tDETAIL")
	for _, r := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Backend, r.Model, r.Capability, r.Verdict, r.Took.Round(time.Millisecond), r.Detail)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	c.advise(con, all)
	return nil
}

// advise says what could be declared without failing.
func (c probeCommand) advise(con console, all []probe.Result) {
	fine, wrong := map[string][]string{}, map[string]bool{}
	var order []string
	for _, r := range all {
		if fine[r.Backend] == nil {
			order, fine[r.Backend] = append(order, r.Backend), []string{}
		}
		if r.Verdict == probe.Fails {
			wrong[r.Backend] = true
			continue
		}
		fine[r.Backend] = append(fine[r.Backend], fmt.Sprintf("%q", r.Capability))
	}
	for _, name := range order {
		if wrong[name] && len(fine[name]) > 0 {
			fmt.Fprintf(con.out, "\nwhat works in [backends.%s]: capabilities = [%s]\n", name, strings.Join(fine[name], ", "))
		}
	}
}
