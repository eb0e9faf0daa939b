package telemetry_test

import (
	"net/http"
	"strings"
	"testing"

	"louter/server/config"
)

const (
	clientTrace  = "4bf92f3577b34da6a3ce929d0e0e4736"
	clientSpan   = "00f067aa0ba902b7"
	clientParent = "00-" + clientTrace + "-" + clientSpan + "-01"
	clientState  = "vendor=abc"
)

// TestATraceOfEachRequest: of each pair of dialects, streamed or not, one
// trace with the client's span as parent, Louter's own, and the backend's
// request, whose place the backend is told.
func TestATraceOfEachRequest(t *testing.T) {
	for _, c := range []struct {
		name, path, body, route, spanName, backend, mode string
		stream                                           bool
	}{
		{"passed", "/v1/chat/completions", chatAsk("chat", false), "/v1/chat/completions", "chat chat-large", "a", "passthrough", false},
		{"passed stream", "/v1/chat/completions", chatAsk("chat", true), "/v1/chat/completions", "chat chat-large", "a", "passthrough", true},
		{"translated", "/v1/chat/completions", chatAsk("gem", false), "/v1/chat/completions", "generate_content gemini-x", "g", "convert", false},
		{"translated stream", "/v1/chat/completions", chatAsk("gem", true), "/v1/chat/completions", "generate_content gemini-x", "g", "convert", true},
		{"Gemini on Chat", "/v1beta/models/chat:streamGenerateContent?alt=sse", geminiAsk, "/v1beta/models/{model}:streamGenerateContent", "chat chat-large", "a", "convert", true},
		{"Gemini passed", "/v1beta/models/gem:generateContent", geminiAsk, "/v1beta/models/{model}:generateContent", "generate_content gemini-x", "g", "passthrough", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := startHTTP(t)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
			g := start(t, map[string]http.HandlerFunc{"a": answers, "g": answers}, func(cfg *config.Config) { cfg.Telemetry.GenAISemconv = "0.1" })
			if status, body := g.ask(t, c.path, c.body, "Traceparent", clientParent, "Tracestate", clientState, "X-Request-Id", "id-1"); status != http.StatusOK {
				t.Fatal(status, body)
			}
			g.stop(t)
			servers, clients := told.ofKind("SERVER"), told.ofKind("CLIENT")
			if len(servers) != 1 || len(clients) != 1 {
				t.Fatalf("spans: %+v", told.all())
			}
			own, up := servers[0], clients[0]
			if own.trace != clientTrace || own.parent != clientSpan || up.trace != clientTrace || up.parent != own.id {
				t.Errorf("the trace is not the client's: %+v, %+v", own, up)
			}
			sent := g.asked(t, 0)
			if want := "00-" + clientTrace + "-" + up.id + "-01"; sent.Get("Traceparent") != want || sent.Get("Tracestate") != clientState || up.state != clientState {
				t.Errorf("the backend was told %q, %q; want %q", sent.Get("Traceparent"), sent.Get("Tracestate"), want)
			}
			if own.name != "POST "+c.route || up.name != c.spanName || own.failed || up.failed {
				t.Errorf("%q, %q", own.name, up.name)
			}
			if own.began > up.began || up.ended > own.ended || up.began > up.ended {
				t.Errorf("the request to the backend is not within its exchange: %+v, %+v", own, up)
			}
			expect(t, own.attrs, map[string]any{
				"http.request.method": "POST", "http.route": c.route, "http.response.status_code": int64(200), "louter.request_id": "id-1",
				"louter.backend": c.backend, "louter.mode": c.mode, "louter.attempts": int64(1), "louter.stream": c.stream,
			})
			provider := map[string]string{"a": "openai", "g": "gcp.gemini"}[c.backend]
			operation, model, _ := strings.Cut(c.spanName, " ")
			expect(t, up.attrs, map[string]any{
				"gen_ai.operation.name": operation, "gen_ai.provider.name": provider, "gen_ai.request.model": model, "gen_ai.request.stream": c.stream,
				"gen_ai.usage.input_tokens": int64(11), "gen_ai.usage.output_tokens": int64(7), "gen_ai.usage.cache_read.input_tokens": int64(3),
				"gen_ai.usage.reasoning.output_tokens": int64(2), "server.address": "127.0.0.1", "louter.backend": c.backend, "gen_ai.response.finish_reasons": map[string]string{"a": "stop", "g": "STOP"}[c.backend],
			})
			if first, there := up.attrs["gen_ai.response.time_to_first_chunk"].(float64); there != c.stream || there && first <= 0 {
				t.Errorf("time to first chunk: %v, %t", first, there)
			}
			saysNothing(t, told)
		})
	}
}

