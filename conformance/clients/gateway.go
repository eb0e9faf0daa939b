package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"louter/conformance/strict"
)

// configuration is Louter's. The strict services ask those who come too often
// to wait for 7 s: clients are told at once.
const configuration = `listen = "127.0.0.1:0"
admin_listen = ""
[drain]
delay = "0s"
timeout = "5s"
[retry]
max_wait = "1s"
[backends.chat]
protocol = "openai"
profile = "openai"
url = "%[2]s"
api_key = "%[1]s"
[backends.chat.model_mapping]
"*-thinks-on-chat" = "o4-mini"
"*-missing-on-chat" = "missing"
"*-on-chat" = "gpt-4o"
[backends.gemini]
protocol = "gemini"
url = "%[3]s"
api_key = "%[1]s"
[backends.gemini.model_mapping]
"*-missing-on-gemini" = "missing"
"*-on-gemini" = "gemini-3-pro-preview"
`

// patience is how long Louter may take to begin, and to end.
const patience = 10 * time.Second

type gateway struct {
	url     string
	process *exec.Cmd
	silent  chan struct{} // closed when Louter says nothing more
	folder  string
	log     *os.File
}

func startGateway(ctx context.Context, binary, logFile, chatURL, geminiURL string) (g *gateway, err error) {
	g = &gateway{}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.stop())
		}
	}()
	if g.folder, err = os.MkdirTemp("", "louter-clients-"); err != nil {
		return g, err
	}
	file := filepath.Join(g.folder, "louter.toml")
	if err = os.WriteFile(file, fmt.Appendf(nil, configuration, strict.Key, chatURL, geminiURL), 0o600); err != nil {
		return g, err
	}
	if g.log, err = os.Create(logFile); err != nil {
		return g, err
	}
	process := exec.CommandContext(ctx, binary, "serve", "--config", file)
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = patience
	process.Stderr = g.log
	out, err := process.StdoutPipe()
	if err != nil {
		return g, err
	}
	if err = process.Start(); err != nil {
		return g, fmt.Errorf("louter: %w", err)
	}
	g.process = process
	url := make(chan string, 1)
	g.silent = make(chan struct{})
	go g.listen(out, url)
	select {
	case g.url = <-url:
		return g, nil
	case <-g.silent:
	case <-time.After(patience):
	}
	return g, fmt.Errorf("louter did not begin to listen; its log is %s", logFile)
}

// listen reads what Louter says to its end, so that it never waits for a
// reader, and finds where it can be reached.
func (g *gateway) listen(out io.Reader, url chan<- string) {
	defer close(g.silent)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, found := strings.CutPrefix(lines.Text(), "listening on "); found {
			url <- at
		}
	}
}

// stop ends Louter as an operator does; an end that is not clean is an error.
func (g *gateway) stop() error {
	var errs []error
	if g.process != nil {
		if err := g.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, err)
		}
		<-g.silent
		if err := g.process.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("louter ended: %w", err))
		}
	}
	if g.log != nil {
		errs = append(errs, g.log.Close())
	}
	if g.folder != "" {
		errs = append(errs, os.RemoveAll(g.folder))
	}
	return errors.Join(errs...)
}
