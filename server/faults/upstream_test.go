package faults

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// upstream is a backend on a real socket that fails as its script says, and
// keeps a ledger of what reached it.
type upstream struct {
	t     *testing.T
	ln    net.Listener
	url   string
	steps []string
	warm  bool // only what comes on a kept connection fails

	mu      sync.Mutex
	failing int // requests that still fail; below 0: all
	asked   []request
	live    map[net.Conn]bool
	conns   int
	reused  int // requests on a connection on which one had failed
	done    bool
	serving sync.WaitGroup
}

// request is one that has reached the backend.
type request struct {
	conn  int
	path  string
	at    time.Time
	fails bool
	// left is closed when the gateway has gone from this request's connection.
	left chan struct{}
	// rests is closed when its script has come to a stall.
	rests chan struct{}
}

// startUpstream runs until the test is over.
func startUpstream(t *testing.T, f fault) *upstream {
	t.Helper()
	steps, failing := f.Steps, -1
	if f.Times > 0 {
		failing = f.Times
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{t: t, ln: ln, url: "http://" + ln.Addr().String(), steps: steps, warm: f.Warm, failing: failing, live: map[net.Conn]bool{}}
	switch first(steps) {
	case "refuse":
		// Not a port that was just closed: it may be another test's by now.
		u.url = "http://127.0.0.1:1"
	case "unknown-host":
		u.url = "http://name.invalid"
	case "tls-plain", "tls-silent", "tls-cut":
		u.url = strings.Replace(u.url, "http:", "https:", 1)
	case "tls-untrusted":
		u.url = strings.Replace(u.url, "http:", "https:", 1)
		u.ln = tls.NewListener(ln, selfSigned(t))
	}
	u.serving.Go(u.accept)
	t.Cleanup(u.stop)
	return u
}

// first is the verb of the first step.
func first(steps []string) string {
	if len(steps) == 0 {
		return ""
	}
	verb, _, _ := strings.Cut(steps[0], " ")
	return verb
}

// selfSigned borrows httptest's certificate, which no client trusts.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}
}

func (u *upstream) stop() {
	u.mu.Lock()
	u.done = true
	for conn := range u.live {
		shut(conn)
	}
	u.mu.Unlock()
	shut(u.ln)
	u.serving.Wait()
}

// shut closes what the other side may have closed already.
func shut(c io.Closer) {
	//nolint:errcheck // nothing depends on it
	c.Close()
}

func (u *upstream) accept() {
	for {
		conn, err := u.ln.Accept()
		if err != nil {
			return
		}
		u.mu.Lock()
		if u.done {
			u.mu.Unlock()
			shut(conn)
			return
		}
		u.live[conn] = true
		u.conns++
		id := u.conns
		u.mu.Unlock()
		u.serving.Go(func() {
			defer func() {
				u.mu.Lock()
				delete(u.live, conn)
				u.mu.Unlock()
				shut(conn)
			}()
			u.serve(conn, id)
		})
	}
}

// serve answers the requests of one connection until a step ends it.
func (u *upstream) serve(conn net.Conn, id int) {
	l := &line{conn: conn, r: bufio.NewReader(conn)}
	switch first(u.steps) {
	case "tls-silent":
		l.play([]string{"stall"})
		return
	case "tls-cut":
		l.play([]string{"reset"})
		return
	case "accept":
		if u.fails(false) {
			l.play([]string{strings.TrimPrefix(u.steps[0], "accept ")})
			return
		}
	}
	for failed, kept := false, false; ; {
		req, err := http.ReadRequest(l.r)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		l.heard = spokenTo(req.URL.Path, req.URL.RawQuery, string(body))
		left, rests := l.signals()
		r := request{conn: id, path: req.URL.Path, at: time.Now(), left: left, rests: rests, fails: u.fails(kept)}
		u.note(r, failed)
		steps := wellSteps
		if r.fails {
			steps, failed = u.steps, true
		}
		if l.play(steps) {
			return
		}
		kept = true
	}
}

// wellSteps answer as a backend that is well does.
var wellSteps = []string{"head 200", "say {answer}", "end"}

// note writes the ledger.
func (u *upstream) note(r request, onFailed bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked = append(u.asked, r)
	if onFailed {
		u.reused++
	}
}

// fails says whether this request fails, and counts it.
func (u *upstream) fails(kept bool) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.warm && !kept || u.failing == 0 {
		return false
	}
	u.failing--
	return true
}

// recover makes the backend well.
func (u *upstream) recover() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failing = 0
}

// ledger is a copy of what has reached the backend so far.
func (u *upstream) ledger() (asked []request, conns, reused int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]request(nil), u.asked...), u.conns, u.reused
}

// reachable says whether a well backend could answer at the fault's address.
func (f fault) reachable() bool {
	switch first(f.Steps) {
	case "refuse", "unknown-host", "tls-plain", "tls-silent", "tls-cut", "tls-untrusted":
		return false
	}
	return true
}
