package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"louter/server"
	"louter/server/breaker"
	"louter/server/config"
	"louter/server/logtest"
)

// patience is how long a test waits for what must happen; it measures nothing.
const patience = 20 * time.Second

// canary must appear in no log.
const canary = "canary-upstream-key"

// backendEntry is one backend of a gateway's configuration file.
type backendEntry struct {
	name, url, model string
	protocol         dialect
	timeouts         map[string]string
	more             string // further lines
}

// configText writes the configuration as its users do.
func configText(top string, backends []backendEntry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "listen = \"127.0.0.1:0\"\nadmin_listen = \"\"\n%s\n", top)
	fmt.Fprintf(&b, "[drain]\ndelay = \"0s\"\ntimeout = \"%s\"\n[retry]\nbackoff = \"1ms\"\n", patience)
	for i, e := range backends {
		fmt.Fprintf(&b, "[backends.%s]\nprotocol = %q\nurl = %q\napi_key = %q\npriority = %d\n", e.name, e.protocol, e.url, canary, i+1)
		fmt.Fprintf(&b, "queue_timeout = \"%s\"\nmodel_mapping = { %s = \"*\" }\n%s\n", patience, e.model, e.more)
		fmt.Fprintf(&b, "[backends.%s.timeouts]\n", e.name)
		for _, phase := range slices.Sorted(maps.Keys(e.timeouts)) {
			fmt.Fprintf(&b, "%s = %q\n", phase, e.timeouts[phase])
		}
	}
	return b.String()
}

// gateway is a running Louter.
type gateway struct {
	app     *server.App
	url     string
	http    *http.Client
	log     *logtest.Buffer
	stopped sync.Once
	t       *testing.T
}

// startGateway reads the configuration's text as the command does.
func startGateway(t *testing.T, text string) *gateway {
	t.Helper()
	cfg, problems := config.Parse("louter.toml", []byte(text), config.Environment{})
	for _, p := range problems {
		t.Fatalf("%v in\n%s", p, text)
	}
	log := &logtest.Buffer{}
	app, err := server.New(cfg, server.Options{Logger: slog.New(slog.NewJSONHandler(log, nil)), Verbose: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	g := &gateway{app: app, url: "http://" + app.Addr(), log: log, t: t,
		http: &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: 3 * patience}}
	t.Cleanup(g.stop)
	return g
}

// stop waits until every exchange is over: after it, breakers and ledgers say
// their last.
func (g *gateway) stop() {
	g.stopped.Do(func() {
		g.http.CloseIdleConnections()
		if err := g.app.Stop(context.Background()); err != nil {
			g.t.Errorf("stop: %v", err)
		}
		if strings.Contains(g.log.String(), canary) {
			g.t.Error("the log has the backend's key")
		}
	})
}

// breakerOf is the state of one backend's breaker.
func (g *gateway) breakerOf(name string) breaker.Status {
	for _, s := range g.app.BackendStates() {
		if s.Backend == name && s.Model == "" {
			return s.Status
		}
	}
	return "unknown"
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
	broken bool // the connection was aborted before the answer's end
}

// ask is one request of a client.
func (g *gateway) ask(ctx context.Context, client dialect, k kind, model string) (answer, error) {
	path, body := requestOf(client, k, model)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := g.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	text, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, header: resp.Header, body: string(text), broken: err != nil}, errors.Join(nil, resp.Body.Close())
}

// requestOf is what a client of the dialect sends.
func requestOf(client dialect, k kind, model string) (path, body string) {
	if client == openai {
		suffix := ""
		if k != unary {
			suffix = `,"stream":true`
		}
		return "/v1/chat/completions", fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"hi"}]%s}`, model, suffix)
	}
	action := map[kind]string{unary: ":generateContent", stream: ":streamGenerateContent?alt=sse", array: ":streamGenerateContent"}[k]
	return "/v1beta/models/" + model + action, `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
}
