package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"louter/server"
	"louter/server/config"
	"louter/server/logtest"
)

// The ignored goroutines of fasthttp end by themselves or with the process.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// patience is how long a test waits for what must happen; it measures nothing.
const patience = 10 * time.Second

type running struct {
	app  *server.App
	url  string
	log  *logtest.Buffer
	http *http.Client
}

const upstreamKey = "canary-upstream-key"

// run starts Louter with one backend of each protocol, both answered by h.
// The model "chat" is the Chat backend's, "gem" Gemini's.
func run(t *testing.T, h http.HandlerFunc, change func(*config.Config)) *running {
	t.Helper()
	up := httptest.NewServer(h)
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay, cfg.Drain.Timeout = "127.0.0.1:0", 0, config.Duration(patience)
	for model, protocol := range map[string]string{"chat": config.ProtocolOpenAI, "gem": config.ProtocolGemini} {
		b := config.DefaultBackend(protocol)
		b.Protocol, b.URL, b.APIKey = protocol, up.URL, upstreamKey
		b.ModelMapping = map[string]string{model: "*"}
		cfg.Backends[protocol] = b
	}
	if change != nil {
		change(cfg)
	}
	log := &logtest.Buffer{}
	app, err := server.New(cfg, server.Options{Logger: slog.New(slog.NewJSONHandler(log, nil)), Verbose: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := app.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
		up.Close()
		if strings.Contains(log.String(), "canary") {
			t.Error("a secret is in the log")
		}
	})
	return &running{app: app, url: "http://" + app.Addr(), log: log, http: &http.Client{Transport: transport}}
}

// route is one of the four pairs, in one of the two modes of answering.
type route struct {
	name, path, body string
	gemini           bool // the client's dialect
}

func routes(stream bool) []route {
	var out []route
	for _, backend := range []string{"chat", "gem"} {
		chat := `{"model":"` + backend + `","messages":[{"role":"user","content":"hi"}]}`
		action := ":generateContent"
		if stream {
			chat = strings.Replace(chat, "}]}", `}],"stream":true}`, 1)
			action = ":streamGenerateContent?alt=sse"
		}
		out = append(out,
			route{"chat client, " + backend + " backend", "/v1/chat/completions", chat, false},
			route{"gemini client, " + backend + " backend", "/v1beta/models/" + backend + action, `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`, true})
	}
	return out
}

func (r *running) post(t *testing.T, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := r.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp, string(got) + "\n<broken: " + err.Error() + ">"
	}
	return resp, string(got)
}

// chunks of either protocol, as the upstream of that request would say them.
func isGemini(r *http.Request) bool { return strings.Contains(r.URL.Path, "enerateContent") }

func beginning(r *http.Request) string {
	if isGemini(r) {
		return `data: {"candidates":[{"content":{"parts":[{"text":"Hel"}],"role":"model"},"index":0}],"modelVersion":"m","responseId":"r"}` + "\r\n\r\n"
	}
	return `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}` + "\n\n"
}

func ending(r *http.Request) string {
	if isGemini(r) {
		return `data: {"candidates":[{"content":{"parts":[{"text":"lo"}],"role":"model"},"finishReason":"STOP","index":0}],"modelVersion":"m","responseId":"r"}` + "\r\n\r\n"
	}
	return `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
}

func whole(r *http.Request) string {
	if isGemini(r) {
		return `{"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"finishReason":"STOP","index":0}],"modelVersion":"m","responseId":"r"}`
	}
	return `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}`
}

func say(w http.ResponseWriter, text string) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "text/event-stream")
	}
	if _, err := io.WriteString(w, text); err == nil {
		w.(http.Flusher).Flush()
	}
}
