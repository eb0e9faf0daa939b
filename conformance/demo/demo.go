// Package demo is an upstream for trying Louter without a key: it speaks one
// protocol on loopback and answers by what is asked, with answers that we
// wrote and the timing of a real service. It shares no code with Louter.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Upstream is a running demo service.
type Upstream struct {
	server   *http.Server
	listener net.Listener
	served   chan error
}

const (
	maxBody      = 64 << 20
	chunkDelay   = 30 * time.Millisecond
	headerWindow = 10 * time.Second
)

// Start serves "openai" or "gemini" on a free loopback port.
func Start(protocol string) (*Upstream, error) {
	var handler http.Handler
	switch protocol {
	case "openai":
		handler = http.HandlerFunc(serveChat)
	case "gemini":
		handler = http.HandlerFunc(serveGemini)
	default:
		return nil, fmt.Errorf("the demo does not speak %q", protocol)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	u := &Upstream{server: &http.Server{Handler: handler, ReadHeaderTimeout: headerWindow}, listener: ln, served: make(chan error, 1)}
	go func() { u.served <- u.server.Serve(ln) }()
	return u, nil
}

// URL is where it listens.
func (u *Upstream) URL() string { return "http://" + u.listener.Addr().String() }

// Close stops it at once.
func (u *Upstream) Close() error {
	err := u.server.Close()
	if served := <-u.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// question is what either protocol's request comes down to.
type question struct {
	model   string
	text    string // the last words of the user
	result  string // what a tool gave back, if that came last
	tool    string // the first function offered
	media   []string
	json    bool
	thought bool
	stream  bool
}

// answer is what the demo says.
type answer struct {
	thought string
	text    string
	call    string // the function to call; empty: none
	args    string
}

func (q question) answer() answer {
	a := answer{}
	if q.thought {
		a.thought = "The user wants a short answer. I will give one."
	}
	lower := strings.ToLower(q.text)
	switch {
	case q.result != "":
		a.text = "The tool says: " + q.result
	case q.tool != "" && (strings.Contains(lower, "weather") || strings.Contains(lower, "tool") || strings.Contains(lower, "read")):
		a.call, a.args = q.tool, `{"city":"Paris"}`
	case len(q.media) > 0:
		a.text = "I was given " + strings.Join(q.media, " and ") + "."
	case q.json:
		a.text = `{"answer":"Paris","sure":true}`
	case strings.Contains(lower, "france"):
		a.text = "The capital of France is Paris."
	default:
		a.text = "Hello from Louter's demo. You said: " + clip(q.text)
	}
	return a
}

func clip(s string) string {
	const longest = 200
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// readBody reads a request; ok is false where an error was answered.
func readBody(w http.ResponseWriter, r *http.Request) (gjson.Result, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || !gjson.ValidBytes(body) {
		http.Error(w, `{"error":{"code":400,"message":"The demo cannot read this request.","type":"invalid_request_error","status":"INVALID_ARGUMENT"}}`, http.StatusBadRequest)
		return gjson.Result{}, false
	}
	return gjson.ParseBytes(body), true
}

// sse writes events one by one, as a model would.
func sse(ctx context.Context, w http.ResponseWriter, end string, events []string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range events {
		if _, err := io.WriteString(w, "data: "+e+end); err != nil {
			return
		}
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(chunkDelay):
		}
	}
}

// pieces cuts text as a tokenizer would, with the space before the word.
func pieces(text string) []string {
	var out []string
	for text != "" {
		at := strings.IndexByte(text[1:], ' ')
		if at < 0 {
			return append(out, text)
		}
		out = append(out, text[:at+1])
		text = text[at+1:]
	}
	return out
}
