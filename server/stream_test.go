package server_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"louter/server"
	"louter/server/config"
)

// TestStreamsPassEachChunkAtOnce: the backend sends its second chunk only
// when the client has the first one.
func TestStreamsPassEachChunkAtOnce(t *testing.T) {
	received := make(chan struct{})
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		say(w, beginning(r))
		select {
		case <-received:
		case <-time.After(patience):
			t.Error("the client never got the first chunk")
		}
		say(w, ending(r))
	}, nil)
	for _, route := range routes(true) {
		resp, err := g.http.Post(g.url+route.path, "application/json", strings.NewReader(route.body))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(resp.Body)
		for text := ""; !strings.Contains(text, "Hel"); {
			if text, err = lines.ReadString('\n'); err != nil {
				t.Fatalf("%s: %v", route.name, err)
			}
		}
		received <- struct{}{}
		rest, err := io.ReadAll(lines)
		if err != nil || !strings.Contains(string(rest), `"lo"`) {
			t.Errorf("%s: %v after %q", route.name, err, rest)
		}
		if resp.Header.Get("X-Accel-Buffering") != "no" || !strings.Contains(resp.Header.Get("Cache-Control"), "no-cache") {
			t.Errorf("%s: headers %v", route.name, resp.Header)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestABrokenStreamIsVisiblyBroken: promise 2. An in-band error in the
// client's dialect, then an aborted connection; no clean end, no [DONE].
func TestABrokenStreamIsVisiblyBroken(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request){
		"reset": func(w http.ResponseWriter, r *http.Request) {
			say(w, beginning(r))
			panic(http.ErrAbortHandler)
		},
		"reset inside an event": func(w http.ResponseWriter, r *http.Request) {
			say(w, beginning(r)+`data: {"id":"c","cho`)
			panic(http.ErrAbortHandler)
		},
		"clean end without a finish": func(w http.ResponseWriter, r *http.Request) { say(w, beginning(r)) },
		"silence": func(w http.ResponseWriter, r *http.Request) {
			say(w, beginning(r))
			<-r.Context().Done()
		},
	}
	for fault, upstream := range faults {
		t.Run(fault, func(t *testing.T) {
			g := run(t, upstream, func(c *config.Config) {
				for _, b := range c.Backends {
					b.Timeouts.Idle = config.Duration(200 * time.Millisecond)
				}
			})
			for _, route := range routes(true) {
				resp, got := g.post(t, route.path, route.body)
				if resp.StatusCode != http.StatusOK || !strings.Contains(got, "Hel") {
					t.Errorf("%s: %d %q", route.name, resp.StatusCode, got)
				}
				if !strings.Contains(got, "<broken:") || strings.Contains(got, "[DONE]") {
					t.Errorf("%s: the stream ended cleanly: %q", route.name, got)
				}
				want := `data: {"error":{"code":"provider_`
				if route.gemini {
					want = `data: {"error":{"code":50`
				}
				if fault == "silence" {
					want = "nothing in time"
				}
				if !strings.Contains(got, want) {
					t.Errorf("%s: no error event in %q", route.name, got)
				}
			}
		})
	}
}

// TestAStreamThatFailsAtOnceHasAStatus: before the first byte a failure is a
// status and no event (defects 52, 83).
func TestAStreamThatFailsAtOnceHasAStatus(t *testing.T) {
	for fault, upstream := range map[string]http.HandlerFunc{
		"reset": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"empty": func(w http.ResponseWriter, r *http.Request) { say(w, "") },
		"headers alone": func(w http.ResponseWriter, r *http.Request) {
			say(w, "")
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(fault, func(t *testing.T) {
			g := run(t, upstream, nil)
			for _, route := range routes(true) {
				if resp, got := g.post(t, route.path, route.body); resp.StatusCode != http.StatusBadGateway || !strings.Contains(got, `"error"`) {
					t.Errorf("%s: %d %q", route.name, resp.StatusCode, got)
				}
			}
		})
	}
}

// TestAClientThatLeavesIsSeen: promise 4. In each phase the upstream request
// is cancelled, streaming or not.
func TestAClientThatLeavesIsSeen(t *testing.T) {
	arrived, cancelled := make(chan struct{}), make(chan struct{})
	var phase string
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		switch phase {
		case "idle stream":
			say(w, beginning(r))
		case "before the first byte":
			say(w, "")
		}
		arrived <- struct{}{}
		<-r.Context().Done()
		cancelled <- struct{}{}
	}, nil)
	for _, p := range []string{"before headers", "before the first byte", "idle stream", "not streaming"} {
		phase = p
		for _, route := range routes(p != "not streaming") {
			ctx, leave := context.WithCancel(t.Context())
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+route.path, strings.NewReader(route.body))
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				resp, err := g.http.Do(req)
				if err != nil {
					return
				}
				defer resp.Body.Close()
				if _, err := io.Copy(io.Discard, resp.Body); err == nil {
					t.Errorf("%s, %s: an answer came", p, route.name)
				}
			}()
			<-arrived
			leave()
			select {
			case <-cancelled:
			case <-time.After(patience):
				t.Fatalf("%s, %s: the backend was never told", p, route.name)
			}
			<-ended
		}
	}
}

// TestADrainThatLastsTooLongTellsSo: streams that still run are ended with an
// error event, never cleanly.
func TestADrainThatLastsTooLongTellsSo(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say(w, beginning(r))
		<-r.Context().Done()
	}))
	defer up.Close()
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay, cfg.Drain.Timeout = "127.0.0.1:0", 0, config.Duration(300*time.Millisecond)
	b := config.DefaultBackend("chat")
	b.URL = up.URL
	cfg.Backends[b.Name] = b
	app, err := server.New(cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	resp, err := client.Post("http://"+app.Addr()+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := app.Stop(t.Context()); err == nil {
		t.Error("a drain that had to cut a stream says so")
	}
	got, err := io.ReadAll(resp.Body)
	if err == nil || !strings.Contains(string(got), "gateway_shutting_down") || strings.Contains(string(got), "[DONE]") {
		t.Errorf("%v after %q", err, got)
	}
}
