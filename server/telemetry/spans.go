package telemetry

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"louter/server/exchange"
	"louter/translate"
)

// story is the trace of one exchange: Louter's own span, whose parent is the
// client's, and one for each request to a backend.
type story struct {
	of    *Telemetry
	peers Peers
	call  *translate.Call
	ctx   context.Context // that of span, for those below it
	span  trace.Span
	asked []asked
}

// asked is one request to a backend.
type asked struct {
	target exchange.Target
	peer   *peer
	began  time.Time
	span   trace.Span
}

var _ exchange.Trace = (*story)(nil)

// Begin starts the exchange's trace. Peers are those of the configuration
// that answers it.
func (t *Telemetry) Begin(x *exchange.Exchange, peers Peers) {
	s := &story{of: t, peers: peers, call: &x.Call, ctx: context.Background()}
	x.Trace = s
	if t.tracer == nil {
		s.span = trace.SpanFromContext(s.ctx)
		return
	}
	parent := t.carry.Extract(s.ctx, propagation.HeaderCarrier(x.Call.Header))
	route := routeOf(&x.Call)
	s.ctx, s.span = t.tracer.Start(parent, x.Call.Method+" "+route,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(x.Start),
		trace.WithAttributes(attribute.String("http.request.method", x.Call.Method), attribute.String("http.route", route)))
}

// Ask begins the span of one request to a backend, and tells it of that. Where
// no traces are kept, what the client said stays.
func (s *story) Ask(target exchange.Target, h http.Header) {
	a := asked{target: target, peer: s.peers[target.Backend], began: time.Now()}
	if s.of.tracer == nil {
		s.asked = append(s.asked, a)
		return
	}
	ctx, span := s.of.tracer.Start(s.ctx, s.nameOf(a), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(a.began), trace.WithAttributes(s.describe(a)...))
	a.span = span
	h.Del("Traceparent")
	h.Del("Tracestate")
	s.of.carry.Inject(ctx, propagation.HeaderCarrier(h))
	s.asked = append(s.asked, a)
}

// Detailed: a span that is not kept tells nothing.
func (s *story) Detailed() bool { return s.span.IsRecording() }

// operation is what the conventions call it; "" for what only passes through.
func (s *story) operation(p *peer) string {
	if p == nil {
		return ""
	}
	return p.operations[s.call.Operation]
}

func (s *story) nameOf(a asked) string {
	if op := s.operation(a.peer); op != "" {
		return strings.TrimSpace(op + " " + clipped(a.target.Model))
	}
	return s.call.Method
}

// describe is what is known of a request before it is sent.
func (s *story) describe(a asked) []attribute.KeyValue {
	all := []attribute.KeyValue{attribute.String("louter.backend", a.target.Backend)}
	if a.peer == nil {
		return all
	}
	all = append(all, a.peer.address...)
	op := s.operation(a.peer)
	if op == "" {
		return append(all, attribute.String("http.request.method", s.call.Method))
	}
	all = append(all, attribute.String(keyOperation, op), attribute.String(s.of.names.provider, a.peer.provider))
	if a.target.Model != "" {
		all = append(all, attribute.String(keyRequestModel, clipped(a.target.Model)))
	}
	if s.of.names.stream != "" {
		all = append(all, attribute.Bool(s.of.names.stream, s.call.Stream))
	}
	return all
}

// routeOf is the path without what varies in it. A model's name may have
// slashes and colons of its own; the action is behind the last.
func routeOf(c *translate.Call) string {
	path := strings.TrimPrefix(c.Path, "/")
	kind, rest, deeper := strings.Cut(path, "/")
	switch {
	case !deeper || c.Operation == translate.OpGenerate && rest == "completions": // of Chat
		return c.Prefix + "/" + path
	case c.Operation == translate.OpOther:
		return c.Prefix + "/" + kind + "/{rest}"
	}
	route := c.Prefix + "/" + kind + "/{model}"
	if plain, err := url.PathUnescape(rest); err == nil {
		if at := strings.LastIndexByte(plain, ':'); at >= 0 {
			route += plain[at:]
		}
	}
	return route
}

// clipped bounds a name that came from a client.
func clipped(s string) string {
	const longest = 200
	if len(s) > longest {
		s = s[:longest]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// fail marks a span. What the caller did wrong is no fault of what it called.
func fail(span trace.Span, errorType string) {
	if errorType == "" {
		return
	}
	span.SetAttributes(attribute.String(keyErrorType, errorType))
	if !strings.HasPrefix(errorType, "caller_") && !strings.HasPrefix(errorType, "policy_") {
		span.SetStatus(codes.Error, "")
	}
}
