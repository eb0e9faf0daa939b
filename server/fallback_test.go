package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"louter/server/config"
)

// upstreams are backends that all serve "m", first to last by name; each
// counts what reaches it.
type upstreams struct {
	servers map[string]*httptest.Server
	asked   map[string]*atomic.Int64
}

// runMany starts Louter before one backend for each handler, all of one
// protocol and of falling priority.
func runMany(t *testing.T, protocol string, handlers map[string]http.HandlerFunc, change func(*config.Config)) (*running, *upstreams) {
	t.Helper()
	u := &upstreams{servers: map[string]*httptest.Server{}, asked: map[string]*atomic.Int64{}}
	for name, h := range handlers {
		count := &atomic.Int64{}
		u.asked[name] = count
		u.servers[name] = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/models") {
				h(w, r)
				return
			}
			count.Add(1)
			h(w, r)
		}))
		t.Cleanup(u.servers[name].Close)
	}
	g := run(t, answers, func(c *config.Config) {
		clear(c.Backends)
		for name := range handlers {
			b := config.DefaultBackend(name)
			b.Protocol, b.URL, b.APIKey = protocol, u.servers[name].URL, upstreamKey
			b.Priority = int(name[0])
			c.Backends[name] = b
		}
		c.Retry.Backoff = config.Duration(time.Millisecond)
		if change != nil {
			change(c)
		}
	})
	return g, u
}

func (u *upstreams) count(name string) int64 { return u.asked[name].Load() }

func fails(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		say(w, fmt.Sprintf(`{"error":{"code":%d,"message":"fault %d","status":"X","type":"x"}}`, status, status))
	}
}

// answersOrStreams answers as it was asked.
func answersOrStreams(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "stream") || strings.Contains(bodyOf(r), `"stream":true`) {
		say(w, beginning(r))
		say(w, ending(r))
		return
	}
	answers(w, r)
}

func bodyOf(r *http.Request) string {
	b := make([]byte, 1<<16)
	n := 0
	for {
		read, err := r.Body.Read(b[n:])
		if n += read; err != nil || n == len(b) {
			return string(b[:n])
		}
	}
}

// asks is one request for "m" in each dialect.
func asks(stream bool) []route {
	all := routes(stream)
	for i := range all {
		all[i].path = strings.Replace(all[i].path, "models/chat", "models/m", 1)
		all[i].body = strings.Replace(all[i].body, `"model":"chat"`, `"model":"m"`, 1)
	}
	return all[:2]
}

// TestFallbackBeforeTheFirstByte: each fault of the first backend, in all
// four pairs, streaming or not, is answered by the second one.
func TestFallbackBeforeTheFirstByte(t *testing.T) {
	silent := func(_ http.ResponseWriter, r *http.Request) { bodyOf(r); <-r.Context().Done() }
	faults := map[string]http.HandlerFunc{
		"408": fails(408), "409": fails(409), "429": fails(429), "429 and a wait": fails(429, "Retry-After", "5"),
		"500": fails(500), "503": fails(503), "401": fails(401),
		"reset":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"silent": silent,
	}
	streamed := map[string]http.HandlerFunc{
		"no first token": func(w http.ResponseWriter, r *http.Request) { say(w, ""); silent(w, r) },
		"first event is an error": func(w http.ResponseWriter, r *http.Request) {
			say(w, `data: {"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE","type":"overloaded_error"}}`+"\n\n")
		},
		"comments, then nothing": func(w http.ResponseWriter, r *http.Request) { say(w, ": wait\n\n") },
	}
	quick := func(c *config.Config) {
		for _, b := range c.Backends {
			b.Timeouts.Headers, b.Timeouts.Unary, b.Timeouts.FirstToken = config.Duration(200*time.Millisecond), config.Duration(200*time.Millisecond), config.Duration(200*time.Millisecond)
		}
	}
	for _, protocol := range []string{config.ProtocolOpenAI, config.ProtocolGemini} {
		for _, stream := range []bool{false, true} {
			cases := map[string]http.HandlerFunc{}
			for name, h := range faults {
				cases[name] = h
			}
			if stream {
				for name, h := range streamed {
					cases[name] = h
				}
			}
			for name, fault := range cases {
				t.Run(fmt.Sprintf("%s/stream=%v/%s", protocol, stream, name), func(t *testing.T) {
					g, _ := runMany(t, protocol, map[string]http.HandlerFunc{"a": fault, "b": answersOrStreams}, quick)
					for i, ask := range asks(stream) {
						attempts := "2"
						if i > 0 && name == "429 and a wait" {
							attempts = "1" // the wait is not over
						}
						resp, got := g.post(t, ask.path, ask.body)
						if resp.StatusCode != 200 || !strings.Contains(got, "Hel") || strings.Contains(got, "broken") {
							t.Errorf("%s: %d %s", ask.name, resp.StatusCode, got)
						}
						if resp.Header.Get("X-Louter-Backend") != "b" || resp.Header.Get("X-Louter-Attempts") != attempts {
							t.Errorf("%s: %v", ask.name, resp.Header)
						}
					}
					if !strings.Contains(g.log.String(), `"attempts":["a failed with`) {
						t.Error("the log names no attempts")
					}
				})
			}
		}
	}
}

