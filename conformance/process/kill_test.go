package process_test

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"

	"louter/conformance/process"
)

// alone is a provider in a process of its own.
type alone struct {
	cmd *exec.Cmd
	url string
}

func startAlone(t *testing.T, addr string) *alone {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a := &alone{cmd: exec.Command(self)}
	a.cmd.Env = append(os.Environ(), aloneAt+"="+addr)
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.kill(t) })
	told := bufio.NewScanner(out)
	if !told.Scan() {
		t.Fatalf("the provider did not start: %v", told.Err())
	}
	a.url = told.Text()
	return a
}

// kill ends it as nobody can prevent (SIGKILL), once.
func (a *alone) kill(t *testing.T) {
	t.Helper()
	if a.cmd.ProcessState != nil {
		return
	}
	if err := a.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := a.cmd.Wait(); err == nil {
		t.Error("the provider ended well, though killed")
	}
}

// TestKilledBackendIsNotSeen: one of three providers is killed while it
// answers. Only a stream that had begun on it may fail, and must say so; all
// else is answered by the others. Back again, it is asked again.
func TestKilledBackendIsNotSeen(t *testing.T) {
	const quick = "breaker.open = \"300ms\""
	for _, protocol := range []string{"openai", "gemini"} {
		t.Run(protocol, func(t *testing.T) {
			config, providers := "[drain]\ndelay = \"0s\"\n", map[string]*alone{}
			for _, name := range []string{"a", "b", "c"} {
				providers[name] = startAlone(t, "127.0.0.1:0")
				config += backend(name, protocol, providers[name].url, quick)
			}
			g := start(t, process.Options{Config: config})
			c := gather(t, g, 32, &crowd{pieces: 4, gap: 20 * time.Millisecond})
			c.more(t, 64)
			victim := providers["a"]
			busy := func() (bool, error) { n, err := process.ActiveAt(victim.url); return n >= 6, err }
			if err := process.Await("a busy provider", busy); err != nil {
				t.Fatal(err)
			}
			victim.kill(t)
			c.more(t, 400)
			at, err := url.Parse(victim.url)
			if err != nil {
				t.Fatal(err)
			}
			startAlone(t, at.Host)
			back := func() (bool, error) { n, err := process.ActiveAt(victim.url); return n > 0, err }
			if err := process.Await("the provider to be asked again", back); err != nil {
				t.Error(err)
			}
			answers := c.disperse()
			everyKind(t, answers, 50)
			judgeKilled(t, answers)
			figures, err := g.Figures(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n := figures.Sum("louter_fallbacks_total", "from", "a"); n < 3 {
				t.Errorf("only %v fallbacks: nothing was shown", n)
			}
		})
	}
}

func judgeKilled(t *testing.T, answers []asked) {
	t.Helper()
	cut := 0
	for _, a := range answers {
		switch {
		case a.Verdict == process.Complete:
		case a.Verdict == process.Failed && a.Stream && a.Begun && a.Backend == "a":
			cut++
		default:
			t.Errorf("question %d (gemini %t, stream %t) of backend %q, status %d: %s: %s", a.ID, a.Gemini, a.Stream, a.Backend, a.Status, a.Verdict, a.Why)
		}
	}
	t.Logf("%d answers, %d streams cut after their first byte", len(answers), cut)
}
