// Command loadcurve raises the load on a running Louter until its answers come
// too late, and writes the curve into a page: as a table and as an SVG. The
// load and the provider are the programs of the benchmark's harness;
// scripts/load.sh starts them.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type options struct {
	Loadgen string        `help:"Program that makes the load." required:"" type:"existingfile"`
	Mock    string        `help:"URL of the provider." default:"http://127.0.0.1:9100"`
	Louter  string        `help:"URL of Louter." default:"http://127.0.0.1:9120"`
	Page    string        `help:"Page whose last section is written." default:"docs/performance.md"`
	Picture string        `help:"SVG to write." default:"docs/load.svg"`
	Bound   time.Duration `help:"Most that p99 may be above the provider's own median." default:"10ms"`
	Most    time.Duration `help:"End the search after this long." default:"270s"`
	Note    string        `help:"A sentence for the page: on what, and beside what, it was measured."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("The highest load that Louter bears."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "loadcurve:", err)
		os.Exit(1)
	}
}

// way is how Louter is asked, and its provider without it.
type way struct {
	name, path, streamPath, wire string
}

// ways: both reach the provider by Chat Completions, so that one direct
// measurement is what both are held against.
func ways() []way {
	const model = "mock-oai"
	return []way{
		{"passthrough", "/v1/chat/completions", "/v1/chat/completions", "openai"},
		{"translation", "/v1beta/models/" + model + ":generateContent", "/v1beta/models/" + model + ":streamGenerateContent?alt=sse", "gemini"},
	}
}

func run(ctx context.Context, o options) error {
	ctx, cancel := context.WithTimeout(ctx, o.Most)
	defer cancel()
	m := &meter{options: o, direct: map[load]sample{}}
	var curves []curve
	for _, kind := range []kind{requests, streams} {
		for _, w := range ways() {
			c, err := search(ctx, m, kind, w)
			if err != nil {
				return err
			}
			curves = append(curves, c)
		}
	}
	if err := os.WriteFile(o.Picture, picture(curves, o.Bound), 0o644); err != nil {
		return err
	}
	return writePage(o, curves)
}
