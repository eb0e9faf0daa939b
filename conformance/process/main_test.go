package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"louter/conformance/process"
)

// aloneAt makes this binary a provider at that address, which can be killed.
const aloneAt = "LOUTER_TEST_UPSTREAM"

// binary is the Louter under test.
var binary string

func TestMain(m *testing.M) {
	if addr := os.Getenv(aloneAt); addr != "" {
		serveAlone(addr)
	}
	os.Exit(testAll(m))
}

func serveAlone(addr string) {
	u, err := process.StartUpstream(addr, process.NoFault, process.AsAsked)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(u.URL())
	select {} // until it is killed
}

func testAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "louter-process")
	if err == nil {
		binary = filepath.Join(dir, "louter")
		args := append([]string{"build", "-o", binary}, buildFlags...)
		build := exec.Command("go", append(args, "louter/cmd/louter")...)
		build.Stderr = os.Stderr
		err = build.Run()
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// start brings up a gateway, and ends it with the test.
func start(t *testing.T, o process.Options) *process.Gateway {
	t.Helper()
	o.Binary, o.Dir = binary, t.TempDir()
	g, err := process.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("Louter's log:\n%s", tail(g.Log()))
		}
	})
	return g
}

func tail(log string) string {
	const most = 4000
	return log[max(0, len(log)-most):]
}

func upstream(t *testing.T, plan process.Plan, pause process.Pause) *process.Upstream {
	t.Helper()
	u, err := process.StartUpstream("127.0.0.1:0", plan, pause)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	})
	return u
}

// backend is the table of one.
func backend(name, protocol, url string, more ...string) string {
	return fmt.Sprintf("[backends.%s]\nprotocol = %q\nurl = %q\napi_key = \"k\"\n%s\n", name, protocol, url, strings.Join(more, "\n"))
}

// crowd asks without a pause until it is stopped, in both dialects, streams
// and whole answers in turn.
type crowd struct {
	client *process.Client
	gap    time.Duration
	pieces int

	mu      sync.Mutex
	next    int64
	answers []asked
	wg      sync.WaitGroup
	stop    context.CancelFunc
}

type asked struct {
	process.Question
	process.Answer
}

func gather(t *testing.T, g *process.Gateway, size int, c *crowd) *crowd {
	c.client = process.NewClient(g.URL, size)
	ctx, stop := context.WithCancel(t.Context())
	c.stop = stop
	for range size {
		c.wg.Go(func() {
			for ctx.Err() == nil {
				q := c.question()
				a := c.client.Ask(t.Context(), q, nil)
				c.mu.Lock()
				c.answers = append(c.answers, asked{q, a})
				c.mu.Unlock()
			}
		})
	}
	t.Cleanup(func() { c.disperse() })
	return c
}

func (c *crowd) question() process.Question {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	return process.Question{ID: c.next, Gemini: c.next%2 == 0, Stream: c.next/2%2 == 0, Pieces: c.pieces, Gap: c.gap}
}

// disperse lets each end what it has asked.
func (c *crowd) disperse() []asked {
	c.stop()
	c.wg.Wait()
	c.client.Transport.CloseIdleConnections()
	return c.answers
}

// more waits for that many answers from now on.
func (c *crowd) more(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.answers)
	}
	before := count()
	if err := process.Await(fmt.Sprintf("%d more answers", n), func() (bool, error) { return count() >= before+n, nil }); err != nil {
		t.Fatal(err)
	}
}

// each of the four kinds must have been asked often, else nothing was shown.
func everyKind(t *testing.T, answers []asked, least int) {
	t.Helper()
	kinds := map[string]int{}
	for _, a := range answers {
		kinds[fmt.Sprintf("gemini %t, stream %t", a.Gemini, a.Stream)]++
	}
	for kind, n := range kinds {
		if n < least {
			t.Errorf("%s: only %d answers", kind, n)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("asked only %v", kinds)
	}
}
