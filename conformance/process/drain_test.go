package process_test

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
	"testing"

	"louter/conformance/process"
)

const runningStreams = 200

// streams are running when newStreams returns, and go on when let.
type streams struct {
	gateway *process.Gateway
	let     context.CancelFunc
	ended   chan asked
}

func newStreams(t *testing.T, drain string) *streams {
	t.Helper()
	gate, let := context.WithCancel(t.Context())
	u := upstream(t, process.NoFault, func(ctx context.Context, _ process.Question, piece int) {
		if piece == 1 {
			select {
			case <-gate.Done():
			case <-ctx.Done():
			}
		}
	})
	g := start(t, process.Options{Config: drain + backend("a", "openai", u.URL())})
	s := &streams{gateway: g, let: let, ended: make(chan asked, runningStreams)}
	client, begun := process.NewClient(g.URL, runningStreams), make(chan bool, runningStreams)
	for i := range runningStreams {
		q := process.Question{ID: int64(i), Gemini: i%2 == 0, Stream: true, Pieces: 3}
		go func() {
			a := client.Ask(t.Context(), q, func(events int) {
				if events == 1 {
					begun <- true
				}
			})
			s.ended <- asked{q, a}
		}()
	}
	for range runningStreams {
		select {
		case <-begun:
		case a := <-s.ended:
			t.Fatalf("a stream ended before the drain: %s: %s", a.Verdict, a.Why)
		}
	}
	return s
}

// all must end so.
func (s *streams) all(t *testing.T, want process.Verdict) {
	t.Helper()
	for range runningStreams {
		if a := <-s.ended; a.Verdict != want {
			t.Errorf("stream %d (gemini %t) is %s, not %s: %s", a.ID, a.Gemini, a.Verdict, want, a.Why)
		} else if a.Verdict == process.Failed && !a.Aborted {
			t.Errorf("stream %d (gemini %t) ended cleanly", a.ID, a.Gemini)
		}
	}
}

func (s *streams) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := s.gateway.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// refusing waits until connections are taken no more.
func (s *streams) refusing(t *testing.T) {
	t.Helper()
	refused := func() (bool, error) {
		_, err := s.gateway.Status("/livez")
		return errors.Is(err, syscall.ECONNREFUSED), nil
	}
	if err := process.Await("the listener to close", refused); err != nil {
		t.Fatal(err)
	}
}

// TestDrainOfTheProcessCutsNoStream: after SIGTERM /readyz says so, then the
// listener closes, and 200 streams end whole before the process does.
func TestDrainOfTheProcessCutsNoStream(t *testing.T) {
	s := newStreams(t, "[drain]\ndelay = \"500ms\"\ntimeout = \"10m\"\n")
	s.signal(t, syscall.SIGTERM)
	unready := func() (bool, error) {
		code, err := s.gateway.Status("/readyz")
		return code == 503, err
	}
	if err := process.Await("/readyz to say 503", unready); err != nil {
		t.Fatal(err)
	}
	s.refusing(t)
	s.let()
	s.all(t, process.Complete)
	if err := s.gateway.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// TestDrainHasAnEnd: what runs when the drain time is over is told so.
func TestDrainHasAnEnd(t *testing.T) {
	s := newStreams(t, "[drain]\ndelay = \"0s\"\ntimeout = \"100ms\"\n")
	s.signal(t, syscall.SIGTERM)
	s.all(t, process.Failed)
	var exit *exec.ExitError
	if err := s.gateway.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v: those who wait must learn that streams were cut", err)
	}
}

// TestSecondSignalCutsStreams: it waits for nothing, and the sockets close.
func TestSecondSignalCutsStreams(t *testing.T) {
	s := newStreams(t, "[drain]\ndelay = \"0s\"\ntimeout = \"10m\"\n")
	s.signal(t, syscall.SIGTERM)
	s.refusing(t)
	s.signal(t, syscall.SIGTERM)
	var exit *exec.ExitError
	if err := s.gateway.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v, not by the second signal", err)
	}
	for range runningStreams {
		if a := <-s.ended; a.Verdict == process.Complete {
			t.Errorf("stream %d is whole, though nobody has let it go on", a.ID)
		}
	}
}
