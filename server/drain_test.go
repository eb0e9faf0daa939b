package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/server"
	"louter/server/config"
)

// TestDrainCutsNoStream: 200 streams run when the drain begins, and end whole
// after the listener has closed (promise 9).
func TestDrainCutsNoStream(t *testing.T) {
	goOn := make(chan struct{})
	r := startReloading(t, func(w http.ResponseWriter, req *http.Request) {
		say(w, beginning(req))
		<-goOn
		say(w, ending(req))
	})
	const streams = 200
	open := make([]*http.Response, 0, streams)
	for range streams {
		resp, err := r.ask(streamedChat)
		if err != nil {
			close(goOn)
			t.Fatal(err)
		}
		defer resp.Body.Close()
		open = append(open, resp)
	}
	r.stopped = true
	ended := make(chan error, 1)
	go func() { ended <- r.app.Stop(context.Background()) }()
	refused := false
	for until := time.Now().Add(patience / 2); !refused && time.Now().Before(until); {
		conn, err := net.Dial("tcp", r.app.Addr())
		if refused = err != nil; refused {
			break
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if !refused {
		t.Error("connections are still taken")
	}
	close(goOn)
	for _, resp := range open {
		text, err := io.ReadAll(resp.Body)
		if err != nil || !strings.HasSuffix(string(text), "data: [DONE]\n\n") {
			t.Fatalf("a stream ended with %v after %q", err, text)
		}
	}
	if err := <-ended; err != nil {
		t.Errorf("stop: %v", err)
	}
}

// TestStopAtOnce: a gateway that is stopped before it has begun to serve
// leaves no listener behind.
func TestStopAtOnce(t *testing.T) {
	for range 50 {
		cfg := config.Default()
		cfg.Listen, cfg.Drain.Delay, cfg.Drain.Timeout = "127.0.0.1:0", 0, config.Duration(patience)
		app, err := server.New(cfg, server.Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Start(); err != nil {
			t.Fatal(err)
		}
		addr := app.Addr()
		if err := app.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if conn, err := net.Dial("tcp", addr); err == nil {
			t.Errorf("%s still takes connections", addr)
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
