package backend

import (
	"bytes"
	"errors"
	"io"
	"time"

	"louter/translate/ir"
	"louter/translate/wire"
)

// passedStream forwards a stream as it comes and looks at a copy of it, to
// know at its end whether it was whole (promise 2). The look never delays a
// byte, and its failing harms nothing.
type passedStream struct {
	s        *sent
	idle     time.Duration
	splitter wire.Splitter // nil until it is known what comes
	maxEvent int
	array    bool // what comes is a JSON array, not server-sent events
	finished func([]byte) bool
	fail     func(e *ir.Error, array bool) []byte
	told     func(wire.Frame) *ir.Error
	tap      *tap

	first   []byte    // read before the answer was begun
	begun   bool      // the first event was seen
	failed  *ir.Error // what that event told, if it was an error
	whole   bool      // the ending was seen
	blind   bool      // the copy cannot be read; the end is taken as it comes
	open    bool      // the last byte given was inside an event
	tail    []byte    // the in-band error still to be given
	aborted error
}

const firstReadSize = 4 << 10

// prime reads the first event, so that a backend that dies before it, or says
// an error in it, gives an error with a status and not a broken stream
// (defects 52, 83). An event that is larger than the buffer is no error.
func (p *passedStream) prime() error {
	buf := make([]byte, 0, firstReadSize)
	for !p.begun && !p.blind && len(buf) < cap(buf) {
		n, err := p.s.resp.Body.Read(buf[len(buf):cap(buf)])
		p.look(buf[len(buf) : len(buf)+n])
		buf = buf[:len(buf)+n]
		switch {
		case p.failed != nil:
			return p.failed
		case errors.Is(err, io.EOF) && !p.begun:
			if len(buf) == 0 || !p.ended() {
				return &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response", Retryable: true,
					Message: "The backend's stream ended before its first event."}
			}
			p.begun = true
		case err != nil && !p.begun:
			return causeOf(p.s.ctx, err, "The backend's stream broke off before its first event.")
		}
	}
	p.first = buf
	p.s.guard.alive(p.idle)
	return nil
}

// Read gives what the backend has sent, then its end or its failure.
func (p *passedStream) Read(buf []byte) (int, error) {
	if len(p.first) > 0 {
		n := copy(buf, p.first)
		if p.first = p.first[n:]; len(p.first) == 0 {
			p.first = nil // a slow stream need not hold its first buffer
		}
		return n, nil
	}
	if p.aborted != nil {
		return p.giveTail(buf)
	}
	n, err := p.s.resp.Body.Read(buf)
	p.look(buf[:n])
	if err == nil {
		p.s.guard.again()
		return n, nil
	}
	if errors.Is(err, io.EOF) && p.ended() {
		return n, io.EOF
	}
	e := &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response", Retryable: true,
		Message: "The backend's stream ended before it was finished."}
	if !errors.Is(err, io.EOF) {
		e = causeOf(p.s.ctx, err, "The backend's stream broke off.")
	}
	p.aborted, p.tail = e, p.fail(e, p.array)
	if p.open && !p.array {
		// End the broken event first: the client must read the error as one of its own.
		p.tail = append([]byte("\n\n"), p.tail...)
	}
	return n, nil
}

func (p *passedStream) giveTail(buf []byte) (int, error) {
	if len(p.tail) == 0 {
		return 0, p.aborted
	}
	n := copy(buf, p.tail)
	p.tail = p.tail[n:]
	return n, nil
}

func (p *passedStream) look(b []byte) {
	if p.blind || len(b) == 0 {
		return
	}
	p.open = b[len(b)-1] != '\n' && b[len(b)-1] != '\r'
	if p.splitter == nil {
		p.choose(b)
		if p.splitter == nil {
			return
		}
	}
	p.splitter.Push(b)
	p.drain()
}

// choose takes the stream for what it is: a content type may be missing, or
// be a proxy's guess. What comes before the first event's first byte is of no
// use to either splitter.
func (p *passedStream) choose(b []byte) {
	start := bytes.TrimLeft(b, " \t\r\n")
	switch {
	case len(start) == 0:
	case start[0] == '[' || start[0] == '{':
		p.array, p.splitter = true, wire.NewJSONArray(p.maxEvent)
	default:
		p.splitter = wire.NewSSE(p.maxEvent)
	}
}

func (p *passedStream) drain() {
	for {
		f, ok, err := p.splitter.Next()
		if err != nil {
			// One that ends inside an event is read well enough to know that
			// it is not whole.
			p.blind = !errors.Is(err, wire.ErrCut)
			return
		}
		if !ok {
			return
		}
		if !p.begun && len(f.Data) > 0 {
			p.begun = true
			p.failed = p.told(f)
		}
		p.tap.see(f)
		if (!p.whole || p.tap.detailed()) && p.finished(f.Data) {
			p.whole = true
			p.tap.seeEnding(f)
		}
	}
}

func (p *passedStream) ended() bool {
	if !p.blind && p.splitter != nil {
		p.splitter.End()
		p.drain()
	}
	return p.whole || p.blind
}

// Close ends the attempt.
func (p *passedStream) Close() error {
	p.tap.end()
	p.s.close()
	return nil
}

// toldFailure reads an event that may tell of an error.
func (b *Backend) toldFailure(f wire.Frame) *ir.Error {
	if !bytes.Contains(f.Data, []byte(`"error"`)) {
		return nil
	}
	events, err := b.back.NewDecoder(&ir.Request{Stream: true}, b.shared.Mint).Decode(nil, f)
	if err != nil {
		return ir.AsError(err)
	}
	for _, e := range events {
		if failed, ok := e.(ir.Fail); ok {
			return failed.Err
		}
	}
	return nil
}
