// Package sdk_test drives Louter with the official clients, over real
// sockets, against services that refuse what the real ones refuse.
package sdk_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"go.uber.org/goleak"
	"google.golang.org/genai"

	"louter/conformance/strict"
	"louter/server"
	"louter/server/config"
)

// The ignored goroutines belong to libraries that give no way to end them: a
// clock, a cleaner that ends with its next tick, and a worker of an SDK.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// models are what clients name: one at each backend.
var models = map[string]string{"chat backend": "on-chat", "gemini backend": "on-gemini"}

type gateway struct {
	url          string
	chat, gemini *strict.Service
	client       *http.Client
}

func startGateway(t *testing.T, change func(*config.Config)) *gateway {
	t.Helper()
	chat, err := strict.NewChat()
	if err != nil {
		t.Fatal(err)
	}
	gemini, err := strict.NewGemini()
	if err != nil {
		t.Fatal(err)
	}
	hops := newHops(t)
	hops.watchUpstream(chat.Server)
	hops.watchUpstream(gemini.Server)
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay = "127.0.0.1:0", 0
	cfg.Retry.MaxWait = config.Duration(time.Second) // the fakes ask for 7 s: the client is told at once
	add := func(name, protocol, url, to string) {
		b := config.DefaultBackend(name)
		b.Protocol, b.URL, b.APIKey = protocol, url, strict.Key
		b.ModelMapping = map[string]string{"on-" + name: to, "missing-" + name: "missing"}
		cfg.Backends[name] = b
	}
	add("chat", config.ProtocolOpenAI, chat.URL, "gpt-4o")
	add("gemini", config.ProtocolGemini, gemini.URL, "gemini-3-pro-preview")
	cfg.Backends["chat"].ModelMapping["thinks-on-chat"] = "o4-mini"
	cfg.Backends["gemini"].ModelMapping["thinks-on-gemini"] = "gemini-3-pro-preview"
	// The strict service refuses what OpenAI does not have.
	cfg.Backends["chat"].Profile = "openai"
	if change != nil {
		change(cfg)
	}
	app, err := server.New(cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := app.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		chat.Close()
		gemini.Close()
	})
	return &gateway{url: "http://" + app.Addr(), chat: chat, gemini: gemini, client: &http.Client{Transport: watchedTransport{transport, hops}}}
}

func (g *gateway) genai(t *testing.T) *genai.Client {
	t.Helper()
	c, err := genai.NewClient(t.Context(), &genai.ClientConfig{
		APIKey: "any", Backend: genai.BackendGeminiAPI, HTTPClient: g.client,
		HTTPOptions: genai.HTTPOptions{BaseURL: g.url},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (g *gateway) openai() openai.Client {
	return openai.NewClient(option.WithBaseURL(g.url+"/v1"), option.WithAPIKey("any"), option.WithHTTPClient(g.client))
}
