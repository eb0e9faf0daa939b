package process

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
)

// Fault is a way in which a provider fails.
type Fault string

// The faults. Early ones come ahead of the first byte, where a gateway may
// ask another provider; mid ones after the first piece of a stream.
const (
	None        Fault = ""
	Refuses     Fault = "status 500"
	Overloaded  Fault = "status 503"
	TooMany     Fault = "status 429"
	ResetEarly  Fault = "reset early"
	CloseEarly  Fault = "close early"
	StallEarly  Fault = "stall early"
	Junk        Fault = "junk"        // status 200 with a page
	Short       Fault = "short"       // a whole answer that is cut off
	ErrorFirst  Fault = "error first" // the first event is an error
	ResetMid    Fault = "reset mid"
	CloseMid    Fault = "close mid"
	CleanEndMid Fault = "clean end mid" // without a finish reason
	ErrorMid    Fault = "error mid"
	StallMid    Fault = "stall mid"
)

// WholeFaults are those of an answer in one piece.
func WholeFaults() []Fault {
	return []Fault{Refuses, Overloaded, TooMany, ResetEarly, CloseEarly, StallEarly, Junk, Short}
}

// StreamFaults are those of a stream.
func StreamFaults() []Fault {
	return []Fault{Refuses, Overloaded, TooMany, ResetEarly, CloseEarly, StallEarly, Junk, ErrorFirst,
		ResetMid, CloseMid, CleanEndMid, ErrorMid, StallMid}
}

// earlyFaults is what is done instead of an answer.
var earlyFaults = map[Fault]func(turn){
	Refuses:    func(t turn) { t.refuse(http.StatusInternalServerError) },
	Overloaded: func(t turn) { t.refuse(http.StatusServiceUnavailable) },
	TooMany:    func(t turn) { t.refuse(http.StatusTooManyRequests) },
	ResetEarly: turn.reset,
	CloseEarly: turn.close,
	StallEarly: turn.stall,
	Junk:       func(t turn) { t.write("text/html", "<html>Please sign in.</html>") },
	ErrorFirst: func(t turn) { t.write(eventStream, sse(t.says.failed)) },
	Short: func(t turn) {
		body := t.says.answer(t.q)
		t.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		t.write(plainJSON, body[:len(body)/2])
		t.close()
	},
}

// midFaults is what is done instead of the second half of a stream.
var midFaults = map[Fault]func(turn){
	ResetMid:    turn.reset,
	CloseMid:    turn.close,
	StallMid:    turn.stall,
	CleanEndMid: func(turn) {},
	ErrorMid:    func(t turn) { t.write(eventStream, sse(t.says.failed)) },
}

const (
	eventStream = "text/event-stream"
	plainJSON   = "application/json"
)

// turn is one attempt at an answer.
type turn struct {
	w     http.ResponseWriter
	r     *http.Request
	q     Question
	says  speech
	pause Pause
}

// play says whether a right answer was written wholly.
func (t turn) play(f Fault) bool {
	if fail := earlyFaults[f]; fail != nil {
		fail(t)
		return false
	}
	if t.q.Stream {
		return t.stream(midFaults[f])
	}
	return t.goOn(0) && t.write(plainJSON, t.says.answer(t.q))
}

// stream ends with the failure after half of the pieces; nil: with a right end.
func (t turn) stream(fail func(turn)) bool {
	for i := range t.q.Pieces {
		if !t.goOn(i) || !t.write(eventStream, t.says.event(t.q, i)) {
			return false
		}
		if fail != nil && i == t.q.Pieces/2-1 {
			fail(t)
			return false
		}
	}
	return t.write(eventStream, t.says.end)
}

// goOn pauses; it is false where whoever asked has left.
func (t turn) goOn(piece int) bool {
	t.pause(t.r.Context(), t.q, piece)
	return t.r.Context().Err() == nil
}

func (t turn) refuse(code int) {
	t.w.Header().Set("Content-Type", plainJSON)
	t.w.Header().Set("Retry-After", "0")
	t.w.WriteHeader(code)
	t.write(plainJSON, t.says.failed)
}

// write sends at once; it is false where that was not possible.
func (t turn) write(contentType, text string) bool {
	t.w.Header().Set("Content-Type", contentType)
	if _, err := io.WriteString(t.w, text); err != nil {
		return false
	}
	return http.NewResponseController(t.w).Flush() == nil
}

func (t turn) stall() {
	<-t.r.Context().Done()
	t.close()
}

func (t turn) reset() { t.cut(func(c *net.TCPConn) error { return c.SetLinger(0) }) }

func (t turn) close() { t.cut(func(*net.TCPConn) error { return nil }) }

// cut ends the connection; should that fail, net/http does it.
func (t turn) cut(before func(*net.TCPConn) error) {
	conn, _, err := http.NewResponseController(t.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = before(tcp)
	}
	if err := errors.Join(err, conn.Close()); err != nil {
		panic(http.ErrAbortHandler)
	}
}
