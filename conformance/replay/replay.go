// Package replay is the upstream of the conformance suite: it listens on a
// real socket, tells cases apart by the model that a request names, answers
// with what the case recorded, cut where the case says, and keeps what
// arrived.
package replay

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"louter/conformance/scenario"
)

// Arrived is a request as it came.
type Arrived struct {
	Method string
	Target string // path and query
	Header http.Header
	Body   []byte
}

// Server answers for one dialect.
type Server struct {
	dialect string
	http    http.Server
	ln      net.Listener
	served  chan error
	// Unit is what a millisecond of a recording lasts; tests shorten it.
	unit time.Duration

	mu       sync.Mutex
	sessions map[string]*Session
	strays   []string
	models   []string
}

// Options of a server.
type Options struct {
	Listen string        // "" is a free port of the loopback
	Unit   time.Duration // 0: a millisecond is a hundredth of one
}

// Start listens.
func Start(dialect string, o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Unit == 0 {
		o.Unit = 10 * time.Microsecond
	}
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("replayer of %s: %w", dialect, err)
	}
	s := &Server{dialect: dialect, ln: ln, unit: o.Unit, served: make(chan error, 1), sessions: map[string]*Session{}}
	s.http.Handler = http.HandlerFunc(s.answer)
	s.http.ReadHeaderTimeout = 10 * time.Second
	go func() { s.served <- s.http.Serve(ln) }()
	return s, nil
}

// URL is where the server listens, without a path.
func (s *Server) URL() string { return "http://" + s.ln.Addr().String() }

// Close ends the server and every connection.
func (s *Server) Close() error {
	err := s.http.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// Strays are requests that named no model of a running case.
func (s *Server) Strays() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.strays...)
}

// Session is one run of a case: answers in order, and what arrived.
type Session struct {
	server  *Server
	model   string
	answers []scenario.Answer
	cuts    Cuts

	mu      sync.Mutex
	arrived []Arrived
}

// Open makes the server answer requests for the model until Close.
func (s *Server) Open(model string, answers []scenario.Answer, cuts Cuts) (*Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[model] != nil {
		return nil, fmt.Errorf("the model %q already has a session", model)
	}
	o := &Session{server: s, model: model, answers: answers, cuts: cuts}
	s.sessions[model] = o
	return o, nil
}

// Close ends the session and gives what arrived.
func (o *Session) Close() []Arrived {
	o.server.mu.Lock()
	delete(o.server.sessions, o.model)
	o.server.mu.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.arrived
}

// take keeps the request and gives the answer to it: the last one again when
// there are more requests than answers, so that a retry is seen as one.
func (o *Session) take(a Arrived) (scenario.Answer, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.arrived = append(o.arrived, a)
	if len(o.answers) == 0 {
		return scenario.Answer{}, false
	}
	return o.answers[min(len(o.arrived), len(o.answers))-1], true
}

// maxStrays bounds what is kept of them.
const maxStrays = 100

const maxRequest = 64 << 20

// readBody undoes the coding, so that what arrived can be compared.
func readBody(r *http.Request) ([]byte, error) {
	from := io.LimitReader(r.Body, maxRequest)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(from)
		if err != nil {
			return nil, err
		}
		from = io.LimitReader(z, maxRequest)
	}
	return io.ReadAll(from)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if asksModels(r) {
		s.listModels(w)
		return
	}
	body, err := readBody(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	a := Arrived{Method: r.Method, Target: r.URL.RequestURI(), Header: r.Header.Clone(), Body: body}
	o := s.find(r, body)
	if o == nil {
		s.refuse(w, a)
		return
	}
	answer, ok := o.take(a)
	if !ok {
		s.refuse(w, a)
		return
	}
	array := answer.AsArray(s.dialect, a.Target)
	s.write(r.Context(), w, answer, array, o.cuts)
}

// find: the whole name, or what is behind the last slash of it, for gateways
// that put a provider's name in front.
func (s *Server) find(r *http.Request, body []byte) *Session {
	model := gjson.GetBytes(body, "model").String()
	if _, rest, ok := strings.Cut(r.URL.Path, "/models/"); ok {
		model = rest
		if colon := strings.LastIndexByte(rest, ':'); colon >= 0 {
			model = rest[:colon]
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.sessions[model]; o != nil {
		return o
	}
	return s.sessions[model[strings.LastIndexByte(model, '/')+1:]]
}

func (s *Server) refuse(w http.ResponseWriter, a Arrived) {
	s.mu.Lock()
	if len(s.strays) < maxStrays {
		s.strays = append(s.strays, a.Method+" "+a.Target)
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotImplemented)
	fmt.Fprint(w, `{"error":{"code":501,"status":"UNIMPLEMENTED","type":"invalid_request_error","param":null,"message":"the replayer has no answer: no case that runs has this model"}}`)
}

func (s *Server) pause(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	t := time.NewTimer(time.Duration(d.Milliseconds()) * s.unit)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
