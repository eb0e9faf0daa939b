package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"louter/server"
	"louter/server/config"
)

// BenchmarkExchange is for profiles: client and upstream share the process.
// What is measured for users is `make bench`.
func BenchmarkExchange(b *testing.B) {
	up := httptest.NewServer(http.HandlerFunc(answers))
	defer up.Close()
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay = "127.0.0.1:0", 0
	for model, protocol := range map[string]string{"chat": config.ProtocolOpenAI, "gem": config.ProtocolGemini} {
		be := config.DefaultBackend(protocol)
		be.Protocol, be.URL, be.APIKey = protocol, up.URL, upstreamKey
		be.ModelMapping = map[string]string{model: "*"}
		cfg.Backends[protocol] = be
	}
	app, err := server.New(cfg, server.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	if err := app.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if err := app.Stop(b.Context()); err != nil {
			b.Error(err)
		}
	}()
	text := strings.Repeat("word ", 140)
	long := strings.Repeat("word ", 20_000)
	chat := func(model, text string) string {
		return `{"model":"` + model + `","messages":[{"role":"user","content":"` + text + `"}]}`
	}
	for _, c := range []struct{ name, path, body string }{
		{"passed 1 KB", "/v1/chat/completions", chat("chat", text)},
		{"passed 100 KB", "/v1/chat/completions", chat("chat", long)},
		{"Chat to Gemini 1 KB", "/v1/chat/completions", chat("gem", text)},
		{"Gemini to Chat 1 KB", "/v1beta/models/chat:generateContent", `{"contents":[{"role":"user","parts":[{"text":"` + text + `"}]}]}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				resp, err := http.Post("http://"+app.Addr()+c.path, "application/json", strings.NewReader(c.body))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
					b.Fatal(resp.StatusCode, err)
				}
				if err := resp.Body.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
