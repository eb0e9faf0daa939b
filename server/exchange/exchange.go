// Package exchange is what one request is while Louter handles it: who asks,
// what for, and what is answered. It is a leaf: every layer of the server
// speaks in its terms and none knows another.
package exchange

import (
	"context"
	"io"
	"net/http"
	"time"

	"louter/translate"
	"louter/translate/ir"
)

// Exchange is one client's request on its way.
type Exchange struct {
	ID    string // x-request-id
	Start time.Time
	Front *translate.Protocol
	Call  translate.Call
	// Tenant keeps what is remembered for one key apart from all others
	// (promise 7); a hash, never the key.
	Tenant string
	// Targets that may answer, best first; set by the route layer.
	Targets []Target
	// Target is the one that this attempt asks; set by the fallback layer.
	Target Target
	// Forced: Target is asked although it is said to be down, since nothing
	// better is left.
	Forced bool
	// Outcome is written as it becomes known, for the log and the headers.
	Outcome Outcome
	// Trace is the exchange's place in a distributed trace; nil: none is kept,
	// and backends are told of the client's own.
	Trace Trace
}

// Trace follows an exchange to the backends.
type Trace interface {
	// Ask is told that a request is about to go to the target, and writes into
	// its header where it stands in the trace.
	Ask(Target, http.Header)
	// Detailed says whether what only a trace tells is worth looking for.
	Detailed() bool
}

// Target is one backend and the name it knows the model by.
type Target struct {
	Backend string
	Model   string
}

// Mode says how the bytes went.
type Mode string

// Modes, as x-louter-mode tells them.
const (
	ModePassthrough Mode = "passthrough"
	ModeConvert     Mode = "convert"
)

// Outcome is what is told about an exchange besides its answer.
type Outcome struct {
	Backend  string
	Model    string // the backend's model that was asked
	Mode     Mode
	Attempts int
	Dropped  []string  // paths, for x-louter-dropped
	Usage    *ir.Usage // nil: not known
	// Finishes is why each candidate ended, by its index; looked for only
	// where the trace is detailed.
	Finishes []string
	// Tried has every target that was tried, in order, for log and metrics.
	Tried []Attempt
	Timing
}

// Drop notes fields that could not be carried.
func (o *Outcome) Drop(losses ...ir.Loss) {
	for _, l := range losses {
		o.Dropped = append(o.Dropped, l.Path)
	}
}

// NoteFinish keeps why a candidate ended, in the provider's own word.
func (x *Exchange) NoteFinish(candidate int, f ir.Finish) {
	if f.Native == "" || candidate < 0 || candidate >= maxFinishes || x.Trace == nil || !x.Trace.Detailed() {
		return
	}
	o := &x.Outcome
	for len(o.Finishes) <= candidate {
		o.Finishes = append(o.Finishes, "")
	}
	o.Finishes[candidate] = f.Native
}

// maxFinishes is more candidates than any service gives.
const maxFinishes = 128

// Timing is when what happened; a zero time: it did not, or is not known.
type Timing struct {
	FirstByte time.Time // of the answer's body, given to the client
	// FirstToken and LastToken are when the backend's stream brought the first
	// and the last of what the model said.
	FirstToken, LastToken time.Time
	// Upstream is the time spent waiting for backends: of a stream until its
	// first event, else until the answer's end.
	Upstream time.Duration
}

// Attempt is one target that was tried, and how that ended.
type Attempt struct {
	Target
	Asked  bool // false: it was busy or its breaker open, and it got nothing
	Failed bool
	Kind   ir.Kind // of the failure
	Code   string
	Status int // that the failure has for the client; 0: none
	Began  time.Time
	// Took is the time to the answer's beginning or to the failure.
	Took time.Duration
}

// Reply is the answer to an exchange. Either Body or Stream holds it.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	// Stream is pulled: what one Read gives is sent to the client before the
	// next. An error other than io.EOF aborts the connection.
	Stream io.ReadCloser
	// Length of Stream in bytes; -1: not known, each Read is flushed.
	Length int64
	// Heartbeat may stand between what two Reads give, to keep a silent stream
	// alive; empty: nothing may.
	Heartbeat []byte
	// Failure says what a passed reply of status 4xx or 5xx means. Another
	// attempt may take its place; as the final answer its bytes are passed.
	Failure *ir.Error
}

// Handler answers an exchange. The context ends when the client has left.
type Handler interface {
	Handle(ctx context.Context, x *Exchange) (*Reply, error)
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(ctx context.Context, x *Exchange) (*Reply, error)

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, x *Exchange) (*Reply, error) { return f(ctx, x) }

// Layer wraps a handler with one concern.
type Layer func(Handler) Handler
