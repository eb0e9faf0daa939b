package process_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"louter/conformance/process"
)

// TestNoDescriptorsLeft: more clients connect than the process may have
// descriptors. It neither ends nor spins, says so, refuses what it cannot send
// on as its own fault and not the backend's, and goes on as soon as there are
// some again.
func TestNoDescriptorsLeft(t *testing.T) {
	const limit, clients = 64, 100
	u := upstream(t, process.NoFault, process.AsAsked)
	g := start(t, process.Options{Descriptors: limit, Config: "[drain]\ndelay = \"0s\"\n" + backend("a", "openai", u.URL())})
	addr := strings.TrimPrefix(g.URL, "http://")
	if a := askOn(t, g, dial(t, addr), 0); a.Verdict != process.Complete {
		t.Fatalf("before: %s: %s", a.Verdict, a.Why)
	}
	open := make([]net.Conn, clients)
	for i := range open {
		open[i] = dial(t, addr)
	}
	if err := g.AwaitLog("too many open files"); err != nil {
		t.Fatal(err)
	}
	mostlyIdle(t, g)
	const asking = 20
	refusesAsItsOwnFault(t, g, open[:asking])
	for _, conn := range open[asking:] {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if a := askOn(t, g, dial(t, addr), 0); a.Verdict != process.Complete {
		t.Errorf("after: %s: %s", a.Verdict, a.Why)
	}
	figures, err := g.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if figures["louter_breaker_state"] == nil || figures.Sum("louter_breaker_state") != 0 {
		t.Error("the backend's breaker is open: it has done nothing")
	}
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// askOn asks over a connection that is open already.
func askOn(t *testing.T, g *process.Gateway, conn net.Conn, gap time.Duration) process.Answer {
	given := func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	client := process.Client{URL: g.URL, Transport: &http.Transport{DialContext: given, DisableKeepAlives: true}}
	return client.Ask(t.Context(), process.Question{ID: 1, Pieces: 2, Gap: gap}, nil)
}

func mostlyIdle(t *testing.T, g *process.Gateway) {
	t.Helper()
	const watched = time.Second
	before, err := g.CPU()
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(watched)
	after, err := g.CPU()
	if err != nil {
		t.Fatal(err)
	}
	if used := after - before; used > watched/2 {
		t.Errorf("it used %s of processor time in %s of waiting", used, watched)
	}
}

// refusesAsItsOwnFault: of what is asked at once over connections that were
// taken, one may go on over the upstream connection that is still open.
func refusesAsItsOwnFault(t *testing.T, g *process.Gateway, taken []net.Conn) {
	t.Helper()
	answers := make([]process.Answer, len(taken))
	var wg sync.WaitGroup
	for i, conn := range taken {
		wg.Go(func() { answers[i] = askOn(t, g, conn, 200*time.Millisecond) })
	}
	wg.Wait()
	refused := 0
	for _, a := range answers {
		switch {
		case a.Verdict == process.Failed && a.Status == http.StatusServiceUnavailable:
			refused++
		case a.Verdict != process.Complete:
			t.Errorf("without descriptors: %s, status %d: %s", a.Verdict, a.Status, a.Why)
		}
	}
	if refused == 0 {
		t.Error("nothing was refused: nothing was shown")
	}
}
