package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
)

// Upstream is a provider of both protocols on a loopback port.
type Upstream struct {
	plan   Plan
	pause  Pause
	ledger ledger
	active atomic.Int64
	server http.Server
	at     net.Listener
	served chan error
}

// Plan says how an attempt at a question fails; attempts count from 0.
type Plan func(q Question, attempt int) Fault

// Pause comes ahead of each piece of an answer, a whole one counting as one;
// it ends with the context.
type Pause func(ctx context.Context, q Question, piece int)

// NoFault is the plan of a provider that answers.
func NoFault(Question, int) Fault { return None }

// AsAsked pauses for as long as the question says.
func AsAsked(ctx context.Context, q Question, _ int) {
	timer := time.NewTimer(q.Gap)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// StartUpstream listens at a loopback address; port 0 takes a free one.
func StartUpstream(addr string, plan Plan, pause Pause) (*Upstream, error) {
	u := &Upstream{plan: plan, pause: pause, served: make(chan error, 1)}
	u.ledger.entries = map[int64][]Served{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", u.serve)
	mux.HandleFunc("GET /active", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, u.Active()) })
	u.server.Handler = mux
	var err error
	if u.at, err = net.Listen("tcp", addr); err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	go func() { u.served <- u.server.Serve(u.at) }()
	return u, nil
}

// URL is where it listens.
func (u *Upstream) URL() string { return "http://" + u.at.Addr().String() }

// Active is the number of questions that are being answered.
func (u *Upstream) Active() int { return int(u.active.Load()) }

// Close stops it at once.
func (u *Upstream) Close() error {
	err := u.server.Close()
	if served := <-u.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func (u *Upstream) serve(w http.ResponseWriter, r *http.Request) {
	u.active.Add(1)
	defer u.active.Add(-1)
	says := speechOf(r.URL.Path)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever asked has left; nothing was promised
	}
	q := Question{Stream: gjson.GetBytes(body, "stream").Bool() || r.URL.Query().Get("alt") == "sse"}
	prompt := gjson.GetBytes(body, "messages.#(role==user).content")
	if !prompt.Exists() {
		prompt = gjson.GetBytes(body, "contents.0.parts.0.text")
	}
	text := prompt.String()
	if prompt.IsArray() {
		text = prompt.Get("0.text").String()
	}
	if err := q.read(text); err != nil {
		http.Error(w, says.failed, http.StatusBadRequest)
		return
	}
	attempt, settle := u.ledger.begin(q.ID)
	t := turn{w: w, r: r, q: q, says: says, pause: u.pause}
	fault := u.plan(q, attempt)
	whole := false
	defer func() { settle(Served{Fault: fault, Whole: whole}) }()
	whole = t.play(fault)
}

// Served is one attempt as the provider saw it.
type Served struct {
	Fault Fault
	Whole bool // every byte of a right answer was written
}

// ledger is what was served, by question.
type ledger struct {
	mu      sync.Mutex
	entries map[int64][]Served
}

func (l *ledger) begin(id int64) (attempt int, settle func(Served)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	attempt = len(l.entries[id])
	l.entries[id] = append(l.entries[id], Served{})
	return attempt, func(s Served) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.entries[id][attempt] = s
	}
}

// Served gives the attempts at a question, in their order.
func (u *Upstream) Served(id int64) []Served {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	return append([]Served(nil), u.ledger.entries[id]...)
}

// ActiveAt asks how many questions a provider in another process is answering.
func ActiveAt(url string) (int, error) {
	resp, err := http.Get(url + "/active")
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return 0, err
	}
	return strconv.Atoi(string(text))
}
