package faults

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"louter/server/breaker"
)

// leaving is a client that goes before its answer is whole.
type leaving struct {
	Name          string
	Does          string
	Sent          string   // headers, body: half of them; "": everything
	Steps         []string // of the backend
	Got           string   // what the client waits for before it leaves
	Alone         bool     // no second backend
	Unary, Stream bool
}

type leavingCase struct {
	leaving
	faultCase
}

func readLeaving(t *testing.T) []leaving {
	t.Helper()
	var file struct{ Leaves []leaving }
	readTable(t, "testdata/clients/leaving.toml", &file)
	return file.Leaves
}

// readTable refuses keys that it does not know.
func readTable(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func (l leaving) cases() []leavingCase {
	f := fault{Name: l.Name, Steps: l.Steps}
	if l.Unary || l.Sent != "" {
		f.Unary = "-"
	}
	if l.Stream {
		f.Stream = "-"
	}
	if l.Sent != "" {
		f.Backends = []string{string(openai)} // none is asked
	}
	var all []leavingCase
	for _, c := range f.cases() {
		all = append(all, leavingCase{leaving: l, faultCase: c})
	}
	return all
}

// TestClientsThatLeave: promise 4, in every phase. Nobody is asked in their
// place, the backend is told at once and not blamed, its place is given back.
func TestClientsThatLeave(t *testing.T) {
	for _, l := range readLeaving(t) {
		for _, c := range l.cases() {
			t.Run(c.name(), func(t *testing.T) {
				t.Parallel()
				c.run(t)
			})
		}
	}
}

func (c leavingCase) run(t *testing.T) {
	first, second := startUpstream(t, fault{Steps: c.leaving.Steps, Times: 1}), startUpstream(t, fault{Steps: wellSteps})
	entries := []backendEntry{{
		name: "first", url: first.url, model: "m", protocol: c.backend,
		more: "max_in_flight = 1\nbreaker = { consecutive_failures = 1 }",
	}}
	if !c.Alone {
		entries = append(entries, backendEntry{name: "second", url: second.url, model: "m", protocol: c.backend})
	}
	g := startGateway(t, configText("", entries))
	if c.Sent != "" {
		c.leaveEarly(t, g)
	} else {
		c.leave(t, g, first)
	}
	first.recover()
	got, err := g.ask(t.Context(), c.client, c.kind, "m")
	if err != nil {
		t.Fatal(err)
	}
	if problem := c.check("answer", got); problem != "" || got.header.Get("X-Louter-Backend") != "first" {
		t.Errorf("the next client, from %q: %s", got.header.Get("X-Louter-Backend"), problem)
	}
	g.stop()
	want := 2 // the one who left, and the next
	if c.Sent != "" {
		want = 1
	}
	asked, _, reused := first.ledger()
	if others, _, _ := second.ledger(); len(asked) != want || len(others) != 0 {
		t.Errorf("the backends were asked %d and %d times, want %d and 0", len(asked), len(others), want)
	}
	if got := g.breakerOf("first"); got != breaker.Closed {
		t.Errorf("the breaker is %s", got)
	}
	if reused > 0 && !c.Alone {
		t.Error("the connection of the one who left was used again")
	}
	if c.Sent == "" && !strings.Contains(g.log.String(), `"error_type":"caller_gone"`) {
		t.Error("the log does not say that the client has left")
	}
}

// beats is the bound of a second, counted in pauses of the test's own clock:
// a machine that stands still stops them, too.
const beats, beat = 20, 50 * time.Millisecond

// leave goes once the backend has come to its last step.
func (c leavingCase) leave(t *testing.T, g *gateway, up *upstream) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	path, body := requestOf(c.client, c.kind, "m")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		c.readUntil(t, g, req, got)
	}()
	r := up.first(t)
	if c.Got != "" {
		wait(t, got, "what the client waits for")
	}
	if !strings.HasPrefix(c.leaving.Steps[len(c.leaving.Steps)-1], "beat") {
		wait(t, r.rests, "the backend's last step")
	}
	leave()
	wait(t, ended, "the client's end")
	if c.Alone { // its attempt was over already
		return
	}
	for range beats {
		select {
		case <-r.left:
			return
		case <-time.After(beat):
		}
	}
	t.Errorf("the backend was not told within %d beats", beats)
}

// readUntil reads an answer and tells when the awaited text has come.
func (c leavingCase) readUntil(t *testing.T, g *gateway, req *http.Request, got chan struct{}) {
	resp, err := g.http.Do(req)
	if err != nil {
		return // it has left before the headers
	}
	defer shut(resp.Body)
	told := false
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if !told && c.Got != "" && strings.Contains(lines.Text(), `"`+c.Got+`"`) {
			told = true
			close(got)
		}
	}
	if req.Context().Err() == nil {
		t.Error("the answer ended before the client left")
	}
}

func wait(t *testing.T, sign <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-sign:
	case <-time.After(patience):
		t.Fatalf("%s never came", what)
	}
}

// first waits for the first request.
func (u *upstream) first(t *testing.T) request {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if asked, _, _ := u.ledger(); len(asked) > 0 {
			return asked[0]
		}
	}
	t.Fatal("the backend was never asked")
	return request{}
}

// leaveEarly goes before the request is whole.
func (c leavingCase) leaveEarly(t *testing.T, g *gateway) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	path, body := requestOf(c.client, c.kind, "m")
	text := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Len", path)
	if c.Sent == "body" {
		text += fmt.Sprintf("gth: %d\r\n\r\n%s", len(body), body[:len(body)/2])
	}
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}
