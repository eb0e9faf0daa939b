package server

import (
	"context"
	"errors"
	"net/http"
	"net/textproto"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/tidwall/gjson"

	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
)

// localID is the local key of the request id.
const localID = "louter.id"

// serve brings one call of either protocol through the chain. The mounts call
// it for their own routes, serveOther for what only passes through.
func (a *generation) serve(c *fiber.Ctx, call translate.Call) error {
	started := time.Now()
	front := a.frontFor(c)
	tenant, err := a.keys.admit(c)
	if err != nil {
		return a.refuse(c, err)
	}
	body, held, err := a.readBody(c)
	if err != nil {
		return a.refuse(c, err)
	}
	call.Body, call.Query = body, withoutKey(call.Query)
	call.Header = headerOf(c)
	call.Header.Del(fiber.HeaderContentEncoding) // readBody has undone it
	if call.Operation == translate.OpListModels || call.Operation == translate.OpGetModel {
		a.admitted.give(held)
		return a.serveModels(c, &front.Protocol, call)
	}
	x := &exchange.Exchange{ID: requestID(c), Start: started, Front: &front.Protocol, Tenant: tenant, Call: call}
	if err := a.detectModel(x); err != nil {
		a.admitted.give(held)
		return a.refuse(c, err)
	}
	a.traceClientRequest(x)
	if t := a.app.opts.Telemetry; t != nil {
		t.Begin(x, a.peers)
	}
	ctx, cancel := context.WithCancelCause(a.app.running)
	stopWatch := a.app.watch.start(c.Context().Conn(), func() { cancel(errClientLeft) })
	over := a.app.metrics.Began()
	end := func() {
		over()
		stopWatch()
		cancel(errExchangeOver)
		a.admitted.give(held)
	}
	reply, err := a.handler.Handle(ctx, x)
	if err != nil {
		end()
		a.finish(x, ir.AsError(err).HTTPStatus(), err)
		return a.refuseExchange(c, x, err)
	}
	a.writeReply(c, x, reply, end)
	return nil
}

var (
	errClientLeft   = errors.New("the client has left")
	errExchangeOver = errors.New("the exchange is over")
)

// detectModel asks the protocol for what routing needs, where it stands in
// the body.
func (a *generation) detectModel(x *exchange.Exchange) error {
	if x.Call.Model != "" || x.Front.Detect == nil {
		return nil
	}
	switch x.Call.Operation {
	case translate.OpGenerate, translate.OpEmbed, translate.OpCountTokens:
		var err error
		x.Call.Model, x.Call.Stream, err = x.Front.Detect(x.Call.Body)
		return err
	case translate.OpOther:
		// What only passes through is still routed and mapped by its model,
		// where its body names one.
		if m := gjson.GetBytes(x.Call.Body, "model"); m.Type == gjson.String && gjson.ValidBytes(x.Call.Body) {
			x.Call.Model = m.String()
		}
	}
	return nil
}

// headerOf copies the request's header: fasthttp's memory is used again.
func headerOf(c *fiber.Ctx) http.Header {
	from := &c.Request().Header
	h := make(http.Header, from.Len())
	values := make([]string, 0, from.Len()) // one piece of memory for all that stand once
	for key, value := range from.All() {
		name := textproto.CanonicalMIMEHeaderKey(string(key))
		if had, twice := h[name]; twice {
			h[name] = append(had, string(value))
			continue
		}
		values = append(values, string(value))
		h[name] = values[len(values)-1 : len(values) : len(values)]
	}
	return h
}
