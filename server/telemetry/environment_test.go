package telemetry_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/server/telemetry"
)

// TestNothingIsThereUnlessAskedFor: no exporter, no goroutine; what the client
// said of its trace goes up as it is, translated or not.
func TestNothingIsThereUnlessAskedFor(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"nothing set":   {},
		"another's":     {"OTEL_SERVICE_NAME": "x", "OTEL_TRACES_SAMPLER": "always_on"},
		"turned off":    {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
		"neither of it": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range env {
				t.Setenv(key, value)
			}
			g := start(t, map[string]http.HandlerFunc{"a": answers, "g": answers}, nil)
			if g.started {
				t.Error("telemetry was started")
			}
			for i, model := range []string{"chat", "gem"} {
				if status, body := g.ask(t, "/v1/chat/completions", chatAsk(model, false), "Traceparent", clientParent, "Tracestate", clientState); status != http.StatusOK {
					t.Fatal(status, body)
				}
				if sent := g.asked(t, i); sent.Get("Traceparent") != clientParent || sent.Get("Tracestate") != clientState {
					t.Errorf("%s: the backend was told %q, %q", model, sent.Get("Traceparent"), sent.Get("Tracestate"))
				}
			}
			g.stop(t)
		})
	}
}

// TestOneSignalAlone: traces without metrics, and the other way round, by the
// variables of one signal.
func TestOneSignalAlone(t *testing.T) {
	told := startHTTP(t)
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", told.url+"/v1/traces")
	g := start(t, map[string]http.HandlerFunc{"a": answers}, nil)
	g.ask(t, "/v1/chat/completions", chatAsk("chat", false))
	g.stop(t)
	if len(told.all()) != 2 || told.lastOf("gen_ai.server.request.duration") != nil {
		t.Errorf("traces alone: %+v", told.all())
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
	t.Setenv("OTEL_TRACES_EXPORTER", "none")
	g = start(t, map[string]http.HandlerFunc{"a": answers}, nil)
	g.ask(t, "/v1/chat/completions", chatAsk("chat", false), "Traceparent", clientParent)
	g.stop(t)
	if len(told.all()) != 2 || told.lastOf("gen_ai.server.request.duration") == nil {
		t.Errorf("metrics alone: %+v", told.all())
	}
	if sent := g.asked(t, 0).Get("Traceparent"); sent != clientParent {
		t.Errorf("without traces the backend was told %q", sent)
	}
}

// TestTheSamplerDecides, and the client's decision is kept by default.
func TestTheSamplerDecides(t *testing.T) {
	unsampled := strings.TrimSuffix(clientParent, "01") + "00"
	for _, c := range []struct {
		sampler, arg, parent string
		spans                int
		flags                string
	}{
		{"", "", clientParent, 2, "01"},
		{"", "", unsampled, 0, "00"},
		{"always_on", "", unsampled, 2, "01"},
		{"always_off", "", clientParent, 0, "00"},
		{"traceidratio", "0", clientParent, 0, "00"},
	} {
		t.Run(c.sampler+c.parent, func(t *testing.T) {
			told := startHTTP(t)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
			if c.sampler != "" {
				t.Setenv("OTEL_TRACES_SAMPLER", c.sampler)
				t.Setenv("OTEL_TRACES_SAMPLER_ARG", c.arg)
			}
			g := start(t, map[string]http.HandlerFunc{"a": answers}, nil)
			g.ask(t, "/v1/chat/completions", chatAsk("chat", false), "Traceparent", c.parent)
			g.stop(t)
			if got := len(told.all()); got != c.spans {
				t.Errorf("%d spans, want %d", got, c.spans)
			}
			sent := g.asked(t, 0).Get("Traceparent")
			if !strings.HasPrefix(sent, "00-"+clientTrace+"-") || !strings.HasSuffix(sent, "-"+c.flags) {
				t.Errorf("the backend was told %q", sent)
			}
		})
	}
}

// TestABadTraceparentBeginsANewTrace and is not told to the backend.
func TestABadTraceparentBeginsANewTrace(t *testing.T) {
	told := startHTTP(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
	g := start(t, map[string]http.HandlerFunc{"a": answers}, nil)
	g.ask(t, "/v1/chat/completions", chatAsk("chat", false), "Traceparent", "00-"+strings.Repeat("0", 32)+"-x", "Tracestate", clientState)
	g.stop(t)
	own := told.ofKind("SERVER")
	if len(own) != 1 || own[0].parent != "" {
		t.Fatalf("%+v", own)
	}
	if sent := g.asked(t, 0); !strings.Contains(sent.Get("Traceparent"), own[0].trace) || sent.Get("Tracestate") != "" {
		t.Errorf("the backend was told %v", sent)
	}
}

// TestADeadCollectorHarmsNobody: one that refuses, and one that takes
// connections and never answers. Requests are answered, and the stop ends.
func TestADeadCollectorHarmsNobody(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, protocol := range []string{"http/protobuf", "grpc"} {
		for name, url := range map[string]string{"refuses": "http://127.0.0.1:1", "silent": "http://" + silent.Addr().String()} {
			t.Run(protocol+" "+name, func(t *testing.T) {
				t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
				t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
				t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
				t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "8")
				t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")
				t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", "20")
				g := start(t, map[string]http.HandlerFunc{"a": answers}, nil)
				for i := range 40 {
					if status, body := g.ask(t, "/v1/chat/completions", chatAsk("chat", i%2 == 0)); status != http.StatusOK {
						t.Fatal(status, body)
					}
				}
				stopped := make(chan struct{})
				go func() {
					defer close(stopped)
					g.stop(t)
				}()
				select {
				case <-stopped:
				case <-time.After(20 * time.Second):
					t.Fatal("the stop waits for a collector that is dead")
				}
				if !strings.Contains(g.log.String(), "collector was not told") {
					t.Errorf("nobody was told: %s", g.log)
				}
			})
		}
	}
}

// TestWhatCannotBeUsedIsSaid, with the variable's name.
func TestWhatCannotBeUsedIsSaid(t *testing.T) {
	for variable, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_PROTOCOL":        "http/json",
		"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "carrier-pigeon",
		"OTEL_TRACES_EXPORTER":               "console",
		"OTEL_METRICS_EXPORTER":              "prometheus",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv(variable, value)
			_, err := telemetry.Start(t.Context(), telemetry.Options{Semconv: "1.36"})
			if err == nil || !strings.Contains(fmt.Sprint(err), fmt.Sprintf("%q", value)) || !strings.Contains(err.Error(), "OTEL_") {
				t.Errorf("%v", err)
			}
		})
	}
}
