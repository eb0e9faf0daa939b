package server_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"louter/server"
	"louter/server/config"
	"louter/server/logtest"
)

// reloading is a gateway whose one backend is named as the test says.
type reloading struct {
	app     *server.App
	stopped bool // by the test itself
	log     *logtest.Buffer
	cfg     func(name string) *config.Config
}

func startReloading(t *testing.T, h http.HandlerFunc) *reloading {
	t.Helper()
	up := httptest.NewServer(h)
	r := &reloading{log: &logtest.Buffer{}}
	r.cfg = func(name string) *config.Config {
		cfg := config.Default()
		cfg.Listen, cfg.Drain.Delay, cfg.Drain.Timeout = "127.0.0.1:0", 0, config.Duration(patience)
		b := config.DefaultBackend(name)
		b.Protocol, b.URL = config.ProtocolOpenAI, up.URL
		cfg.Backends[name] = b
		return cfg
	}
	app, err := server.New(r.cfg("first"), server.Options{Logger: slog.New(slog.NewJSONHandler(r.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	r.app = app
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		defer up.Close()
		if r.stopped {
			return
		}
		if err := app.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return r
}

func (r *reloading) ask(body string) (*http.Response, error) {
	return http.Post("http://"+r.app.Addr()+"/v1/chat/completions", "application/json", strings.NewReader(body))
}

const (
	plainChat    = `{"model":"m","messages":[{"role":"user","content":"hi"}]}`
	streamedChat = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
)

// TestStreamKeepsItsConfiguration: the backend of a running stream is removed
// by a reload; the stream ends whole, and the next request goes elsewhere.
func TestStreamKeepsItsConfiguration(t *testing.T) {
	goOn := make(chan struct{})
	r := startReloading(t, func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil || !bytes.Contains(body, []byte(`"stream"`)) {
			w.Header().Set("Content-Type", "application/json")
			say(w, whole(req))
			return
		}
		say(w, beginning(req))
		<-goOn
		say(w, ending(req))
	})
	resp, err := r.ask(streamedChat)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := r.app.Reload(r.cfg("second")); err != nil {
		t.Fatal(err)
	}
	next, err := r.ask(plainChat)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if got := next.Header.Get("x-louter-backend"); got != "second" {
		t.Errorf("after the reload %q answered", got)
	}
	close(goOn)
	text, err := io.ReadAll(resp.Body)
	if err != nil || !strings.HasSuffix(string(text), "data: [DONE]\n\n") {
		t.Errorf("the running stream ended with %v after %q", err, text)
	}
	if got := resp.Header.Get("x-louter-backend"); got != "first" {
		t.Errorf("the stream came from %q", got)
	}
}

// TestHundredReloadsUnderLoad: not one request fails (promise 9).
func TestHundredReloadsUnderLoad(t *testing.T) {
	r := startReloading(t, func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err == nil && bytes.Contains(body, []byte(`"stream"`)) {
			say(w, beginning(req))
			say(w, ending(req))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		say(w, whole(req))
	})
	over := make(chan struct{})
	var clients sync.WaitGroup
	for i := range 8 {
		body, last := plainChat, "}"
		if i%2 == 0 {
			body, last = streamedChat, "[DONE]"
		}
		clients.Go(func() {
			for {
				if err := askWhole(r, body, last); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-over:
					return
				default:
				}
			}
		})
	}
	for i := range 100 {
		name := []string{"first", "second"}[i%2]
		if err := r.app.Reload(r.cfg(name)); err != nil {
			t.Error(err)
		}
		if err := askWhole(r, plainChat, "}"); err != nil { // so that load is between
			t.Error(err)
		}
	}
	close(over)
	clients.Wait()
}

func askWhole(r *reloading, body, last string) error {
	resp, err := r.ask(body)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || !strings.HasSuffix(strings.TrimSpace(string(text)), last) {
		return errors.New(resp.Status + ": " + string(text))
	}
	return nil
}

// TestReloadOfWhatCannotBe: a bad one changes nothing, and what needs a
// restart is said.
func TestReloadOfWhatCannotBe(t *testing.T) {
	r := startReloading(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		say(w, whole(req))
	})
	bad := r.cfg("bad")
	bad.Backends["bad"].Protocol = "gopher"
	if err := r.app.Reload(bad); err == nil {
		t.Error("an unknown protocol was taken")
	}
	resp, err := r.ask(plainChat)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("x-louter-backend"); got != "first" {
		t.Errorf("after a bad reload %q answers", got)
	}
	moved := r.cfg("moved")
	moved.Listen = "127.0.0.1:1"
	if err := r.app.Reload(moved); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.log.String(), `"key":"listen"`) {
		t.Errorf("nothing is said of the listener: %s", r.log.String())
	}
}
