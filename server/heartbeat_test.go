package server_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/server/config"
)

// TestASilentStreamIsKeptAlive: the backend goes on when the client has got a
// comment (defects 54b). A stream that passes through gets none, and
// a Gemini client neither: its readers take a comment for an event.
func TestASilentStreamIsKeptAlive(t *testing.T) {
	got := make(chan struct{})
	const every = 20 * time.Millisecond
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		say(w, beginning(r))
		select {
		case <-got:
		case <-time.After(25 * every):
		}
		say(w, ending(r))
	}, func(c *config.Config) { c.Limits.Heartbeat = config.Duration(every) })
	for _, route := range routes(true) {
		resp, err := g.http.Post(g.url+route.path, "application/json", strings.NewReader(route.body))
		if err != nil {
			t.Fatal(err)
		}
		beats, text := 0, ""
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), ":") {
				beats++
				select {
				case got <- struct{}{}:
				default: // it goes on already
				}
				continue
			}
			text += lines.Text() + "\n"
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(text, `"lo"`) || strings.Contains(text, `"error"`) {
			t.Errorf("%s: %s", route.name, text)
		}
		if wanted := route.name == "chat client, gem backend"; wanted != (beats > 0) {
			t.Errorf("%s: %d comments", route.name, beats)
		}
	}
}
