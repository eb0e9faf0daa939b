package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestTheCollectorIsToldAtTheEnd: what was queued is sent when a signal has
// drained the process.
func TestTheCollectorIsToldAtTheEnd(t *testing.T) {
	var mu sync.Mutex
	names := map[string]int{}
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/v1/traces" {
			return
		}
		var in collectortrace.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, of := range in.ResourceSpans {
			for _, in := range of.ScopeSpans {
				for _, s := range in.Spans {
					names[s.Name]++
				}
			}
		}
	}))
	defer collector.Close()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	url := "http://127.0.0.1:" + port
	var log strings.Builder
	cmd := exec.CommandContext(t.Context(), "louter", "serve", "--demo", "--listen", "127.0.0.1:"+port)
	cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_BSP_SCHEDULE_DELAY=600000")
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(30 * time.Second); askHealth(url+"/livez") != nil; time.Sleep(healthPause) {
		if time.Now().After(until) {
			t.Fatal("it never lived")
		}
	}
	resp, err := http.Post(url+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"demo-gemini","messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != http.StatusOK {
		t.Error(resp.StatusCode)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v: %s", err, log.String())
	}
	mu.Lock()
	defer mu.Unlock()
	if names["POST /v1/chat/completions"] != 1 || names["generate_content demo-gemini"] != 1 {
		t.Errorf("told %v; the log says %s", names, log.String())
	}
}
