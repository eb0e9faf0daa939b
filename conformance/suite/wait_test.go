package suite

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"louter/conformance/scenario"
)

// TestTargetIsAwaitedUntilItServes: one that listens may not have its models.
func TestTargetIsAwaitedUntilItServes(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/models" || r.Header.Get("Authorization") != "Bearer k" {
			t.Errorf("asked for %s with %v", r.URL, r.Header)
		}
		text := "one/ two/"
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			text = "one/"
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	target := &Target{
		Name: "x", URL: server.URL, Wait: "20s", Ready: Ready{Path: "/v1/models", Says: []string{"one/", "two/"}},
		Fronts: map[string]TargetRoute{scenario.OpenAIChat: {Headers: map[string]string{"Authorization": "Bearer k"}}},
	}
	c := newClient()
	defer c.close()
	if err := target.await(t.Context(), c); err != nil || asked.Load() != 3 {
		t.Fatalf("asked %d times, %v", asked.Load(), err)
	}
	target.Wait, target.Ready.Says = "300ms", []string{"three/"}
	if err := target.await(t.Context(), c); err == nil || !strings.Contains(err.Error(), `does not say "three/"`) {
		t.Fatalf("got %v", err)
	}
}
