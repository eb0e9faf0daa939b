package faults

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"louter/server/breaker"
)

// scenario is a fault of more than one request.
type scenario struct {
	name, does, outcome string
	kinds               []kind
	run                 func(*testing.T, faultCase)
}

// scenarios are run in every pair.
var scenarios = []scenario{
	{
		name: "burst", does: "a backend answers 500 to everything, for a while", kinds: []kind{unary, stream}, run: burst,
		outcome: "the breaker opens at the fifth failure, the next backend answers everybody, and a probe finds the first well again",
	},
	{
		name: "all-down", does: "the only backend answers 500 to everything", kinds: []kind{unary, stream}, run: allDown,
		outcome: "each request is still tried once, and the retries of all stay within the budget",
	},
	{
		name: "too-many-bytes", does: "a client sends a body while another's fills what may be held", kinds: []kind{unary}, run: tooManyBytes,
		outcome: "503 `gateway_overloaded` with `Retry-After`, until the other is over",
	},
	{
		name: "stops-reading", does: "a client stops reading in the middle of a stream", kinds: []kind{stream}, run: stopsReading,
		outcome: "after `write_stall` its connection is closed, the backend is told, and its place is free; the breaker does not count it",
	},
}

func (s scenario) cases() []faultCase {
	var all []faultCase
	for _, backend := range []dialect{openai, gemini} {
		for _, client := range []dialect{openai, gemini} {
			for _, k := range s.kinds {
				all = append(all, faultCase{fault: fault{Name: s.name}, client: client, backend: backend, kind: k})
			}
		}
	}
	return all
}

func TestScenarios(t *testing.T) {
	for _, s := range scenarios {
		for _, c := range s.cases() {
			t.Run(c.name(), func(t *testing.T) {
				t.Parallel()
				s.run(t, c)
			})
		}
	}
}

var failSteps = []string{"head 500", "say {error:500}", "end"}

func burst(t *testing.T, c faultCase) {
	first, second := startUpstream(t, fault{Steps: failSteps}), startUpstream(t, fault{Steps: wellSteps})
	g := startGateway(t, configText("", []backendEntry{
		{name: "first", url: first.url, model: "m", protocol: c.backend, more: `breaker = { open = "500ms", window = "600s" }`},
		{name: "second", url: second.url, model: "m", protocol: c.backend},
	}))
	ask := func() string {
		got, err := g.ask(t.Context(), c.client, c.kind, "m")
		if err != nil {
			t.Fatal(err)
		}
		if problem := c.check("answer", got); problem != "" {
			t.Fatal(problem)
		}
		return got.header.Get("X-Louter-Backend")
	}
	for range 5 {
		ask()
	}
	if g.breakerOf("first") == breaker.Closed { // it may be half open by now
		t.Error("after five failures the breaker is closed")
	}
	first.recover()
	for until := time.Now().Add(patience); ask() != "first"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the first backend was never asked again")
		}
	}
	if asked, _, _ := first.ledger(); len(asked) != 6 || g.breakerOf("first") != breaker.Closed {
		t.Errorf("asked %d times, then %s", len(asked), g.breakerOf("first"))
	}
}

func allDown(t *testing.T, c faultCase) {
	only := startUpstream(t, fault{Steps: failSteps})
	g := startGateway(t, configText("", []backendEntry{{name: "only", url: only.url, model: "m", protocol: c.backend, more: `breaker = { window = "600s" }`}}))
	const requests, budget = 12, 3
	for range requests {
		got, err := g.ask(t.Context(), c.client, c.kind, "m")
		if err != nil {
			t.Fatal(err)
		}
		if got.status != 500 || saysEnd(got.body) {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if asked, _, _ := only.ledger(); len(asked) < requests || len(asked) > requests+budget {
		t.Errorf("%d requests became %d", requests, len(asked))
	}
}

func tooManyBytes(t *testing.T, c faultCase) {
	up := startUpstream(t, fault{Steps: wellSteps})
	g := startGateway(t, configText("[limits]\nmax_body = \"64KiB\"\nmax_in_flight = \"64KiB\"\n", []backendEntry{{name: "only", url: up.url, model: "m", protocol: c.backend}}))
	path, _ := requestOf(c.client, c.kind, "m")
	until := time.Now().Add(patience)
	// fill takes every byte that may be held; it may come too early or too
	// late for that, and is then tried again.
	fill := func() io.Closer {
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n%s", path, strings.Repeat(" ", 32<<10)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(beatPause)
		return conn
	}
	ask := func(awaited string) (answer, string) {
		got, err := g.ask(t.Context(), c.client, c.kind, "m")
		if err != nil {
			t.Fatal(err)
		}
		return got, c.check(awaited, got)
	}
	var holds io.Closer
	for {
		holds = fill()
		got, problem := ask("503 gateway_overloaded")
		if problem == "" && got.header.Get("Retry-After") != "" {
			break
		}
		shut(holds)
		if time.Now().After(until) {
			t.Fatal(problem)
		}
	}
	shut(holds)
	for _, problem := ask("answer"); problem != ""; _, problem = ask("answer") {
		if time.Now().After(until) {
			t.Fatal(problem)
		}
	}
}

// floodSteps never end: more than all buffers between backend and client hold.
var floodSteps = []string{"head 200", "say {begin}", "flood {large}"}

func stopsReading(t *testing.T, c faultCase) {
	up := startUpstream(t, fault{Steps: floodSteps, Times: 1})
	g := startGateway(t, configText("[limits]\nwrite_stall = \"300ms\"\n", []backendEntry{{
		name: "only", url: up.url, model: "m", protocol: c.backend, more: "max_in_flight = 1\nbreaker = { consecutive_failures = 1 }",
	}}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer shut(conn)
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	path, body := requestOf(c.client, c.kind, "m")
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 500)); err != nil {
		t.Fatal(err)
	}
	wait(t, up.first(t).left, "the backend's being told")
	got, err := g.ask(t.Context(), c.client, unary, "m")
	if err != nil {
		t.Fatal(err)
	}
	c.kind = unary
	if problem := c.check("answer", got); problem != "" {
		t.Errorf("the next client: %s", problem)
	}
	if got := g.breakerOf("only"); got != breaker.Closed {
		t.Errorf("the breaker is %s", got)
	}
}
