package process_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"louter/conformance/process"
)

// TestProxiesOfTheEnvironment: a backend whose name only the proxy knows is
// reached by HTTP_PROXY, and not where NO_PROXY names it.
func TestProxiesOfTheEnvironment(t *testing.T) {
	u := upstream(t, process.NoFault, process.AsAsked)
	to, err := url.Parse(u.URL())
	if err != nil {
		t.Fatal(err)
	}
	var passed atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "provider.invalid" {
			http.Error(w, "not asked as a proxy", http.StatusBadGateway)
			return
		}
		passed.Add(1)
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	config := backend("one", "openai", "http://provider.invalid/v1") + "[retry]\nattempts = 1\n"
	for bypass, status := range map[string]int{"": http.StatusOK, "provider.invalid": http.StatusBadGateway} {
		before := passed.Load()
		g := start(t, process.Options{Config: config, Env: []string{"HTTP_PROXY=" + proxy.URL, "NO_PROXY=" + bypass}})
		client := process.NewClient(g.URL, 1)
		for id, gemini := range []bool{false, true} {
			a := client.Ask(t.Context(), process.Question{ID: int64(id), Gemini: gemini, Pieces: 1}, nil)
			if a.Status != status {
				t.Errorf("NO_PROXY=%q, gemini %t: %+v", bypass, gemini, a)
			}
		}
		client.Transport.CloseIdleConnections()
		if through := passed.Load() > before; through != (bypass == "") {
			t.Errorf("NO_PROXY=%q: through the proxy %t", bypass, through)
		}
	}
}
