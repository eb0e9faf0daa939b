// Command clients runs a program of real clients against Louter. It starts the
// strict services, a Louter from its binary that asks them, and the program,
// which finds Louter in LOUTER_URL; what the program exits with is its own end.
//
//	clients -louter bin/louter -log louter.log node run.mjs
//
// Louter answers to gpt-4o-on-chat, gpt-4o-on-gemini, gemini-3-pro-on-chat and
// gemini-3-pro-on-gemini, since clients behave by the beginning of a name, and
// to the same names with "thinks-" or "missing-" before "on".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"louter/conformance/strict"
)

// longest is how long a program of clients may take.
const longest = 3 * time.Minute

func main() {
	binary := flag.String("louter", "bin/louter", "Louter's binary")
	logFile := flag.String("log", os.DevNull, "where Louter's log goes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, longest)
	err := run(ctx, *binary, *logFile, flag.Args())
	cancel()
	stop()
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.ExitCode() > 0 {
		os.Exit(failed.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, logFile string, program []string) (err error) {
	if len(program) == 0 {
		return errors.New("no program to run")
	}
	chat, err := strict.NewChat()
	if err != nil {
		return err
	}
	defer chat.Close()
	gemini, err := strict.NewGemini()
	if err != nil {
		return err
	}
	defer gemini.Close()
	g, err := startGateway(ctx, binary, logFile, chat.URL, gemini.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	clients := exec.CommandContext(ctx, program[0], program[1:]...)
	clients.Env = append(os.Environ(), "LOUTER_URL="+g.url, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	clients.Stdout, clients.Stderr = os.Stdout, os.Stderr
	if err := clients.Run(); err != nil {
		return fmt.Errorf("%s: %w", program[0], err)
	}
	return nil
}
