package backend

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

func (b *Backend) answerStream(x *exchange.Exchange, req *ir.Request, s *sent, body io.Reader) (*exchange.Reply, error) {
	framing := x.Front.Front.Framing(x.Call)
	c := &convertedStream{
		s: s, idle: b.cfg.Timeouts.Idle.D(), framing: framing,
		decoder: b.back.NewDecoder(req, b.shared.Mint), encoder: x.Front.Front.NewEncoder(req, b.shared.Mint),
		observe: newObserver(x, b.shared.Seals),
	}
	if strings.HasPrefix(s.resp.Header.Get("Content-Type"), "application/json") {
		if err := c.takeWhole(b, req, body); err != nil {
			return nil, err
		}
	} else {
		c.frames = wire.NewReader(body, wire.NewSSE(b.maxEvent()))
	}
	began := time.Now()
	err := c.prime()
	x.Outcome.Upstream += time.Since(began)
	if err != nil {
		return nil, err
	}
	return &exchange.Reply{Status: http.StatusOK, Stream: c, Length: -1, Header: http.Header{
		"Content-Type": {framing.ContentType()}, "Cache-Control": {"no-cache"}, "X-Accel-Buffering": {"no"},
	}}, nil
}

// convertedStream is pulled by the client's connection: one Read takes the
// backend's next frame through the decoder and the encoder.
type convertedStream struct {
	s       *sent
	idle    time.Duration
	frames  *wire.Reader // nil: the answer came whole, in events
	decoder translate.Decoder
	encoder translate.Encoder
	framing wire.Framing
	observe *observer

	events  []ir.Event
	out     []wire.Frame
	pending []byte
	given   int
	over    error // what comes after pending: io.EOF or the failure
}

// takeWhole reads an answer that came whole though a stream was asked. It is
// a stream after all where the content type lies.
func (c *convertedStream) takeWhole(b *Backend, req *ir.Request, body io.Reader) error {
	buffered := bufio.NewReader(body)
	start, err := buffered.Peek(len("data:"))
	if len(start) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return causeOf(c.s.ctx, err, "The backend's answer broke off.")
	}
	if looksLikeSSE(start) {
		c.frames = wire.NewReader(buffered, wire.NewSSE(b.maxEvent()))
		return nil
	}
	whole, err := io.ReadAll(io.LimitReader(buffered, int64(b.maxEvent())))
	if err != nil {
		return causeOf(c.s.ctx, err, "The backend's answer broke off.")
	}
	resp, err := b.decodeWhole(req, whole)
	if err != nil {
		return err
	}
	c.events = ir.Expand(resp)
	return nil
}

// prime works until there is something to send, so that a stream whose first
// event is an error is answered with a status (defects 52, 83).
func (c *convertedStream) prime() error {
	for len(c.pending) == 0 {
		if err := c.step(); err != nil {
			return err
		}
		if c.over != nil && len(c.pending) == 0 {
			return badStream(c.over)
		}
	}
	c.s.guard.alive(c.idle)
	return nil
}

// Read gives the client's next bytes.
func (c *convertedStream) Read(buf []byte) (int, error) {
	for c.given == len(c.pending) {
		if c.over != nil {
			return 0, c.over
		}
		c.pending, c.given = c.pending[:0], 0
		if err := c.step(); err != nil {
			c.fail(ir.AsError(err))
		}
	}
	n := copy(buf, c.pending[c.given:])
	c.given += n
	return n, nil
}

// step takes one frame through; a failure is returned for the caller to say.
func (c *convertedStream) step() error {
	if c.frames == nil {
		events := c.events
		c.events = nil
		if err := c.encode(events); err != nil {
			return err
		}
		return c.finish()
	}
	f, err := c.frames.Next()
	if errors.Is(err, io.EOF) {
		if c.events, err = c.decoder.Close(c.events[:0]); err != nil {
			return err
		}
		if err := c.encode(c.events); err != nil || c.over != nil {
			return err
		}
		return c.finish()
	}
	if err != nil {
		// A read that was cancelled also ends inside an event: then the
		// reason for cancelling it is what happened.
		if c.s.ctx.Err() == nil && (errors.Is(err, wire.ErrTooLarge) || errors.Is(err, wire.ErrCut)) {
			return badStream(err)
		}
		return causeOf(c.s.ctx, err, "The backend's stream broke off.")
	}
	c.s.guard.again()
	if c.events, err = c.decoder.Decode(c.events[:0], f); err != nil {
		return err
	}
	return c.encode(c.events)
}

// encode writes events in the client's dialect. A failure that the backend
// told of ends the stream as any other does.
func (c *convertedStream) encode(events []ir.Event) error {
	for _, e := range events {
		if failed, ok := e.(ir.Fail); ok {
			return failed.Err
		}
		c.observe.see(e)
		frames, err := c.encoder.Encode(c.out[:0], e)
		if err != nil {
			return err
		}
		c.put(frames)
	}
	return nil
}

func (c *convertedStream) put(frames []wire.Frame) {
	for _, f := range frames {
		c.pending = c.framing.AppendFrame(c.pending, f)
	}
	c.out = frames
}

func (c *convertedStream) finish() error {
	frames, err := c.encoder.Close(c.out[:0])
	if err != nil {
		return err
	}
	c.observe.lost(c.encoder.Dropped())
	c.put(frames)
	c.pending = c.framing.AppendEnd(c.pending)
	c.over = io.EOF
	return nil
}

// fail says the failure in the client's dialect; then the connection is
// aborted: both SDKs take a clean end for a whole answer (facts 10).
func (c *convertedStream) fail(e *ir.Error) {
	c.over = e
	frames, err := c.encoder.Encode(c.out[:0], ir.Fail{Err: e})
	if err == nil {
		c.put(frames)
	}
}

// Close ends the attempt.
func (c *convertedStream) Close() error {
	c.s.close()
	return nil
}
