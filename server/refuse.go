package server

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"louter/server/exchange"
	"louter/translate/ir"
)

// refuse answers a request that never becomes an exchange.
func (a *generation) refuse(c *fiber.Ctx, err error) error {
	r := exchange.Refusal{
		Frontend: a.frontFor(c).Name, Method: methodOf(c), Status: ir.AsError(err).HTTPStatus(), Err: err,
		Start: c.Context().Time(), At: time.Now(),
		Traceparent: strings.Clone(c.Get("Traceparent")), Tracestate: strings.Clone(c.Get("Tracestate")),
	}
	for _, o := range a.app.observers {
		o.Refused(r)
	}
	return a.tell(c, err)
}

// methodOf: a name that a client made up would be told on as it is.
func methodOf(c *fiber.Ctx) string {
	if m := c.Method(); slices.Contains(fiber.DefaultMethods, m) {
		return strings.Clone(m)
	}
	return "_OTHER"
}

// tell answers with an error in the dialect of the client.
func (a *generation) tell(c *fiber.Ctx, err error) error {
	e := ir.AsError(err)
	if e.Kind == ir.KindInternal {
		a.log.Error("internal error", "id", requestID(c), "error", err.Error())
	}
	status, body := a.frontFor(c).Front.EncodeError(e)
	h := &c.Response().Header
	h.SetContentType("application/json; charset=UTF-8")
	if e.RetryAfter > 0 {
		h.Set("retry-after", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
		h.Set("retry-after-ms", strconv.FormatInt(e.RetryAfter.Milliseconds(), 10))
	}
	c.Status(status)
	c.Response().SetBodyRaw(body)
	return nil
}

// refuseExchange also tells which backend failed, and that Louter has used up
// its attempts: openai-go would make two more (facts 10).
func (a *generation) refuseExchange(c *fiber.Ctx, x *exchange.Exchange, err error) error {
	a.writeOutcome(c, x)
	if x.Outcome.Attempts > 0 {
		c.Response().Header.Set("x-should-retry", "false")
	}
	return a.tell(c, err)
}

// handleError gets what fiber and fasthttp refuse themselves: unknown routes,
// broken requests, headers that are too large.
func (a *generation) handleError(c *fiber.Ctx, err error) error {
	var f *fiber.Error
	if !errors.As(err, &f) {
		return a.refuse(c, err)
	}
	return a.refuse(c, fiberError(f))
}

func fiberError(f *fiber.Error) *ir.Error {
	e := &ir.Error{Kind: ir.KindInvalid, Message: f.Message}
	switch f.Code {
	case fiber.StatusNotFound:
		return ir.NoRoute()
	case fiber.StatusMethodNotAllowed:
		return ir.WrongMethod()
	case fiber.StatusRequestEntityTooLarge:
		e.Kind, e.Message = ir.KindTooLarge, "The request's body exceeds the limit."
	case fiber.StatusRequestHeaderFieldsTooLarge:
		e.Kind, e.Message = ir.KindHeaders, "The request's headers exceed the limit."
	case fiber.StatusRequestTimeout:
		e.Kind, e.Message = ir.KindTimeout, "The request came too slowly."
	case fiber.StatusUpgradeRequired:
		e.Kind = ir.KindUpgrade
	case fiber.StatusBadRequest:
		e.Message = "The request is not well formed."
	default:
		if f.Code >= fiber.StatusInternalServerError {
			return &ir.Error{Kind: ir.KindInternal, Message: "Louter met an internal error.", Cause: f}
		}
		e.Status = f.Code
	}
	return e
}

// recoverLayer turns a panic in a handler into an error of one exchange.
func (a *generation) recoverLayer(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, x *exchange.Exchange) (reply *exchange.Reply, err error) {
		defer func() {
			if r := recover(); r != nil {
				a.log.Error("panic in a handler", "id", x.ID, "panic", r)
				reply, err = nil, &ir.Error{Kind: ir.KindInternal, Message: "Louter met an internal error."}
			}
		}()
		return next.Handle(ctx, x)
	})
}

// frontFor is the dialect of a request.
func (a *generation) frontFor(c *fiber.Ctx) *protocol {
	last := len(a.fronts) - 1
	for i := range a.fronts[:last] {
		if a.fronts[i].claims(c) {
			return &a.fronts[i]
		}
	}
	return &a.fronts[last]
}
