package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"louter/server/exchange"
	"louter/translate/ir"
)

// writeReply gives the answer to fasthttp. end runs when the last byte has
// been written or the client is gone, before the connection is used again.
func (a *generation) writeReply(c *fiber.Ctx, x *exchange.Exchange, reply *exchange.Reply, end func()) {
	for key, values := range reply.Header {
		for _, v := range values {
			c.Response().Header.Add(key, v)
		}
	}
	a.writeOutcome(c, x)
	c.Status(reply.Status)
	if reply.Stream == nil {
		c.Response().SetBodyRaw(reply.Body)
		end()
		x.Outcome.FirstByte = time.Now()
		a.traceClientResponse(x, reply.Status, reply.Body)
		a.finish(x, reply.Status, failureOf(reply))
		return
	}
	a.users.Add(1) // beside the request's own: a stream outlives its handler
	body := &clientBody{
		app: a, x: x, status: reply.Status, stream: reply.Stream, end: end, left: reply.Length,
		conn: c.Context().Conn(), stall: a.cfg.Limits.WriteStall.D(), err: failureOf(reply),
		over: a.app.metrics.Streaming(), whole: reply.Length == 0 || c.Method() == fiber.MethodHead,
	}
	if reply.Length < 0 && c.Request().Header.IsHTTP11() { // else there are no chunks
		body.heartbeat = newHeartbeat(body.conn, reply.Heartbeat, a.cfg.Limits.Heartbeat.D(), body.stall)
	}
	c.Context().SetBodyStream(body, int(reply.Length))
}

// failureOf is what a passed answer with an error status means.
func failureOf(reply *exchange.Reply) error {
	if reply.Failure == nil {
		return nil
	}
	return reply.Failure
}

// writeOutcome tells what x-louter-* tell. Dropped fields of a stream's
// answer come too late for a header and are in the log.
func (a *generation) writeOutcome(c *fiber.Ctx, x *exchange.Exchange) {
	h := &c.Response().Header
	o := x.Outcome
	if o.Backend != "" {
		h.Set("x-louter-backend", o.Backend)
		h.Set("x-louter-mode", string(o.Mode))
		h.Set("x-louter-attempts", strconv.Itoa(o.Attempts))
	}
	if o.Model != "" {
		h.Set("x-louter-model", headerSafe(o.Model))
	}
	if len(o.Dropped) > 0 {
		h.Set("x-louter-dropped", headerSafe(joinBounded(o.Dropped)))
	}
}

const maxDroppedHeader = 2 << 10

func joinBounded(paths []string) string {
	joined := strings.Join(paths, ", ")
	if len(joined) > maxDroppedHeader {
		return joined[:maxDroppedHeader] + "…"
	}
	return joined
}

// headerSafe keeps what a header may hold; names come from clients.
func headerSafe(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// clientBody is what fasthttp pulls. One Read is one write and flush, so a
// client that does not read stops the backend's bytes, too.
type clientBody struct {
	app    *generation
	x      *exchange.Exchange
	status int
	stream io.ReadCloser
	end    func()
	conn   net.Conn
	stall  time.Duration
	left   int64 // bytes still to be given; below 0: until the stream's end
	over   func()
	err    error
	whole  bool // everything was given
	closed bool

	heartbeat *heartbeat
}

// Read is called outside of every middleware: a panic here must not end the
// process (facts 5d).
func (b *clientBody) Read(p []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("panic in a stream: %v", r)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			b.err = err
		}
	}()
	if !b.x.Outcome.FirstByte.IsZero() {
		b.heartbeat.wait()
	}
	n, err = b.stream.Read(p)
	if broken := b.heartbeat.end(); broken != nil {
		return 0, &ir.Error{Kind: ir.KindClientGone, Message: "The client has left.", Cause: broken}
	}
	if n > 0 && b.x.Outcome.FirstByte.IsZero() {
		b.x.Outcome.FirstByte = time.Now()
	}
	b.whole = errors.Is(err, io.EOF) || b.left >= 0 && int64(n) >= b.left
	if b.left > 0 {
		b.left -= int64(n)
	}
	if n > 0 && b.stall > 0 {
		if derr := b.conn.SetWriteDeadline(time.Now().Add(b.stall)); derr != nil {
			return 0, &ir.Error{Kind: ir.KindClientGone, Message: "The client has left.", Cause: derr}
		}
	}
	return n, err
}

// Close is called once by fasthttp, after the last byte or a failed write.
func (b *clientBody) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	err := errors.Join(b.stream.Close(), b.heartbeat.end(), b.conn.SetWriteDeadline(time.Time{}))
	b.end()
	b.over()
	if b.err == nil && !b.whole {
		b.err = &ir.Error{Kind: ir.KindClientGone, Message: "The client has left."}
	}
	b.app.finish(b.x, b.status, b.err)
	b.app.release()
	if errors.Is(err, net.ErrClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
