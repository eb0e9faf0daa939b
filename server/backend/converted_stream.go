package backend

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"louter/server/coding"
	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

func (b *Backend) answerStream(x *exchange.Exchange, req *ir.Request, s *sent, body io.Reader) (*exchange.Reply, error) {
	framing := x.Front.Front.Framing(x.Call)
	c := &convertedStream{
		s: s, body: liveBody{Reader: body, guard: s.guard}, idle: b.cfg.Timeouts.Idle.D(), framing: framing,
		decoder: b.back.NewDecoder(req, b.shared.Mint), encoder: x.Front.Front.NewEncoder(req, b.shared.Mint),
		observe: newObserver(x, b.shared.Seals),
	}
	if strings.HasPrefix(s.resp.Header.Get("Content-Type"), "application/json") {
		if err := c.takeWhole(b, req); err != nil {
			return nil, err
		}
	} else {
		c.frames = wire.NewReader(&c.body, wire.NewSSE(b.maxEvent()))
	}
	began := time.Now()
	err := c.prime()
	x.Outcome.Upstream += time.Since(began)
	if err != nil {
		return nil, err
	}
	return &exchange.Reply{Status: http.StatusOK, Stream: c, Length: -1, Heartbeat: x.Front.Heartbeat, Header: http.Header{
		"Content-Type": {framing.ContentType()}, "Cache-Control": {"no-cache"}, "X-Accel-Buffering": {"no"},
	}}, nil
}

// convertedStream is pulled by the client's connection: one Read takes the
// backend's next frame through the decoder and the encoder.
type convertedStream struct {
	s       *sent
	body    liveBody
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
func (c *convertedStream) takeWhole(b *Backend, req *ir.Request) error {
	buffered := bufio.NewReader(&c.body)
	start, err := buffered.Peek(len("data:"))
	if len(start) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return unreadOrCut(c.s.ctx, err)
	}
	if looksLikeSSE(start) {
		c.frames = wire.NewReader(buffered, wire.NewSSE(b.maxEvent()))
		return nil
	}
	whole, err := io.ReadAll(io.LimitReader(buffered, int64(b.maxEvent())))
	if err != nil {
		return unreadOrCut(c.s.ctx, err)
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
	c.body.begun = true
	return nil
}

// liveBody tells the guard of all that comes once the answer has begun, also
// of comments: a backend that thinks is not silent. Before, only what is said
// to the client ends the wait for the first token.
type liveBody struct {
	io.Reader
	guard *guard
	begun bool
}

func (l *liveBody) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 && l.begun {
		l.guard.again()
	}
	return n, err
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
		if c.s.ctx.Err() == nil && isUnreadable(err) {
			return badStream(err)
		}
		return causeOf(c.s.ctx, err, "The backend's stream broke off.")
	}
	if c.events, err = c.decoder.Decode(c.events[:0], f); err != nil {
		return err
	}
	return c.encode(c.events)
}

// isUnreadable: everything came, and it is no stream; else the connection failed.
func isUnreadable(err error) bool {
	return errors.Is(err, wire.ErrTooLarge) || errors.Is(err, wire.ErrNotObjects) || errors.Is(err, coding.ErrBroken) ||
		err == wire.ErrCut //nolint:errorlint // itself: a wrapped one comes with the connection's error
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