// TestAFinalFailureIsPassedByteForByte, with Louter's word that it has tried.
func TestAFinalFailureIsPassedByteForByte(t *testing.T) {
	const odd = "{ \"error\" : {\"message\":\"mine\", \"b\":1,\"code\":null,\"type\":\"t\"} }\n"
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{
		"a": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "77")
			w.WriteHeader(429)
			say(w, odd)
		},
		"b": fails(500),
	}, nil)
	ask := asks(false)[0]
	resp, got := g.post(t, ask.path, ask.body)
	if resp.StatusCode != 429 || got != odd || resp.Header.Get("Retry-After") != "77" || resp.Header.Get("X-Should-Retry") != "false" {
		t.Errorf("%d %q %v", resp.StatusCode, got, resp.Header)
	}
	if resp.Header.Get("X-Louter-Backend") != "a" || resp.Header.Get("X-Louter-Attempts") != "3" || u.count("b") != 2 {
		t.Errorf("%v, b was asked %d times", resp.Header, u.count("b"))
	}
}

// TestAClientsFaultIsAskedOnce.
func TestAClientsFaultIsAskedOnce(t *testing.T) {
	for _, status := range []int{400, 404, 422} {
		g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": fails(status), "b": answers}, nil)
		for _, ask := range asks(false) {
			if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != status {
				t.Errorf("%s: %d %s", ask.name, resp.StatusCode, got)
			}
		}
		if u.count("b") != 0 || u.count("a") != 2 {
			t.Errorf("%d: a %d, b %d", status, u.count("a"), u.count("b"))
		}
	}
}

// TestABackendDies: one of three under load, and no client notices.
func TestABackendDies(t *testing.T) {
	three := map[string]http.HandlerFunc{"a": answersOrStreams, "b": answersOrStreams, "c": answersOrStreams}
	g, u := runMany(t, config.ProtocolOpenAI, three, func(c *config.Config) {
		for _, b := range c.Backends {
			b.Priority = 1
		}
	})
	var load sync.WaitGroup
	for range 8 {
		load.Go(func() {
			for i := range 60 {
				ask := asks(false)[i%2]
				if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 || !strings.Contains(got, "Hel") {
					t.Errorf("%d %s", resp.StatusCode, got)
				}
			}
		})
	}
	for u.count("a")+u.count("b")+u.count("c") < 60 {
		time.Sleep(time.Millisecond)
	}
	if err := u.servers["a"].Listener.Close(); err != nil {
		t.Error(err)
	}
	u.servers["a"].CloseClientConnections()
	load.Wait()
}

