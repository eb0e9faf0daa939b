// Package metrics counts what happens to exchanges, for Prometheus.
package metrics

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"louter/server/exchange"
	"louter/translate/ir"
)

var _ exchange.Observer = (*Metrics)(nil)

// Metrics are the figures of one process; they outlive its configurations.
// Every label is of a closed set or bounded, whatever clients send.
type Metrics struct {
	registry *prometheus.Registry
	vectors
	paths boundedSet
}

// New registers everything. version is of the build.
func New(version, goVersion string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), paths: newBoundedSet(maxPaths)}
	m.vectors = newVectors(m.registry)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.build.WithLabelValues(version, goVersion).Set(1)
	m.reloaded.Set(1)
	return m
}

// Handler serves the figures as Prometheus reads them.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Gatherer gives the same figures to whoever sends them elsewhere.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Began counts an exchange that is under way; the function ends it.
func (m *Metrics) Began() (over func()) {
	m.inFlight.Inc()
	return m.inFlight.Dec
}

// Streaming counts an answer that is being given piece by piece.
func (m *Metrics) Streaming() (over func()) {
	m.streams.Inc()
	return m.streams.Dec
}

// Reloaded tells whether the last configuration was taken.
func (m *Metrics) Reloaded(ok bool) {
	m.reloaded.Set(0)
	if ok {
		m.reloaded.Set(1)
	}
}

// Refused counts a request that never became an exchange: no key, no such
// route, a body that cannot be read.
func (m *Metrics) Refused(r exchange.Refusal) {
	m.requests.WithLabelValues(r.Frontend, "refused", "", other, "false", strconv.Itoa(r.Status), exchange.ErrorType(r.Err)).Inc()
}

// other stands for every name that is not one of the configuration's.
const other = "other"

// Observe counts an exchange that has ended.
func (m *Metrics) Observe(f exchange.Finished) {
	x, o := f.Exchange, f.Outcome
	operation, stream := string(x.Call.Operation), strconv.FormatBool(x.Call.Stream)
	m.requests.WithLabelValues(x.Front.Name, operation, o.Backend, f.ModelLabel, stream, strconv.Itoa(f.Status), exchange.ErrorType(f.Err)).Inc()
	m.duration.WithLabelValues(x.Front.Name, operation, o.Backend, f.ModelLabel, stream).Observe(f.At.Sub(x.Start).Seconds())
	m.observeAttempts(o.Tried)
	m.observeTokens(f)
	for _, path := range o.Dropped {
		m.dropped.WithLabelValues(m.paths.admit(plainPath(path))).Inc()
	}
	if f.Err != nil && ir.AsError(f.Err).Kind == ir.KindClientGone {
		m.gone.WithLabelValues(phaseOf(o.Timing)).Inc()
	}
	// Overhead is what Louter itself took: of a stream until its first byte.
	end := f.At
	if x.Call.Stream {
		end = o.FirstByte
	}
	if f.Err == nil && o.Upstream > 0 && !end.IsZero() {
		m.overhead.WithLabelValues(o.Backend, string(o.Mode)).Observe(max(end.Sub(x.Start)-o.Upstream, 0).Seconds())
	}
}

// phaseOf tells how far an answer had come when its client left.
func phaseOf(t exchange.Timing) string {
	switch {
	case t.FirstByte.IsZero():
		return "waiting"
	case t.FirstToken.IsZero():
		return "before_first_token"
	}
	return "answer"
}

func (m *Metrics) observeAttempts(tried []exchange.Attempt) {
	for i, t := range tried {
		outcome := "answered"
		if t.Failed {
			outcome = exchange.ErrorType(&ir.Error{Kind: t.Kind, Code: t.Code})
		}
		if t.Asked {
			m.attempts.WithLabelValues(t.Backend, outcome).Inc()
		}
		if i > 0 && tried[i-1].Backend != t.Backend {
			before := tried[i-1]
			m.fallbacks.WithLabelValues(before.Backend, t.Backend, exchange.ErrorType(&ir.Error{Kind: before.Kind, Code: before.Code})).Inc()
		}
	}
}

// observeTokens counts what the backend told, and how fast a stream brought
// it: the first token is measured from the request on, the others between the
// first and the last.
func (m *Metrics) observeTokens(f exchange.Finished) {
	o := f.Outcome
	if !o.FirstToken.IsZero() {
		m.firstToken.WithLabelValues(o.Backend, f.ModelLabel).Observe(o.FirstToken.Sub(f.Start).Seconds())
	}
	u := o.Usage
	if u == nil {
		return
	}
	for _, t := range []struct {
		kind string
		n    int64
	}{{"input", u.Input}, {"output", u.Output}, {"cached", u.Cached}, {"reasoning", u.Reasoning}, {"tool_use", u.ToolUse}} {
		if t.n > 0 {
			m.tokens.WithLabelValues(o.Backend, f.ModelLabel, t.kind).Add(float64(t.n))
		}
	}
	if rate, known := o.TokensPerSecond(); known {
		m.perSecond.WithLabelValues(o.Backend, f.ModelLabel).Observe(rate)
		m.perToken.WithLabelValues(o.Backend, f.ModelLabel).Observe(1 / rate)
	}
}
