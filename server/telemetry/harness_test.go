package telemetry_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"louter/server"
	"louter/server/config"
	"louter/server/logtest"
	"louter/server/metrics"
	"louter/server/telemetry"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

const canary = "canary-of-what-nobody-may-be-told"

// gateway is Louter with its collector: backends a and b speak Chat, g Gemini;
// the models "chat" and "gem" are theirs.
type gateway struct {
	app     *server.App
	url     string
	log     *logtest.Buffer
	client  http.Client
	started bool // telemetry was
	mu      sync.Mutex
	told    []http.Header // what backends were sent, in order
}

// start reads the environment as `louter serve` does.
func start(t *testing.T, backends map[string]http.HandlerFunc, change func(*config.Config)) *gateway {
	t.Helper()
	g := &gateway{log: &logtest.Buffer{}, client: http.Client{Transport: &http.Transport{}}}
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay, cfg.Drain.Timeout = "127.0.0.1:0", 0, config.Duration(5*time.Second)
	cfg.Retry.Backoff = config.Duration(time.Millisecond)
	for name, h := range backends {
		up := httptest.NewServer(g.listen(h))
		t.Cleanup(up.Close)
		b := config.DefaultBackend(name)
		b.URL, b.APIKey, b.Order = up.URL, canary, int(name[0])
		b.ModelMapping = map[string]string{"chat": "chat-large"}
		if name == "g" {
			b.Protocol, b.ModelMapping = config.ProtocolGemini, map[string]string{"gem*": "gemini-x"}
		}
		cfg.Backends[name] = b
	}
	if change != nil {
		change(cfg)
	}
	log := slog.New(slog.NewJSONHandler(g.log, nil))
	figures := metrics.New("v1", "go")
	told, err := telemetry.Start(t.Context(), telemetry.Options{
		Version: "v1", Semconv: cfg.Telemetry.GenAISemconv, Logger: log, Figures: figures.Gatherer(),
	})
	if err != nil {
		t.Fatal(err)
	}
	g.started = told != nil
	if g.app, err = server.New(cfg, server.Options{Logger: log, Metrics: figures, Telemetry: told}); err != nil {
		t.Fatal(err)
	}
	if err := g.app.Start(); err != nil {
		t.Fatal(err)
	}
	g.url = "http://" + g.app.Addr()
	return g
}

func (g *gateway) listen(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.told = append(g.told, r.Header.Clone())
		g.mu.Unlock()
		h(w, r)
	}
}

// stop drains, and with that sends all that was not sent yet.
func (g *gateway) stop(t *testing.T) {
	t.Helper()
	g.client.CloseIdleConnections()
	if err := g.app.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if strings.Contains(g.log.String(), canary) {
		t.Error("a secret is in the log")
	}
}

func (g *gateway) ask(t *testing.T, path, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := g.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, string(got) + "<broken>"
	}
	return resp.StatusCode, string(got)
}

// asked is the header that a backend got, counted from 0.
func (g *gateway) asked(t *testing.T, n int) http.Header {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if n >= len(g.told) {
		t.Fatalf("backends were asked %d times", len(g.told))
	}
	return g.told[n]
}

// chatAsk says a canary that no span may repeat.
func chatAsk(model string, stream bool) string {
	return fmt.Sprintf(`{"model":%q,"stream":%t,"messages":[{"role":"user","content":%q}]}`, model, stream, canary)
}

const geminiAsk = `{"contents":[{"role":"user","parts":[{"text":"` + canary + `"}]}]}`

// answers is a backend of either protocol, with 11 input tokens of which 3
// came from a cache, and 7 output tokens of which 2 were thought.
func answers(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	gemini := strings.Contains(r.URL.Path, "enerateContent")
	stream := strings.Contains(r.URL.Path, "stream") || strings.Contains(string(body), `"stream":true`)
	chatUsage := `"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}`
	geminiUsage := `"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":5,"thoughtsTokenCount":2,"cachedContentTokenCount":3,"totalTokenCount":18}`
	piece := func(text, finish string) string {
		if gemini {
			return `{"candidates":[{"content":{"role":"model","parts":[{"text":"` + text + `"}]}` + finish + `,"index":0}],` + geminiUsage + `,"modelVersion":"m"}`
		}
		return `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"` + text + `"}` + finish + `}],` + chatUsage + `}`
	}
	finish := `,"finish_reason":"stop"`
	if gemini {
		finish = `,"finishReason":"STOP"`
	}
	if stream {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: %s\n\n", piece("Hel", ""))
		w.(http.Flusher).Flush()
		time.Sleep(5 * time.Millisecond)
		fmt.Fprintf(w, "data: %s\n\n", piece("lo", finish))
		if !gemini {
			fmt.Fprint(w, "data: [DONE]\n\n")
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, strings.Replace(piece("Hello", finish), `"delta"`, `"message"`, 1))
}

func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"message":"no","type":"x","code":"y"}}`)
	}
}