// TestARefusedKeyIsTakenOut, and the log says why.
func TestARefusedKeyIsTakenOut(t *testing.T) {
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": fails(401), "b": answers}, nil)
	for range 10 {
		for _, ask := range asks(false) {
			if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 {
				t.Errorf("%d %s", resp.StatusCode, got)
			}
		}
	}
	if u.count("a") != 2 || !strings.Contains(g.log.String(), `"reason":"credentials refused"`) {
		t.Errorf("a was asked %d times", u.count("a"))
	}
}

// TestABusyBackendIsPassedBy: then the other one, then 503 in the dialect.
func TestABusyBackendIsPassedBy(t *testing.T) {
	hold := make(chan struct{})
	held := func(w http.ResponseWriter, r *http.Request) { bodyOf(r); <-hold; answers(w, r) }
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": held, "b": held}, func(c *config.Config) {
		for _, b := range c.Backends {
			b.MaxInFlight, b.QueueTimeout = 1, config.Duration(20*time.Millisecond)
		}
	})
	ask := asks(false)
	var first sync.WaitGroup
	for range 2 {
		first.Go(func() {
			if resp, got := g.post(t, ask[0].path, ask[0].body); resp.StatusCode != 200 {
				t.Errorf("%d %s", resp.StatusCode, got)
			}
		})
	}
	for u.count("a")+u.count("b") < 2 {
		time.Sleep(time.Millisecond)
	}
	for i, want := range []string{`"gateway_overloaded"`, `"UNAVAILABLE"`} {
		resp, got := g.post(t, ask[i].path, ask[i].body)
		if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || !strings.Contains(got, want) {
			t.Errorf("%d %s %v", resp.StatusCode, got, resp.Header)
		}
	}
	close(hold)
	first.Wait()
	if resp, got := g.post(t, ask[0].path, ask[0].body); resp.StatusCode != 200 {
		t.Errorf("the place was not given back: %d %s", resp.StatusCode, got)
	}
}

// TestABreakerOpensAndRecovers on the live path: the failing backend is left
// alone, then asked by one probe.
func TestABreakerOpensAndRecovers(t *testing.T) {
	var well atomic.Bool
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{
		"a": func(w http.ResponseWriter, r *http.Request) {
			if well.Load() {
				answers(w, r)
				return
			}
			fails(500)(w, r)
		},
		"b": answers,
	}, func(c *config.Config) { c.Backends["a"].Breaker.Open = config.Duration(300 * time.Millisecond) })
	ask := asks(false)[0]
	for range 20 {
		if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 {
			t.Fatalf("%d %s", resp.StatusCode, got)
		}
	}
	if n := u.count("a"); n < 5 || n > 6 {
		t.Errorf("a was asked %d times before its breaker opened", n)
	}
	well.Store(true)
	for until := time.Now().Add(patience); ; {
		if resp, _ := g.post(t, ask.path, ask.body); resp.Header.Get("X-Louter-Backend") == "a" {
			break
		}
		if time.Now().After(until) {
			t.Fatal("never recovered")
		}
	}
}

// TestHealthChecksTakeOut a backend before a client meets it.
func TestHealthChecksTakeOut(t *testing.T) {
	g, u := runMany(t, config.ProtocolOpenAI, map[string]http.HandlerFunc{"a": fails(503), "b": answers}, func(c *config.Config) {
		c.Backends["a"].Health.Interval = config.Duration(20 * time.Millisecond)
	})
	for until := time.Now().Add(patience); !strings.Contains(g.log.String(), "health check failed: status 503"); {
		if time.Now().After(until) {
			t.Fatal("the check was never made")
		}
		time.Sleep(time.Millisecond)
	}
	ask := asks(false)[0]
	if resp, got := g.post(t, ask.path, ask.body); resp.StatusCode != 200 || u.count("a") != 0 {
		t.Errorf("%d %s, a was asked %d times", resp.StatusCode, got, u.count("a"))
	}
}
