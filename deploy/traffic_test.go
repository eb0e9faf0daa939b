package deploy_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"louter/server"
	"louter/server/config"
	"louter/server/metrics"
)

// gateway is a running Louter whose backends fail as their models say.
type gateway struct {
	app     *server.App
	figures *metrics.Metrics
	client  http.Client
	release chan struct{} // ends what hangs
	hanging chan struct{} // is told of it
}

// backends by their names; each serves the model of its name. The fallback of
// flaky is good.
func (g *gateway) backends() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"good": answers, "gemini": answers, "flaky": fails(503), "down": fails(500), "key": fails(401), "limited": fails(429),
		"busy": func(w http.ResponseWriter, r *http.Request) {
			g.hanging <- struct{}{}
			<-g.release
			answers(w, r)
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: %s\n\n", piece(false, "x", ""))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			g.hanging <- struct{}{}
		},
	}
}

// start runs Louter with the named backends.
func start(t *testing.T, names ...string) *gateway {
	t.Helper()
	g := &gateway{figures: metrics.New("v1.2.3", "go1.26"), client: http.Client{Transport: &http.Transport{}}, release: make(chan struct{}), hanging: make(chan struct{})}
	cfg := config.Default()
	cfg.Listen, cfg.AdminListen, cfg.Drain.Delay = "127.0.0.1:0", "127.0.0.1:0", 0
	cfg.Retry.Backoff = config.Duration(time.Millisecond)
	for i, name := range names {
		up := httptest.NewServer(g.backends()[name])
		t.Cleanup(up.Close)
		b := config.DefaultBackend(name)
		b.URL, b.Order, b.ModelMapping = up.URL, i, map[string]string{name: "*"}
		switch name {
		case "gemini":
			b.Protocol = config.ProtocolGemini
		case "flaky":
			b.Fallback = "good"
			b.Breaker.ConsecutiveFailures, b.Breaker.PerModel = 1000, true
		case "busy":
			b.MaxInFlight, b.QueueTimeout = 1, 0
		}
		cfg.Backends[name] = b
	}
	app, err := server.New(cfg, server.Options{Metrics: g.figures})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	g.app = app
	t.Cleanup(func() {
		g.client.CloseIdleConnections()
		if err := app.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return g
}

// ask posts one request in the dialect of its path and gives its status.
func (g *gateway) ask(t *testing.T, path, body string) int {
	t.Helper()
	resp, err := g.client.Post("http://"+g.app.Addr()+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func (g *gateway) chat(t *testing.T, model string, stream bool, more string) int {
	t.Helper()
	return g.ask(t, "/v1/chat/completions", fmt.Sprintf(`{"model":%q,"stream":%t%s,"messages":[{"role":"user","content":"hi"}]}`, model, stream, more))
}

// healthy is the traffic of a day without trouble: both dialects, streamed or
// not, passed and translated, callers' own faults, a field without a counterpart.
func (g *gateway) healthy(t *testing.T) {
	t.Helper()
	for _, stream := range []bool{false, true} {
		for _, model := range []string{"good", "gemini"} {
			if status := g.chat(t, model, stream, `,"logit_bias":{"1":2}`); status != http.StatusOK {
				t.Fatalf("%s: %d", model, status)
			}
		}
	}
	const talk = `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
	for _, path := range []string{"/v1beta/models/good:generateContent", "/v1beta/models/gemini:streamGenerateContent?alt=sse"} {
		if status := g.ask(t, path, talk); status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
	}
	for path, body := range map[string]string{"/nowhere": "{}", "/v1/chat/completions": "{"} {
		if status := g.ask(t, path, body); status < 400 || status >= 500 {
			t.Fatalf("%s: %d", path, status)
		}
	}
}

// leave begins a stream that never ends, and leaves.
func (g *gateway) leave(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+g.app.Addr()+"/v1/chat/completions",
		strings.NewReader(`{"model":"endless","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := resp.Body.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-g.hanging
}

// crowd asks a backend for one more than it takes.
func (g *gateway) crowd(t *testing.T) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.chat(t, "busy", false, "")
	}()
	<-g.hanging
	if status := g.chat(t, "busy", false, ""); status != http.StatusServiceUnavailable {
		t.Errorf("one too many: %d", status)
	}
	g.release <- struct{}{}
	<-ended
}

func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "3600") // nobody waits for it
		}
		w.WriteHeader(status)
		fmt.Fprint(w, `{"error":{"message":"no","type":"x","code":"y"}}`)
	}
}

func piece(gemini bool, text, finish string) string {
	if gemini {
		return `{"candidates":[{"content":{"role":"model","parts":[{"text":"` + text + `"}]}` + finish + `,"index":0}],"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7,"totalTokenCount":18},"modelVersion":"m"}`
	}
	return `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"` + text + `"}` + finish + `}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}`
}

// answers in either protocol, whole or in two pieces.
func answers(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	gemini, finish := strings.Contains(r.URL.Path, "enerateContent"), `,"finish_reason":"stop"`
	if gemini {
		finish = `,"finishReason":"STOP"`
	}
	if !strings.Contains(r.URL.Path, "stream") && !strings.Contains(string(body), `"stream":true`) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, strings.Replace(piece(gemini, "Hello", finish), `"delta"`, `"message"`, 1))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprintf(w, "data: %s\n\n", piece(gemini, "Hel", ""))
	w.(http.Flusher).Flush()
	time.Sleep(2 * time.Millisecond)
	fmt.Fprintf(w, "data: %s\n\n", piece(gemini, "lo", finish))
	if !gemini {
		fmt.Fprint(w, "data: [DONE]\n\n")
	}
}
