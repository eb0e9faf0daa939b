package telemetry_test

import (
	"fmt"
	"net/http"
	"testing"

	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"

	"louter/server/config"
)

// point is one series of a figure: how often it was counted, and the sum.
type point struct {
	attrs map[string]any
	count uint64
	sum   float64
}

// lastOf gives the series of a figure as they were told last.
func (c *collector) lastOf(name string) []point {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []point
	for _, m := range c.figures {
		if m.Name != name {
			continue
		}
		out = nil
		for _, p := range m.GetHistogram().GetDataPoints() {
			out = append(out, point{plain(p.Attributes), p.Count, p.GetSum()})
		}
		for _, p := range m.GetSum().GetDataPoints() {
			out = append(out, point{plain(p.Attributes), 1, numberOf(p)})
		}
		for _, p := range m.GetGauge().GetDataPoints() {
			out = append(out, point{plain(p.Attributes), 1, numberOf(p)})
		}
	}
	return out
}

func numberOf(p *metrics.NumberDataPoint) float64 {
	if whole, ok := p.Value.(*metrics.NumberDataPoint_AsInt); ok {
		return float64(whole.AsInt)
	}
	return p.GetAsDouble()
}

// where are the series that have these attributes.
func where(all []point, attrs map[string]any) []point {
	var out []point
	for _, p := range all {
		fits := true
		for key, value := range attrs {
			fits = fits && p.attrs[key] == value
		}
		if fits {
			out = append(out, p)
		}
	}
	return out
}

// TestFiguresHaveTheNamesOfTheirVersion, over either protocol, beside those
// that Prometheus gets.
func TestFiguresHaveTheNamesOfTheirVersion(t *testing.T) {
	chat := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "chat"}
	gemini := map[string]any{"gen_ai.operation.name": "generate_content", "gen_ai.request.model": "gem*"}
	type figure struct {
		name  string
		attrs map[string]any
		count uint64
		sum   float64 // 0: any above 0
	}
	with := func(attrs map[string]any, more ...string) map[string]any {
		out := map[string]any{}
		for key, value := range attrs {
			out[key] = value
		}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	for _, c := range []struct {
		semconv, protocol string
		start             func(*testing.T) *collector
		want              []figure
		none              []string
	}{
		{"1.36", "http/protobuf", startHTTP, []figure{
			{"gen_ai.client.operation.duration", with(chat, "gen_ai.system", "openai"), 2, 0},
			{"gen_ai.client.operation.duration", with(gemini, "gen_ai.system", "gcp.gemini"), 1, 0},
			{"gen_ai.client.token.usage", with(chat, "gen_ai.token.type", "input"), 2, 22},
			{"gen_ai.client.token.usage", with(gemini, "gen_ai.token.type", "output"), 1, 7},
			{"gen_ai.server.request.duration", chat, 2, 0},
			{"gen_ai.server.time_to_first_token", chat, 1, 0},
			{"gen_ai.server.time_per_output_token", chat, 1, 0},
			{"louter_tokens_total", map[string]any{"backend": "a", "type": "input"}, 1, 22},
			{"louter_time_to_first_token_seconds", map[string]any{"backend": "a"}, 1, 0},
		}, []string{"gen_ai.client.inference.duration", "gen_ai.client.inference.usage.input_tokens"}},
		{"0.1", "grpc", startGRPC, []figure{
			{"gen_ai.client.inference.duration", with(chat, "gen_ai.provider.name", "openai"), 2, 0},
			{"gen_ai.client.inference.time_to_first_chunk", chat, 1, 0},
			{"gen_ai.client.inference.operation.input_tokens", chat, 2, 22},
			{"gen_ai.client.inference.usage.input_tokens", gemini, 1, 11},
			{"gen_ai.client.inference.usage.output_tokens", gemini, 1, 7},
			{"gen_ai.client.inference.usage.cache_read.input_tokens", chat, 1, 6},
			{"gen_ai.client.inference.usage.reasoning.output_tokens", chat, 1, 4},
			{"gen_ai.server.request.duration", gemini, 1, 0},
		}, []string{"gen_ai.client.operation.duration", "gen_ai.client.token.usage"}},
	} {
		t.Run(c.semconv, func(t *testing.T) {
			told := c.start(t)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
			t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", c.protocol)
			g := start(t, map[string]http.HandlerFunc{"a": answers, "g": answers}, func(cfg *config.Config) { cfg.Telemetry.GenAISemconv = c.semconv })
			for _, body := range []string{chatAsk("chat", false), chatAsk("chat", true), chatAsk("gem-7", false)} {
				if status, got := g.ask(t, "/v1/chat/completions", body); status != http.StatusOK {
					t.Fatal(status, got)
				}
			}
			g.stop(t)
			for _, f := range c.want {
				got := where(told.lastOf(f.name), f.attrs)
				if len(got) != 1 || got[0].count != f.count || f.sum != 0 && got[0].sum != f.sum || got[0].sum <= 0 {
					t.Errorf("%s%v is %+v, want %d counted, sum %v", f.name, f.attrs, got, f.count, f.sum)
				}
			}
			for _, name := range c.none {
				if got := told.lastOf(name); got != nil {
					t.Errorf("%s is of another version: %+v", name, got)
				}
			}
			saysNothing(t, told)
		})
	}
}

// TestFailuresAreCountedAsSuch, a request to a backend and the whole.
func TestFailuresAreCountedAsSuch(t *testing.T) {
	told := startHTTP(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
	g := start(t, map[string]http.HandlerFunc{"a": fails(503), "b": answers}, nil)
	g.ask(t, "/v1/chat/completions", chatAsk("chat", false))
	g.stop(t)
	failed := map[string]any{"error.type": "provider_unavailable"}
	if got := where(told.lastOf("gen_ai.client.operation.duration"), failed); len(got) != 1 || got[0].count != 1 {
		t.Errorf("of the request that failed: %+v", got)
	}
	if got := told.lastOf("gen_ai.server.request.duration"); len(got) != 1 || got[0].attrs["error.type"] != nil {
		t.Errorf("of the whole, which did not: %+v", got)
	}
}

// TestClientsMakeNoSeries: a model that a client made up is told as the
// pattern that it fits.
func TestClientsMakeNoSeries(t *testing.T) {
	told := startHTTP(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
	g := start(t, map[string]http.HandlerFunc{"g": answers}, nil)
	for i := range 50 {
		g.ask(t, "/v1/chat/completions", chatAsk(fmt.Sprintf("gem-%d", i), false))
	}
	g.stop(t)
	for _, name := range []string{"gen_ai.client.operation.duration", "gen_ai.server.request.duration"} {
		if got := told.lastOf(name); len(got) != 1 || got[0].count != 50 {
			t.Errorf("%s: %d series, %+v", name, len(got), got)
		}
	}
}
