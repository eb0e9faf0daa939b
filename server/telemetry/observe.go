package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"louter/server/exchange"
	"louter/translate/ir"
)

// ended is how one request to a backend ended.
type ended struct {
	asked
	at        time.Time
	errorType string
	// answered: it is the one whose answer the client got, to which usage and
	// times belong.
	answered bool
}

// Observe ends the trace and counts.
func (t *Telemetry) Observe(f exchange.Finished) {
	s, ours := f.Trace.(*story)
	if !ours {
		return
	}
	all := s.endings(f)
	if t.measures != nil {
		t.measures.record(s, f, all)
	}
	if t.tracer == nil {
		return
	}
	for _, e := range all {
		s.end(f, e)
	}
	s.tell(f)
	s.span.End(trace.WithTimestamp(f.At))
}

// endings matches the requests that were sent with what was noted of each. One
// of which nothing was noted was cut off by a panic, and ended as the exchange did.
func (s *story) endings(f exchange.Finished) []ended {
	all := make([]ended, 0, len(s.asked))
	last := exchange.ErrorType(f.Err)
	for _, tried := range f.Outcome.Tried {
		if !tried.Asked || len(all) == len(s.asked) {
			continue
		}
		e := ended{asked: s.asked[len(all)], at: f.At, answered: !tried.Failed}
		if tried.Failed {
			e.at = tried.Began.Add(tried.Took)
			e.errorType = exchange.ErrorType(&ir.Error{Kind: tried.Kind, Code: tried.Code})
		} else {
			e.errorType = last // a stream that broke did so after it was an answer
		}
		if e.at.Before(e.began) {
			e.at = e.began
		}
		all = append(all, e)
	}
	for len(all) < len(s.asked) {
		all = append(all, ended{asked: s.asked[len(all)], at: f.At, errorType: last})
	}
	return all
}

// end closes the span of one request to a backend.
func (s *story) end(f exchange.Finished, e ended) {
	if e.span.IsRecording() {
		fail(e.span, e.errorType)
		if e.answered {
			e.span.SetAttributes(s.answer(f, e)...)
		}
	}
	e.span.End(trace.WithTimestamp(e.at))
}

func (s *story) answer(f exchange.Finished, e ended) []attribute.KeyValue {
	n, o := s.of.names, f.Outcome
	var all []attribute.KeyValue
	if !o.FirstToken.IsZero() && n.firstChunk != "" {
		all = append(all, attribute.Float64(n.firstChunk, o.FirstToken.Sub(e.began).Seconds()))
	}
	if len(o.Finishes) > 0 {
		words := make([]string, len(o.Finishes))
		for i, word := range o.Finishes {
			words[i] = clipped(word)
		}
		all = append(all, attribute.StringSlice(keyFinishes, words))
	}
	u := o.Usage
	if u == nil {
		return all
	}
	all = append(all, attribute.Int64(keyInputTokens, u.Input), attribute.Int64(keyOutputTokens, u.Output))
	if u.Cached > 0 && n.cached != "" {
		all = append(all, attribute.Int64(n.cached, u.Cached))
	}
	if u.Reasoning > 0 && n.reasoning != "" {
		all = append(all, attribute.Int64(n.reasoning, u.Reasoning))
	}
	return all
}

// tell says on Louter's own span how it all ended.
func (s *story) tell(f exchange.Finished) {
	if !s.span.IsRecording() {
		return
	}
	o := f.Outcome
	s.span.SetAttributes(
		attribute.Int("http.response.status_code", f.Status),
		attribute.String("louter.request_id", f.ID), attribute.String("louter.frontend", f.Front.Name),
		attribute.String("louter.model", f.ModelLabel), attribute.Bool("louter.stream", f.Call.Stream),
		attribute.Int("louter.attempts", o.Attempts))
	if o.Backend != "" {
		s.span.SetAttributes(attribute.String("louter.backend", o.Backend), attribute.String("louter.mode", string(o.Mode)))
	}
	if len(o.Dropped) > 0 {
		s.span.SetAttributes(attribute.Int("louter.dropped_fields", len(o.Dropped)))
	}
	for _, tried := range o.Tried {
		if !tried.Asked {
			s.span.AddEvent("louter.backend_not_asked", trace.WithTimestamp(tried.Began), trace.WithAttributes(
				attribute.String("louter.backend", tried.Backend),
				attribute.String(keyErrorType, exchange.ErrorType(&ir.Error{Kind: tried.Kind, Code: tried.Code}))))
		}
	}
	fail(s.span, exchange.ErrorType(f.Err))
}

// Refused tells of a request that never became an exchange, in a span without
// a route: what its path says is a stranger's text.
func (t *Telemetry) Refused(r exchange.Refusal) {
	if t.tracer == nil {
		return
	}
	from := propagation.MapCarrier{"traceparent": r.Traceparent, "tracestate": r.Tracestate}
	_, span := t.tracer.Start(t.carry.Extract(context.Background(), from), r.Method,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(r.Start), trace.WithAttributes(
			attribute.String("http.request.method", r.Method), attribute.Int("http.response.status_code", r.Status),
			attribute.String("louter.frontend", r.Frontend)))
	fail(span, exchange.ErrorType(r.Err))
	span.End(trace.WithTimestamp(r.At))
}
