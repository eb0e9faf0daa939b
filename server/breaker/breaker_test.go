package breaker_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"louter/server/breaker"
	"louter/server/config"
	"louter/server/exchange"
	"louter/translate/ir"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a board with one backend "a" whose handler answers as set.
type fixture struct {
	board   *breaker.Board
	handler exchange.Handler
	answer  func() (*exchange.Reply, error)
	asked   int
	changes []breaker.State
	mu      sync.Mutex
}

func newFixture(change func(*config.Breaker)) *fixture {
	cfg := config.DefaultBackend("a")
	if change != nil {
		change(&cfg.Breaker)
	}
	f := &fixture{}
	f.board = breaker.NewBoard([]*config.Backend{cfg}, breaker.Options{OnChange: func(s breaker.State) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.changes = append(f.changes, s)
	}})
	f.handler = f.board.Layer(exchange.HandlerFunc(func(_ context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		f.mu.Lock()
		f.asked++
		f.mu.Unlock()
		x.Outcome.Attempts++
		return f.answer()
	}))
	return f
}

func (f *fixture) ask(ctx context.Context, model string) (*exchange.Reply, error) {
	return f.handler.Handle(ctx, &exchange.Exchange{Target: exchange.Target{Backend: "a", Model: model}})
}

func (f *fixture) fails(e error)        { f.answer = func() (*exchange.Reply, error) { return nil, e } }
func (f *fixture) ready(m string) bool  { return f.board.Ready(exchange.Target{Backend: "a", Model: m}) }
func (f *fixture) state() breaker.State { return f.board.Snapshot()[0] }

func broken() error { return &ir.Error{Kind: ir.KindBadUpstream, Message: "m", Retryable: true} }

func answered() (*exchange.Reply, error) { return &exchange.Reply{Status: http.StatusOK}, nil }

func (f *fixture) askTimes(t *testing.T, n int) {
	t.Helper()
	for range n {
		if _, err := f.ask(t.Context(), "m"); err == nil {
			t.Fatal("an answer")
		}
	}
}

func TestOpensProbesOnceAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.fails(broken())
		f.askTimes(t, 4)
		if !f.ready("m") {
			t.Fatal("open after four failures")
		}
		f.askTimes(t, 1)
		if s := f.state(); f.ready("m") || s.Status != breaker.Open || s.Up || s.Reason == "" {
			t.Fatalf("after five failures: %+v", s)
		}
		f.askTimes(t, 1)
		if f.asked != 5 {
			t.Fatalf("%d asked though the breaker is open", f.asked)
		}
		time.Sleep(31 * time.Second)
		if !f.ready("m") || f.state().Status != breaker.HalfOpen {
			t.Fatal("not half-open when its time is over")
		}
		// One probe hangs; nobody else gets through until it has its answer.
		hang := make(chan struct{})
		f.answer = func() (*exchange.Reply, error) { <-hang; return answered() }
		var probe sync.WaitGroup
		probe.Go(func() {
			if _, err := f.ask(t.Context(), "m"); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if f.ready("m") {
			t.Error("ready though its probe is under way")
		}
		for range 10 {
			var e *ir.Error
			if _, err := f.ask(t.Context(), "m"); !errors.As(err, &e) || e.Code != "gateway_breaker_open" {
				t.Errorf("beside the probe: %v", err)
			}
		}
		close(hang)
		probe.Wait()
		if f.asked != 6 || f.state().Status != breaker.Closed || !f.state().Up {
			t.Errorf("%d asked, %+v", f.asked, f.state())
		}
		if n := len(f.changes); n != 3 || !f.changes[n-1].Up {
			t.Errorf("changes %+v", f.changes)
		}
	})
}

func TestTheRatioOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		for i := range 20 {
			if !f.ready("m") {
				t.Fatalf("open after %d", i)
			}
			f.answer = answered
			if i%2 == 1 {
				f.fails(broken())
			}
			if _, err := f.ask(t.Context(), "m"); (err != nil) != (i%2 == 1) {
				t.Fatal(err)
			}
		}
		if f.ready("m") {
			t.Error("half of twenty failed and it is closed")
		}
	})
}