func expect(t *testing.T, got, want map[string]any) {
	t.Helper()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v", key, got[key], value)
		}
	}
}

// saysNothing: neither what was said nor a credential is told to a collector.
func saysNothing(t *testing.T, c *collector) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if strings.Contains(s.String(), canary) || strings.Contains(s.String(), "Hel") {
			t.Errorf("a span tells what was said: %s", s)
		}
	}
	for _, f := range c.figures {
		if strings.Contains(f.String(), canary) {
			t.Errorf("a figure tells what was said: %s", f)
		}
	}
}

// TestAFallbackIsOneTrace with a span for each backend that was asked.
func TestAFallbackIsOneTrace(t *testing.T) {
	told := startGRPC(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=t1")
	t.Setenv("OTEL_SERVICE_NAME", "gateway-7")
	g := start(t, map[string]http.HandlerFunc{"a": fails(503), "b": answers}, nil)
	if status, body := g.ask(t, "/v1/chat/completions", chatAsk("chat", true)); status != http.StatusOK {
		t.Fatal(status, body)
	}
	g.stop(t)
	servers, clients := told.ofKind("SERVER"), told.ofKind("CLIENT")
	if len(servers) != 1 || len(clients) != 2 {
		t.Fatalf("spans: %+v", told.all())
	}
	first, second := clients[0], clients[1]
	if first.attrs["louter.backend"] != "a" || !first.failed || first.attrs["error.type"] != "provider_unavailable" || first.attrs["gen_ai.usage.input_tokens"] != nil {
		t.Errorf("first: %+v", first)
	}
	if second.attrs["louter.backend"] != "b" || second.failed || second.attrs["gen_ai.usage.output_tokens"] != int64(7) || second.attrs["gen_ai.system"] != "openai" {
		t.Errorf("second: %+v", second)
	}
	if first.ended > second.began || servers[0].failed || servers[0].attrs["louter.attempts"] != int64(2) || first.parent != servers[0].id || second.parent != servers[0].id {
		t.Errorf("%+v, %+v, %+v", servers[0], first, second)
	}
	if a, b := g.asked(t, 0).Get("Traceparent"), g.asked(t, 1).Get("Traceparent"); !strings.Contains(a, first.id) || !strings.Contains(b, second.id) {
		t.Errorf("the backends were told %s and %s", a, b)
	}
	told.mu.Lock()
	defer told.mu.Unlock()
	if name := plain(told.resource.Attributes); name["service.name"] != "gateway-7" || name["service.version"] != "v1" {
		t.Errorf("resource %v", name)
	}
	if told.header.Get("X-Tenant") != "t1" {
		t.Errorf("the header of the environment was not sent: %v", told.header)
	}
}

// TestFailuresAreToldAsWhoseTheyAre: a provider's is an error of the span, a
// caller's is not.
func TestFailuresAreToldAsWhoseTheyAre(t *testing.T) {
	broken := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if _, err := w.Write([]byte(`data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"x"}}]}` + "\n\n")); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	for _, c := range []struct {
		name, path, body, errorType string
		backend                     http.HandlerFunc
		status                      int64
		failed                      bool
		asked                       int
	}{
		{"down", "/v1/chat/completions", chatAsk("chat", false), "provider_unavailable", fails(503), 503, true, 3},
		{"key refused", "/v1/chat/completions", chatAsk("chat", false), "gateway_credential_refused", fails(401), 502, true, 1},
		{"caller's fault", "/v1/chat/completions", chatAsk("chat", false), "caller_invalid_request", fails(400), 400, false, 1},
		{"stream breaks", "/v1/chat/completions", chatAsk("chat", true), "provider_bad_answer", broken, 200, true, 1},
		{"no such model", "/v1/chat/completions", chatAsk("none", false), "caller_model_not_found", answers, 404, false, 0},
		{"no such route", "/nowhere/" + canary, "{}", "caller_not_found", answers, 404, false, 0},
		{"no body", "/v1/chat/completions", "{", "caller_invalid_request", answers, 400, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := startHTTP(t)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
			g := start(t, map[string]http.HandlerFunc{"a": c.backend}, nil)
			g.ask(t, c.path, c.body, "Traceparent", clientParent)
			g.stop(t)
			servers, clients := told.ofKind("SERVER"), told.ofKind("CLIENT")
			if len(servers) != 1 || len(clients) != c.asked {
				t.Fatalf("spans: %+v", told.all())
			}
			own := servers[0]
			if own.failed != c.failed || own.attrs["error.type"] != c.errorType || own.attrs["http.response.status_code"] != c.status || own.trace != clientTrace {
				t.Errorf("%+v", own)
			}
			for _, up := range clients {
				if up.failed != c.failed || up.attrs["error.type"] != c.errorType {
					t.Errorf("%+v", up)
				}
			}
			saysNothing(t, told)
		})
	}
}

