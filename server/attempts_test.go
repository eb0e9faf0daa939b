package server_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"louter/server/config"
)

// TestAnAnswerThatIsNoneIsAskedForElsewhere: status 200 alone is no answer,
// and nothing was given to the client yet.
func TestAnAnswerThatIsNoneIsAskedForElsewhere(t *testing.T) {
	for name, fault := range map[string]http.HandlerFunc{
		"empty": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(200)
		},
		"an error with status 200": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			say(w, "{ \"error\":{\"code\":503,\"message\":\"no\",\"status\":\"UNAVAILABLE\"}}")
		},
		"a page": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			say(w, "<html>Welcome to the proxy</html>")
		},
		"cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "5000")
			say(w, whole(r)[:40])
			panic(http.ErrAbortHandler)
		},
		"cut without a length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			say(w, whole(r)[:40])
			panic(http.ErrAbortHandler)
		},
	} {
		for _, protocol := range []string{config.ProtocolOpenAI, config.ProtocolGemini} {
			g, _ := runMany(t, protocol, map[string]http.HandlerFunc{"a": fault, "b": answers}, nil)
			for _, ask := range asks(false) {
				resp, got := g.post(t, ask.path, ask.body)
				if resp.StatusCode != 200 || !strings.Contains(got, "Hello") || resp.Header.Get("X-Louter-Backend") != "b" {
					t.Errorf("%s, %s: %d %q", name, ask.name, resp.StatusCode, got)
				}
			}
		}
	}
}

// TestABackendThatCannotBeReached, in each way that ends before a request is
// sent, is passed by; alone it is a 502 that tells no address.
func TestABackendThatCannotBeReached(t *testing.T) {
	for name, url := range map[string]string{
		"refused": "http://127.0.0.1:1", "DNS": "http://name.invalid", "TLS": "",
	} {
		change := func(c *config.Config) {
			if a := c.Backends["a"]; url != "" {
				a.URL = url
			} else { // a server that does not speak it
				a.URL = strings.Replace(a.URL, "http:", "https:", 1)
			}
		}
		g, _ := runMany(t, config.ProtocolGemini, map[string]http.HandlerFunc{"a": answers, "b": answersOrStreams}, change)
		for _, stream := range []bool{false, true} {
			for _, ask := range asks(stream) {
				if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 || resp.Header.Get("X-Louter-Backend") != "b" {
					t.Errorf("%s, %s: %d %s", name, ask.name, resp.StatusCode, got)
				}
			}
		}
		g, _ = runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": answers}, change)
		for _, ask := range asks(false) {
			resp, got := g.post(t, ask.path, ask.body)
			if resp.StatusCode != 502 || strings.Contains(got, "127.0.0.1") || strings.Contains(got, "invalid") {
				t.Errorf("%s alone, %s: %d %s", name, ask.name, resp.StatusCode, got)
			}
		}
	}
}

// TestTheOnlyBackendIsWaitedFor as long as it asks, within the limit.
func TestTheOnlyBackendIsWaitedFor(t *testing.T) {
	var asked atomic.Int64
	g, _ := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			fails(429, "Retry-After-Ms", "50")(w, r)
			return
		}
		answers(w, r)
	}}, nil)
	ask := asks(false)[0]
	if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 || resp.Header.Get("X-Louter-Attempts") != "2" {
		t.Errorf("%d %s", resp.StatusCode, got)
	}
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": fails(429, "Retry-After", "3600")}, nil)
	for _, ask := range asks(false) {
		resp, _ := g.post(t, ask.path, ask.body)
		if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "3600" || resp.Header.Get("X-Should-Retry") != "false" {
			t.Errorf("%s: %d %v", ask.name, resp.StatusCode, resp.Header)
		}
	}
	if n := u.count("a"); n != 2 {
		t.Errorf("asked %d times by two requests", n)
	}
}

// TestTheTotalTimeEndsTheAttempts: no attempt begins after it, and it cuts
// the one that runs.
func TestTheTotalTimeEndsTheAttempts(t *testing.T) {
	silent := func(_ http.ResponseWriter, r *http.Request) { bodyOf(r); <-r.Context().Done() }
	for _, stream := range []bool{false, true} {
		g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": silent, "b": silent}, func(c *config.Config) {
			for _, b := range c.Backends {
				b.Timeouts.Total = config.Duration(150 * time.Millisecond)
			}
		})
		for _, ask := range asks(stream) {
			resp, got := g.post(t, ask.path, ask.body)
			if resp.StatusCode != 504 || !strings.Contains(got, "total") {
				t.Errorf("%s: %d %s", ask.name, resp.StatusCode, got)
			}
		}
		if u.count("a") != 2 || u.count("b") != 0 {
			t.Errorf("a %d, b %d", u.count("a"), u.count("b"))
		}
	}
}

// TestAllDownIsNoReasonToRefuse: panic mode asks the best all the same.
func TestAllDownIsNoReasonToRefuse(t *testing.T) {
	var well atomic.Bool
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": func(w http.ResponseWriter, r *http.Request) {
		if well.Load() {
			answers(w, r)
			return
		}
		fails(500)(w, r)
	}}, nil)
	ask := asks(false)[0]
	for range 10 {
		if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 500 || !strings.Contains(got, "fault 500") {
			t.Fatalf("%d %s", resp.StatusCode, got)
		}
	}
	if !strings.Contains(g.log.String(), "breaker open") {
		t.Error("the breaker never opened")
	}
	// Ten requests, and at most three more within the budget.
	if n := u.count("a"); n < 10 || n > 13 {
		t.Errorf("asked %d times", n)
	}
	well.Store(true)
	if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 {
		t.Errorf("%d %s", resp.StatusCode, got)
	}
}

// TestAStreamThatBreaksIsNotAskedForAgain: one answer comes from one backend
// (promise 5), and its breaker counts the break.
func TestAStreamThatBreaksIsNotAskedForAgain(t *testing.T) {
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{
		"a": func(w http.ResponseWriter, r *http.Request) {
			say(w, beginning(r))
			panic(http.ErrAbortHandler)
		},
		"b": answersOrStreams,
	}, nil)
	for i := range 5 {
		ask := asks(true)[i%2]
		resp, got := g.post(t, ask.path, ask.body)
		if resp.Header.Get("X-Louter-Backend") != "a" || !strings.Contains(got, "<broken:") || u.count("b") != 0 {
			t.Errorf("%s: %v %s", ask.name, resp.Header, got)
		}
	}
	ask := asks(true)[0]
	if resp, got := g.post(t, ask.path, ask.body); resp.Header.Get("X-Louter-Backend") != "b" || strings.Contains(got, "<broken:") {
		t.Errorf("after five broken streams: %v %s", resp.Header, got)
	}
}
