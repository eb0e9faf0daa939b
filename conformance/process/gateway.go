// Package process starts a built Louter as its operator does and looks at it
// from outside only: sockets, signals, the log, /proc and the metrics. It
// brings a provider that fails by plan and clients that judge each answer, and
// shares no code with Louter.
package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Options say how a gateway is started.
type Options struct {
	Binary string // of Louter
	Dir    string // for its configuration file
	// Config is TOML without the listeners: both take free loopback ports.
	Config string
	Env    []string // beside the environment of this process
	// Descriptors is RLIMIT_NOFILE; 0: as this process has it.
	Descriptors int
	// Forget leaves out of the kept log what is said of each exchange.
	Forget bool
}

// Gateway is a running process.
type Gateway struct {
	URL   string // of the clients' listener
	Admin string // URL of the admin listener

	file  string
	cmd   *exec.Cmd
	log   lines
	ended chan struct{}
	err   error // once ended
}

const (
	startPatience = 60 * time.Second // a machine that builds beside is slow
	listeners     = "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n"
)

// Start returns when the gateway listens.
func Start(ctx context.Context, o Options) (*Gateway, error) {
	g := &Gateway{file: filepath.Join(o.Dir, "louter.toml"), ended: make(chan struct{})}
	if err := g.configure(o.Config); err != nil {
		return nil, err
	}
	g.cmd = exec.Command(o.Binary, "serve", "--config", g.file)
	if o.Descriptors > 0 {
		// Go raises the soft limit to the hard one at its start: both are set.
		script := fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, o.Descriptors)
		g.cmd = exec.Command("sh", append([]string{"-c", script, o.Binary}, g.cmd.Args[1:]...)...)
	}
	g.cmd.Env = append(os.Environ(), o.Env...)
	g.log.forget = o.Forget
	g.cmd.Stderr = &g.log
	greeting, err := g.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Louter: %w", err)
	}
	met := make(chan struct{})
	go g.read(greeting, met)
	select {
	case <-met:
		return g, nil
	case <-g.ended:
		return nil, fmt.Errorf("it ended before it listened: %w\n%s", g.err, g.log.text())
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(startPatience):
		err = errors.New("it does not listen")
	}
	return nil, errors.Join(err, g.Kill())
}

// read takes the addresses from the greeting, and waits for the end.
func (g *Gateway) read(greeting io.Reader, met chan<- struct{}) {
	told := bufio.NewScanner(greeting)
	for told.Scan() {
		if url, found := strings.CutPrefix(told.Text(), "listening on "); found {
			g.URL = url
		}
		if url, found := strings.CutPrefix(told.Text(), "metrics at "); found {
			g.Admin = strings.TrimSuffix(url, "/metrics")
			close(met)
			break
		}
	}
	_, copied := io.Copy(io.Discard, greeting)
	g.err = errors.Join(g.cmd.Wait(), copied, told.Err())
	close(g.ended)
}

func (g *Gateway) configure(text string) error {
	return os.WriteFile(g.file, []byte(listeners+text), 0o600)
}

// Reload writes a configuration, sends SIGHUP and returns when the gateway
// says that it has taken it.
func (g *Gateway) Reload(text string) error { return g.reload(text, `"reloaded"`) }

// RefusedReload is one of a configuration that the gateway must not take.
func (g *Gateway) RefusedReload(text string) error {
	return g.reload(text, "the old configuration is kept")
}

func (g *Gateway) reload(text, says string) error {
	if err := g.configure(text); err != nil {
		return err
	}
	before := g.log.count(says)
	if err := g.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	return g.await(func() bool { return g.log.count(says) > before }, "a reload")
}

// AwaitLog returns when the log has a line with this text.
func (g *Gateway) AwaitLog(text string) error {
	return g.await(func() bool { return g.log.count(text) > 0 }, text)
}

func (g *Gateway) await(seen func() bool, what string) error {
	return Await(what, func() (bool, error) {
		select {
		case <-g.ended:
			if !seen() {
				return false, fmt.Errorf("Louter has ended: %w\n%s", g.err, g.log.text())
			}
		default:
		}
		return seen(), nil
	})
}

// patience bounds every wait for something that will come.
const patience = 60 * time.Second

// Await asks until it is true; the error names what did not come.
func Await(what string, is func() (bool, error)) error {
	for until := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if ok, err := is(); ok || err != nil {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("waited %s in vain for: %s", patience, what)
		}
	}
}

// Signal sends one to the process.
func (g *Gateway) Signal(s os.Signal) error { return g.cmd.Process.Signal(s) }

// Kill ends the process at once, if it runs.
func (g *Gateway) Kill() error {
	err := g.cmd.Process.Kill()
	<-g.ended
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Ended is closed when the process has ended.
func (g *Gateway) Ended() <-chan struct{} { return g.ended }

// Wait gives what the process ended with; nil: exit code 0.
func (g *Gateway) Wait() error {
	select {
	case <-g.ended:
		return g.err
	case <-time.After(patience):
		return errors.Join(errors.New("it does not end"), g.Kill())
	}
}

// Log is what the process has written to its standard error.
func (g *Gateway) Log() string { return g.log.text() }

// Status asks a path of the clients' listener, on a fresh connection.
func (g *Gateway) Status(path string) (int, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Get(g.URL + path)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// CPU is the processor time that the process has used, to 10 ms.
func (g *Gateway) CPU() (time.Duration, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(g.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0, err
	}
	// The name in brackets may contain anything; proc(5) counts from 1.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const user, system, ticks = 14 - 3, 15 - 3, 100
	var sum int64
	for _, at := range []int{user, system} {
		n, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return time.Duration(sum) * (time.Second / ticks), nil
}