// TestABackendThatWasNotAskedHasNoSpan, but is told of.
func TestABackendThatWasNotAskedHasNoSpan(t *testing.T) {
	told := startHTTP(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
	release, arrived := make(chan struct{}), make(chan struct{})
	g := start(t, map[string]http.HandlerFunc{"a": func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		answers(w, r)
	}, "b": answers}, func(c *config.Config) {
		c.Backends["a"].MaxInFlight, c.Backends["a"].QueueTimeout, c.Backends["b"].Priority = 1, 0, 200
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.ask(t, "/v1/chat/completions", chatAsk("chat", false))
	}()
	<-arrived
	if status, body := g.ask(t, "/v1/chat/completions", chatAsk("chat", false)); status != http.StatusOK {
		t.Error(status, body)
	}
	close(release)
	<-ended
	g.stop(t)
	events := 0
	for _, s := range told.ofKind("SERVER") {
		for _, e := range s.events {
			if e == "louter.backend_not_asked" {
				events++
			}
		}
	}
	if clients := told.ofKind("CLIENT"); len(clients) != 2 || events != 1 {
		t.Errorf("%d events, spans %+v", events, clients)
	}
}

// TestEachCandidatesEndIsTold, by its index, whatever the order of a stream.
func TestEachCandidatesEndIsTold(t *testing.T) {
	end := func(index, finish string) string {
		return `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":` + index + `,"delta":{"content":"x"},"finish_reason":` + finish + `}]}`
	}
	backend := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, piece := range []string{end("0", "null"), end("1", "null"), end("1", `"length"`), end("0", `"tool_calls"`), "[DONE]"} {
			if _, err := w.Write([]byte("data: " + piece + "\n\n")); err != nil {
				return
			}
		}
	}
	for _, model := range []string{"chat", "gem"} {
		told := startHTTP(t)
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
		g := start(t, map[string]http.HandlerFunc{"a": backend}, func(c *config.Config) {
			if model == "gem" { // translated
				c.Backends["a"].ModelMapping = map[string]string{"gem": "chat-large"}
			}
		})
		path, body := "/v1/chat/completions", chatAsk("chat", true)
		if model == "gem" {
			path, body = "/v1beta/models/gem:streamGenerateContent?alt=sse", geminiAsk
		}
		if status, got := g.ask(t, path, body); status != http.StatusOK {
			t.Fatal(status, got)
		}
		g.stop(t)
		if ups := told.ofKind("CLIENT"); len(ups) != 1 || ups[0].attrs["gen_ai.response.finish_reasons"] != "tool_calls,length" {
			t.Errorf("%s: %+v", model, ups)
		}
	}
}
