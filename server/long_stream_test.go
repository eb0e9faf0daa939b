package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/server/config"
)

// TestALineOfManyMegabytesIsRead: bufio's scanner gives up on one (defects 47).
func TestALineOfManyMegabytesIsRead(t *testing.T) {
	const size = 8 << 20
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		say(w, strings.Replace(beginning(r), "Hel", "Hel"+strings.Repeat("x", size), 1))
		say(w, ending(r))
	}, nil)
	for _, route := range routes(true) {
		resp, got := g.post(t, route.path, route.body)
		if resp.StatusCode != http.StatusOK || strings.Count(got, "x") < size || !strings.Contains(got, `"lo"`) {
			t.Errorf("%s: status %d, %d bytes", route.name, resp.StatusCode, len(got))
		}
	}
}

// TestAStreamOutlivesTheTotalTime: only what is idle is cut (reports F16).
func TestAStreamOutlivesTheTotalTime(t *testing.T) {
	const total = 100 * time.Millisecond
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		say(w, beginning(r))
		time.Sleep(2 * total)
		say(w, ending(r))
	}, func(c *config.Config) {
		for _, b := range c.Backends {
			b.Timeouts.Total = config.Duration(total)
		}
	})
	for _, route := range routes(true) {
		resp, got := g.post(t, route.path, route.body)
		if resp.StatusCode != http.StatusOK || !strings.Contains(got, `"lo"`) || strings.Contains(got, `"error"`) {
			t.Errorf("%s: status %d: %s", route.name, resp.StatusCode, got)
		}
	}
}
