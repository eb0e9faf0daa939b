// Command soak lets many clients ask a built Louter while its providers fail
// at random, and says whether every answer was whole or visibly failed, and
// whether the process came back to where it began. Exit codes: 0 so, 1 not so.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"

	"louter/conformance/soak"
)

type options struct {
	Binary   string        `help:"Louter as it was built." default:"bin/louter" type:"existingfile"`
	Duration time.Duration `help:"Of the load." default:"10m"`
	Clients  int           `help:"At once; nine of ten ask for streams." default:"1000"`
	Seed     uint64        `help:"Of questions and faults." default:"1"`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("A soak of Louter with random faults."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	dir, err := os.MkdirTemp("", "louter-soak")
	if err != nil {
		return err
	}
	report, err := soak.Run(ctx, soak.Plan{Binary: o.Binary, Dir: dir, Clients: o.Clients, Duration: o.Duration, Seed: o.Seed, Progress: out})
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	return report.Tell(out)
}
