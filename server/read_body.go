package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"louter/server/coding"
	"louter/translate/ir"
)

const (
	// bodyStall bounds the wait for the next piece of a body.
	bodyStall = 30 * time.Second
	// lingerTime and lingerBytes bound what is read of a refused body.
	lingerTime  = 2 * time.Second
	lingerBytes = 16 << 20
	// unknownLengthStep is how much a chunked body may grow before its bytes
	// are counted again.
	unknownLengthStep = 64 << 10
)

// readBody reads the request's body within the bounds of one body and of all
// together, and undoes its coding. The caller gives back what is held.
func (a *generation) readBody(c *fiber.Ctx) (body []byte, held int64, err error) {
	limit := int64(a.cfg.Limits.MaxBody)
	length := int64(c.Request().Header.ContentLength())
	reader := c.Context().RequestBodyStream()
	if length > limit {
		linger(c, reader)
		return nil, 0, tooLarge(limit)
	}
	if reader == nil {
		body = c.Request().Body()
		held = int64(len(body))
		if err := a.admitted.take(held); err != nil {
			return nil, 0, err
		}
	} else if body, held, err = a.readStream(c, reader, length, limit); err != nil {
		linger(c, reader)
		return nil, 0, err
	}
	name := c.Get(fiber.HeaderContentEncoding)
	if name == "" {
		return body, held, nil
	}
	plain, more, err := a.decode(name, body, limit)
	if err != nil {
		a.admitted.give(held)
		return nil, 0, err
	}
	return plain, held + more, nil
}

func (a *generation) readStream(c *fiber.Ctx, r io.Reader, length, limit int64) ([]byte, int64, error) {
	conn := c.Context().Conn()
	var held int64
	fail := func(err error) ([]byte, int64, error) {
		a.admitted.give(held)
		return nil, 0, err
	}
	step := length
	if length < 0 {
		step = unknownLengthStep
	}
	if err := a.admitted.take(step); err != nil {
		return fail(err)
	}
	held = step
	buf := make([]byte, 0, step+1)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(bodyStall)); err != nil {
			return fail(&ir.Error{Kind: ir.KindClientGone, Message: "The client has left.", Cause: err})
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return fail(tooLarge(limit))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fail(brokenBody(err))
		}
		if len(buf) < cap(buf) {
			continue
		}
		grown := int64(cap(buf))
		if err := a.admitted.take(grown); err != nil {
			return fail(err)
		}
		held += grown
		buf = append(make([]byte, 0, 2*cap(buf)), buf...)
	}
	return buf, held, nil
}

// linger takes a little more of a refused body before the connection closes:
// a client whose bytes meet a closed socket sees a reset and not the answer.
func linger(c *fiber.Ctx, reader io.Reader) {
	c.Context().SetConnectionClose()
	if reader == nil || c.Context().Conn().SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	if _, err := io.CopyN(io.Discard, reader, lingerBytes); err != nil {
		return // the body is over, or the client is too slow: the answer goes out either way
	}
}

func brokenBody(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &ir.Error{Kind: ir.KindTimeout, Message: "The request's body came too slowly.", Cause: err}
	}
	return &ir.Error{Kind: ir.KindInvalid, Message: "The request's body broke off.", Cause: err}
}

func tooLarge(limit int64) error {
	return &ir.Error{Kind: ir.KindTooLarge, Message: fmt.Sprintf("The request's body exceeds the limit of %d bytes.", limit)}
}

// decode undoes a content coding. A bomb ends at the limit of a body.
func (a *generation) decode(name string, body []byte, limit int64) (plain []byte, held int64, err error) {
	plain, err = coding.Decode(name, body, limit)
	switch {
	case errors.Is(err, coding.ErrUnknown):
		return nil, 0, &ir.Error{Kind: ir.KindMediaType, Message: "This Content-Encoding is not known: gzip, deflate, br and zstd are."}
	case errors.Is(err, coding.ErrTooLarge):
		return nil, 0, tooLarge(limit)
	case err != nil:
		return nil, 0, &ir.Error{Kind: ir.KindInvalid, Message: "The request's body cannot be decoded as its Content-Encoding says.", Cause: err}
	}
	if err := a.admitted.take(int64(len(plain))); err != nil {
		return nil, 0, err
	}
	return plain, int64(len(plain)), nil
}