// TestWhatIsNotTheBackendsFault: defects 91; a client's fault, its leaving,
// and a limit say nothing of the backend's health.
func TestWhatIsNotTheBackendsFault(t *testing.T) {
	f := newFixture(nil)
	for _, kind := range []ir.Kind{ir.KindInvalid, ir.KindClientGone, ir.KindRateLimited, ir.KindContextLength, ir.KindInternal} {
		f.fails(&ir.Error{Kind: kind})
		f.askTimes(t, 10)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	f.fails(broken())
	for range 10 {
		if _, err := f.ask(gone, "m"); err == nil {
			t.Fatal("an answer")
		}
	}
	if !f.ready("m") {
		t.Error("open")
	}
}

// TestLateFailuresCount: a backend that is silent for longer than the window.
func TestLateFailuresCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.answer = func() (*exchange.Reply, error) { time.Sleep(time.Minute); return nil, broken() }
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if _, err := f.ask(t.Context(), "m"); err == nil {
					t.Error("an answer")
				}
			})
		}
		all.Wait()
		if f.ready("m") {
			t.Error("five timeouts and it is closed")
		}
	})
}

type stream struct {
	io.Reader
}

func (stream) Close() error { return nil }

// TestAStreamSettlesAtItsEnd: one that breaks off counts as failure.
func TestAStreamSettlesAtItsEnd(t *testing.T) {
	f := newFixture(nil)
	f.answer = func() (*exchange.Reply, error) {
		return &exchange.Reply{Length: -1, Stream: stream{io.MultiReader(strings.NewReader("x"), breaks{})}}, nil
	}
	for range 5 {
		if !f.ready("m") {
			t.Fatal("open too early")
		}
		reply, err := f.ask(t.Context(), "m")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(reply.Stream); err == nil {
			t.Fatal("a clean end")
		}
		if err := reply.Stream.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if f.ready("m") {
		t.Error("five broken streams and it is closed")
	}
}

type breaks struct{}

func (breaks) Read([]byte) (int, error) { return 0, broken() }

// TestAStreamAsProbeSettlesAtItsBeginning: nobody waits for its end.
func TestAStreamAsProbeSettlesAtItsBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.fails(broken())
		f.askTimes(t, 5)
		time.Sleep(31 * time.Second)
		f.answer = func() (*exchange.Reply, error) { return &exchange.Reply{Length: -1, Stream: stream{breaks{}}}, nil }
		if _, err := f.ask(t.Context(), "m"); err != nil {
			t.Fatal(err)
		}
		if f.state().Status != breaker.Closed {
			t.Errorf("%+v", f.state())
		}
	})
}

// TestAPanicFreesTheProbe: a handler that panics leaves no probe behind.
func TestAPanicFreesTheProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.fails(broken())
		f.askTimes(t, 5)
		time.Sleep(31 * time.Second)
		f.answer = func() (*exchange.Reply, error) { panic("x") }
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			_, err := f.ask(t.Context(), "m")
			t.Error(err)
		}()
		f.answer = answered
		if _, err := f.ask(t.Context(), "m"); err != nil {
			t.Errorf("the next probe: %v", err)
		}
	})
}

func TestARefusedKeyTakesTheBackendOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.fails(&ir.Error{Kind: ir.KindUpstreamAuth})
		f.askTimes(t, 1)
		if !f.ready("m") {
			t.Fatal("one refusal may be about one model")
		}
		f.askTimes(t, 1)
		if s := f.state(); f.ready("m") || s.Up || s.Reason != "credentials refused" || len(f.changes) != 1 {
			t.Fatalf("%+v, %+v", s, f.changes)
		}
		time.Sleep(time.Minute + time.Second)
		if !f.ready("m") {
			t.Fatal("never asked again")
		}
		f.askTimes(t, 1)
		if f.ready("m") {
			t.Fatal("the key is still refused")
		}
		time.Sleep(time.Minute + time.Second)
		f.answer = answered
		if _, err := f.ask(t.Context(), "m"); err != nil || !f.state().Up {
			t.Errorf("%v, %+v", err, f.state())
		}
	})
}

func TestHealthChecks(t *testing.T) {
	f := newFixture(nil)
	f.board.Checked("a", &ir.Error{Kind: ir.KindUnavailable, Message: "status 503"})
	if s := f.state(); f.ready("m") || s.Up || !strings.Contains(s.Reason, "status 503") {
		t.Errorf("%+v", s)
	}
	f.board.Checked("a", nil)
	if !f.ready("m") || len(f.changes) != 2 {
		t.Errorf("%+v", f.changes)
	}
	f.board.Checked("nobody", nil)
}

func TestBreakersPerModel(t *testing.T) {
	f := newFixture(func(b *config.Breaker) { b.PerModel = true })
	f.fails(broken())
	f.askTimes(t, 5)
	if f.ready("m") || !f.ready("other") {
		t.Errorf("m %v, other %v", f.ready("m"), f.ready("other"))
	}
	for i := range 1000 { // as many names as a client may think of
		f.ready(strings.Repeat("x", i+1))
	}
	if n := len(f.board.Snapshot()); n > 300 {
		t.Errorf("%d breakers", n)
	}
}
