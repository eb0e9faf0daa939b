package server

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"louter/server/backend"
	"louter/server/exchange"
	"louter/translate/ir"
)

// logExchange writes the one line of an exchange: who answered, how it ended
// and what it cost; nothing of what was said.
func (a *generation) logExchange(x *exchange.Exchange, status int, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("id", x.ID), slog.String("frontend", x.Front.Name),
		slog.String("operation", string(x.Call.Operation)), slog.String("model", clipped(x.Call.Model)),
		slog.Bool("stream", x.Call.Stream), slog.Int("status", status),
		slog.Duration("took", time.Since(x.Start)),
	}
	if o := x.Outcome; o.Backend != "" {
		attrs = append(attrs, slog.String("backend", o.Backend), slog.String("backend_model", clipped(o.Model)), slog.String("mode", string(o.Mode)))
		if len(o.Dropped) > 0 {
			attrs = append(attrs, slog.String("dropped", joinBounded(o.Dropped)))
		}
		if o.Usage != nil {
			attrs = append(attrs, slog.Int64("input_tokens", o.Usage.Input), slog.Int64("output_tokens", o.Usage.Output))
		}
	}
	if a.verbose && len(x.Targets) > 0 {
		attrs = append(attrs, slog.Any("targets", targetNames(x.Targets)))
	}
	if a.verbose || a.cfg.Performance.EnableMetrics {
		attrs = appendSpeed(attrs, x)
	}
	if tried := x.Outcome.Tried; len(tried) > 1 {
		attrs = append(attrs, slog.Any("attempts", describeAttempts(tried)))
	}
	if err != nil {
		e := ir.AsError(err)
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", e.Message), slog.String("error_type", exchange.ErrorType(e)))
		if e.Cause != nil {
			attrs = append(attrs, slog.String("cause", e.Cause.Error()))
		}
	}
	a.log.LogAttrs(context.Background(), level, "exchange", attrs...)
}

// appendSpeed tells how fast a stream came.
func appendSpeed(attrs []slog.Attr, x *exchange.Exchange) []slog.Attr {
	if first := x.Outcome.FirstToken; !first.IsZero() {
		attrs = append(attrs, slog.Duration("time_to_first_token", first.Sub(x.Start)))
	}
	if rate, known := x.Outcome.TokensPerSecond(); known {
		attrs = append(attrs, slog.Float64("tokens_per_second", math.Round(rate*10)/10))
	}
	return attrs
}

// targetNames is the decision of the routing: who may answer, best first.
func targetNames(targets []exchange.Target) []string {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.Backend
	}
	return names
}

// describeAttempts names who was tried before the answer was found, and why
// each was left.
func describeAttempts(tried []exchange.Attempt) []string {
	all := make([]string, 0, len(tried))
	for _, t := range tried {
		how := "answered"
		if t.Failed {
			how = "failed with " + strconv.Itoa(t.Status)
			if t.Code != "" {
				how += " " + clipped(t.Code)
			}
			if !t.Asked {
				how = "was not asked: " + clipped(t.Code)
			}
		}
		all = append(all, t.Backend+" "+how+" after "+t.Took.Round(time.Millisecond).String())
	}
	return all
}

func clipped(s string) string {
	const longest = 200
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// trace gives the backends the two upstream sides of --verbose.
func (a *generation) trace() backend.Trace {
	if !a.verbose {
		return backend.Trace{}
	}
	return backend.Trace{
		Request: func(id, method, path string, h http.Header, body []byte) {
			a.logSide(id, "to backend", slog.String("request", method+" "+path), h, body)
		},
		Response: func(id string, status int, h http.Header, body []byte) {
			a.logSide(id, "from backend", slog.Int("status", status), h, body)
		},
	}
}

func (a *generation) traceClientRequest(x *exchange.Exchange) {
	if a.verbose {
		a.logSide(x.ID, "from client", slog.String("request", x.Call.Method+" "+x.Call.Path), x.Call.Header, x.Call.Body)
	}
}

func (a *generation) traceClientResponse(x *exchange.Exchange, status int, body []byte) {
	if a.verbose {
		a.logSide(x.ID, "to client", slog.Int("status", status), nil, body)
	}
}

// maxLoggedBody keeps a megabyte of base64 out of the log.
const maxLoggedBody = 16 << 10

func (a *generation) logSide(id, side string, what slog.Attr, h http.Header, body []byte) {
	shown := body
	if len(shown) > maxLoggedBody {
		shown = shown[:maxLoggedBody]
	}
	a.log.LogAttrs(context.Background(), slog.LevelInfo, side, slog.String("id", id), what,
		slog.Any("headers", redactHeaders(h)), slog.Int("bytes", len(body)), slog.String("body", strings.ToValidUTF8(string(shown), "�")))
}

// spoken are the headers whose values may be logged; any other may hold a
// secret (promise 6).
var spoken = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Content-Type": true, "Content-Encoding": true, "Content-Length": true,
	"User-Agent": true, "X-Request-Id": true, "Retry-After": true, "Date": true, "Cache-Control": true,
}

func redactHeaders(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for key, values := range h {
		switch {
		case len(values) == 0:
		case spoken[key]:
			out[key] = strings.Join(values, ", ")
		default:
			out[key] = "[redacted]"
		}
	}
	return out
}
