package server_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"louter/server/config"
)

// TestACertificateOfItsOwn: a backend behind an authority of the company is
// reached with ca_file, and without it refused in words that show no address.
func TestACertificateOfItsOwn(t *testing.T) {
	up := httptest.NewTLSServer(http.HandlerFunc(answers))
	defer up.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: up.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for ca, status := range map[string]int{file: 200, "": 502} {
		g := run(t, answers, func(c *config.Config) {
			for _, b := range c.Backends {
				b.URL, b.CAFile = up.URL, ca
			}
			c.Retry.Attempts = 1
		})
		for _, route := range routes(false) {
			resp, got := g.post(t, route.path, route.body)
			if resp.StatusCode != status || strings.Contains(got, strings.TrimPrefix(up.URL, "https://")) {
				t.Errorf("%s, ca_file %q: %d %s", route.name, ca, resp.StatusCode, got)
			}
		}
	}
}

// TestBytesInFlightAreBounded: while one large request is held another is
// refused with 503 and Retry-After, and taken when there is room again.
func TestBytesInFlightAreBounded(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		text := bodyOf(r)
		if strings.Contains(text, "hold") {
			arrived <- struct{}{}
			<-release
		}
		answers(w, r)
	}, func(c *config.Config) { c.Limits.MaxInFlight = 100 << 10 })
	large := func(r route, word string) string {
		return strings.Replace(r.body, "hi", word+strings.Repeat("x", 60<<10), 1)
	}
	for _, route := range routes(false) {
		held := make(chan int)
		go func() {
			resp, err := g.http.Post(g.url+route.path, "application/json", strings.NewReader(large(route, "hold")))
			if err != nil {
				held <- 0
				return
			}
			resp.Body.Close()
			held <- resp.StatusCode
		}()
		<-arrived
		resp, got := g.post(t, route.path, large(route, "more"))
		word := "gateway_overloaded"
		if route.gemini {
			word = "UNAVAILABLE"
		}
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || !strings.Contains(got, word) {
			t.Errorf("%s: %d %v %s", route.name, resp.StatusCode, resp.Header, got)
		}
		release <- struct{}{}
		if status := <-held; status != http.StatusOK {
			t.Errorf("%s: the held one got %d", route.name, status)
		}
		if resp, got := g.post(t, route.path, large(route, "more")); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: with room again %d %s", route.name, resp.StatusCode, got)
		}
	}
}
