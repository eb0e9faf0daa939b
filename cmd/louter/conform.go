package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"louter/cmd/louter/inprocess"
	"louter/conformance"
	reports "louter/conformance/report"
	"louter/conformance/scenario"
	"louter/conformance/suite"
)

type conformCommand struct {
	Phase      int    `help:"Run one phase: 1 the recorded bodies themselves, 2 Gemini client over Chat, 3 Gemini over Gemini, 4 Chat over Gemini, 5 Chat over Chat." placeholder:"N"`
	Filter     string `help:"Run the cases whose names match." placeholder:"GLOB"`
	Target     string `help:"Judge the gateway that this file describes, in place of Louter in this process." placeholder:"FILE" type:"existingfile"`
	Cases      string `help:"Folder of cases; without it conformance/testdata, else those in the binary." placeholder:"DIR" type:"existingdir"`
	Recordings string `help:"Folder of further recordings, WIRE/NAME/response.json or .sse." placeholder:"DIR" type:"existingdir"`
	Recuts     int    `help:"How often each stream is run again, cut at random borders; a target's file may say another number." default:"2"`
	Models     bool   `help:"Print the models that the chosen cases ask for, one a line, and ask nothing: for the configuration of a gateway that must be told them."`
	Record     bool   `help:"Ask the real services what the chosen cases ask, and write upstream.*.http. Needs OPENAI_API_KEY with RECORD_OPENAI_MODEL, GEMINI_API_KEY with RECORD_GEMINI_MODEL, or both; RECORD_OPENAI_URL and RECORD_GEMINI_URL name other services. It costs what the requests cost."`
	Update     bool   `help:"Write the goldens of the chosen cases."`
	JUnit      string `help:"Write a JUnit file." placeholder:"FILE" name:"junit"`
	JSON       string `help:"Write the results as JSON." placeholder:"FILE" name:"json"`
	Markdown   string `help:"Write the table as Markdown." placeholder:"FILE"`
	HTML       string `help:"Write one page with the table and every exchange." placeholder:"FILE" name:"html"`
	Verbose    bool   `help:"A line for each result, not a mark."`
}

var errNotConform = errors.New("the gateway does not conform")

const (
	casesOnDisk = "conformance/testdata"
	firstPhase  = 1
	lastPhase   = 5
)

// Run judges and reports; it fails on an unexpected failure and on an
// unexpected pass.
func (c conformCommand) Run(con console) error {
	if c.Phase != 0 && (c.Phase < firstPhase || c.Phase > lastPhase) {
		return usageError{fmt.Errorf("--phase %d is none of %d to %d", c.Phase, firstPhase, lastPhase)}
	}
	cases, media, err := c.load()
	if err != nil {
		return usageError{err}
	}
	if c.Models {
		return c.listModels(con, cases)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if c.Record {
		return c.record(ctx, con, cases)
	}
	terminal := &reports.Terminal{Out: con.out, Colour: coloured(con.out), Lines: c.Verbose}
	o := suite.Options{Starter: inprocess.Louter{}, Recuts: c.Recuts}
	r := &reports.Report{Gateway: "Louter " + versionText(), Why: map[string]string{}}
	if c.Target != "" {
		t, err := suite.LoadTarget(c.Target)
		if err != nil {
			return usageError{err}
		}
		o = t.Options()
		r.Gateway, r.Setup, r.Tweaks = t.Name+" "+t.Version, t.Setup, t.Tweaks
	}
	o.Cases, o.Media, o.Filter, o.Phase, o.Update, o.Done = cases, media, c.Filter, c.Phase, c.Update, terminal.Progress
	for _, x := range cases {
		r.Why[x.Name] = x.Why
	}
	return c.judge(ctx, o, r, terminal)
}

func (c conformCommand) listModels(con console, cases []*scenario.Case) error {
	chosen, err := suite.Choose(cases, c.Filter)
	if err != nil {
		return usageError{err}
	}
	for _, x := range chosen {
		if _, err := fmt.Fprintln(con.out, x.Model); err != nil {
			return err
		}
	}
	return nil
}

func (c conformCommand) judge(ctx context.Context, o suite.Options, r *reports.Report, terminal *reports.Terminal) error {
	r.Started = time.Now()
	var fault error
	if c.Target == "" && (c.Phase == 0 || c.Phase == firstPhase) {
		r.Results, fault = suite.CheckRecordings(o)
	}
	if fault == nil && c.Phase != firstPhase {
		var results []suite.Result
		results, fault = suite.Run(ctx, o)
		r.Results = append(r.Results, results...)
	}
	r.Took = time.Since(r.Started)
	terminal.End(r)
	if err := errors.Join(fault, c.write(r)); err != nil {
		return err
	}
	if r.Failed() {
		return errNotConform
	}
	return nil
}

// load reads the cases of the chosen folder with their media, and the
// recordings.
func (c conformCommand) load() ([]*scenario.Case, fs.FS, error) {
	var files fs.FS
	root := c.Cases
	if info, err := os.Stat(casesOnDisk); root == "" && err == nil && info.IsDir() {
		root = casesOnDisk
	}
	if root != "" {
		files = os.DirFS(root)
	} else {
		var err error
		if files, err = conformance.Cases(); err != nil {
			return nil, nil, err
		}
	}
	media, err := scenario.Media(files)
	if err != nil {
		return nil, nil, err
	}
	cases, err := scenario.Load(files, root)
	if err != nil || c.Recordings == "" {
		return cases, media, err
	}
	recorded, err := scenario.LoadRecordings(c.Recordings)
	return append(cases, recorded...), media, err
}

func (c conformCommand) write(r *reports.Report) error {
	var faults []error
	for _, f := range []struct {
		name string
		as   func(io.Writer) error
	}{{c.JUnit, r.JUnit}, {c.JSON, r.JSON}, {c.Markdown, r.Markdown}, {c.HTML, r.HTML}} {
		if f.name != "" {
			faults = append(faults, writeFile(f.name, f.as))
		}
	}
	return errors.Join(faults...)
}

func writeFile(name string, as func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(as(f), f.Close())
}

func coloured(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
