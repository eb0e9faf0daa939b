package backend

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"louter/server/coding"
	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
)

// sent is a request on its way and the answer's beginning.
type sent struct {
	ctx   context.Context
	guard *guard
	resp  *http.Response
}

// close ends the attempt. The connection goes back to the pool only if the
// body was read to its end.
func (s *sent) close() {
	s.guard.end()
	// The body is over or given up: what closing it says is of no use.
	//nolint:errcheck // nothing can be done about it
	s.resp.Body.Close()
}

// send asks the backend and waits for the headers of its answer.
func (b *Backend) send(ctx context.Context, x *exchange.Exchange, call *translate.Call) (*sent, error) {
	total := b.cfg.Timeouts.Total.D()
	if total > 0 && time.Since(x.Start) >= total {
		e := timeoutError("total", total)
		e.Retryable = false
		return nil, e
	}
	x.Outcome.Attempts++
	ctx, g := newGuard(ctx)
	if total > 0 {
		g.until = x.Start.Add(total)
	}
	req, err := b.newRequest(ctx, call)
	if err != nil {
		g.end()
		return nil, err
	}
	carryTrace(req.Header, x)
	if call.Stream {
		g.arm("headers", b.cfg.Timeouts.Headers.D())
	} else {
		g.arm("whole answer", b.cfg.Timeouts.Unary.D())
	}
	if t := b.shared.Trace.Request; t != nil {
		t(x.ID, req.Method, req.URL.Path, req.Header, call.Body)
	}
	asked := time.Now()
	resp, err := b.transport.RoundTrip(req) //nolint:bodyclose // sent.close closes it
	x.Outcome.Upstream += time.Since(asked)
	if err != nil {
		e := causeOf(ctx, err, "The backend could not be reached.")
		g.end()
		return nil, e
	}
	if call.Stream {
		g.arm("first token", b.cfg.Timeouts.FirstToken.D())
	}
	s := &sent{ctx: ctx, guard: g, resp: resp}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 || resp.StatusCode < 200 {
		s.close()
		return nil, &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response",
			Message: "The backend answered with a redirect, which is not followed."}
	}
	return s, nil
}

func (b *Backend) newRequest(ctx context.Context, call *translate.Call) (*http.Request, error) {
	u, err := b.urlOf(call)
	if err != nil {
		return nil, err
	}
	h := make(http.Header, len(call.Header)+4)
	copyUp(h, call.Header)
	for key, value := range b.cfg.Headers {
		h.Set(key, value)
	}
	if key := b.cfg.APIKey.Reveal(); key != "" {
		b.speaks.Authorize(h, b.base.Hostname(), key)
	}
	if len(h["User-Agent"]) == 0 {
		h.Set("User-Agent", "louter")
	}
	if _, said := h["Idempotency-Key"]; !said {
		// An empty value is not sent, but lets net/http repeat a request that
		// died on a reused connection before any byte of an answer.
		h["Idempotency-Key"] = []string{}
	}
	req := &http.Request{
		Method: call.Method, URL: u, Host: u.Host, Header: h,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if len(call.Body) > 0 {
		req.ContentLength = int64(len(call.Body))
		req.Body = io.NopCloser(bytes.NewReader(call.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(call.Body)), nil }
	}
	return req.WithContext(ctx), nil
}

// carryTrace tells the backend where its request stands in a distributed
// trace: where the client said, or below that at a span of Louter's own.
func carryTrace(h http.Header, x *exchange.Exchange) {
	for _, name := range [...]string{"Traceparent", "Tracestate"} { // a translated request has no headers of its client
		if v := x.Call.Header[name]; len(v) > 0 {
			h[name] = v
		}
	}
	if x.Trace != nil {
		x.Trace.Ask(x.Target, h)
	}
}

// urlOf puts the call's escaped path behind the backend's base.
func (b *Backend) urlOf(call *translate.Call) (*url.URL, error) {
	plain, err := url.PathUnescape(call.Path)
	if err != nil {
		return nil, ir.Invalid("", "The path is not well escaped.")
	}
	u := *b.base
	// Files go up and down under a prefix of their own, before the version.
	for _, detour := range [...]string{"/upload", "/download"} {
		if strings.HasPrefix(call.Prefix, detour+"/") {
			u.Path = detour + u.Path
		}
	}
	u.RawPath = u.EscapedPath() + call.Path
	u.Path += plain
	u.RawQuery = joinQuery(b.base.RawQuery, call.Query)
	return &u, nil
}

func joinQuery(own, asked string) string {
	if own == "" || asked == "" {
		return own + asked
	}
	return own + "&" + asked
}

// maxErrorBody is how much of a failed answer is read: enough for any
// message, little enough to keep.
const maxErrorBody = 256 << 10

// failure reads a refused answer as an error.
func (b *Backend) failure(s *sent) *ir.Error {
	body, err := io.ReadAll(io.LimitReader(s.resp.Body, maxErrorBody))
	if err != nil {
		return causeOf(s.ctx, err, "The backend's answer broke off.")
	}
	return b.failureOf(s, body)
}

func (b *Backend) failureOf(s *sent, body []byte) *ir.Error {
	if plain, err := coding.Decode(s.resp.Header.Get("Content-Encoding"), body, maxErrorBody); err == nil {
		body = plain
	}
	e := b.back.DecodeError(s.resp.StatusCode, s.resp.Header, body)
	e.Raw = body
	if s.resp.StatusCode < http.StatusBadRequest {
		// An answer without content, or one that was not asked for, is no
		// status for a client that waits for an answer.
		e.Kind, e.Status, e.Code = ir.KindBadUpstream, 0, "provider_bad_response"
	}
	if s.resp.StatusCode == http.StatusUnauthorized {
		e.Kind = ir.KindUpstreamAuth
	}
	if e.Kind == ir.KindUpstreamAuth {
		// The provider's words may name the key; and it is not the client's.
		return &ir.Error{Kind: ir.KindUpstreamAuth, Code: "provider_auth", Raw: body,
			Message: "The backend refused the gateway's own credentials."}
	}
	return e
}
