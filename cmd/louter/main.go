// Command louter is the gateway: it serves, and it looks after its
// configuration. Exit codes: 0 fine, 1 failed while running, 2 wrong usage or
// configuration.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

// version is set by the linker: -ldflags "-X main.version=v1.2.3".
var version = ""

type commands struct {
	Serve       serveCommand       `cmd:"" help:"Run the gateway."`
	Check       checkCommand       `cmd:"" help:"Validate the configuration and tell every problem at once."`
	Models      modelsCommand      `cmd:"" help:"List what clients can name, and where each goes."`
	Config      configCommand      `cmd:"" help:"Look at the configuration."`
	Conform     conformCommand     `cmd:"" help:"Run the conformance suite, on Louter in this process or on any gateway."`
	Probe       probeCommand       `cmd:"" help:"Ask backends, with small real requests, whether they can do what is declared."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running gateway whether it is alive."`
	Completion  completionCommand  `cmd:"" help:"Print what lets a shell complete the command line."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// usageError is a fault of whoever called: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// console is where commands write.
type console struct{ out, err io.Writer }

func main() { os.Exit(run(os.Args[1:], console{out: os.Stdout, err: os.Stderr})) }

func run(args []string, con console) int {
	var cmd commands
	exited := -1
	parser, err := kong.New(&cmd, kong.Name("louter"), kong.UsageOnError(),
		kong.Description("A gateway between the Gemini API and the OpenAI API, in every direction."),
		kong.Writers(con.out, con.err), kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(con.err, "louter:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintln(con.err, "louter:", err)
		return exitUsage
	}
	if err := parsed.Run(con); err != nil {
		var usage usageError
		if errors.As(err, &usage) {
			fmt.Fprintln(con.err, "louter:", err)
			return exitUsage
		}
		fmt.Fprintln(con.err, "louter:", err)
		return exitFailed
	}
	return 0
}

type versionCommand struct{}

// Run prints the version and the revision it was built from.
func (versionCommand) Run(con console) error {
	_, err := fmt.Fprintln(con.out, "louter", versionText())
	return err
}

func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel " + s.Value[:12]
		}
	}
	return "devel"
}
