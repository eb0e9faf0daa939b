package metrics

import "github.com/prometheus/client_golang/prometheus"

// vectors are the metrics of the contract, by their names there.
type vectors struct {
	requests   *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	firstToken *prometheus.HistogramVec
	perToken   *prometheus.HistogramVec
	perSecond  *prometheus.HistogramVec
	overhead   *prometheus.HistogramVec
	tokens     *prometheus.CounterVec
	attempts   *prometheus.CounterVec
	fallbacks  *prometheus.CounterVec
	dropped    *prometheus.CounterVec
	gone       *prometheus.CounterVec
	build      *prometheus.GaugeVec
	inFlight   prometheus.Gauge
	streams    prometheus.Gauge
	reloaded   prometheus.Gauge
}

var (
	// Buckets of the field's convention: 0.01·2ⁿ up to 81.92 s, and one beyond
	// for whole answers that take minutes.
	seconds = append(prometheus.ExponentialBuckets(0.01, 2, 14), 300)
	// A token takes from a fifth of a millisecond to a second.
	tokenSeconds  = prometheus.ExponentialBuckets(0.0002, 2, 13)
	tokenRates    = prometheus.ExponentialBuckets(1, 2, 13)
	overheadSteps = prometheus.ExponentialBuckets(0.00005, 2, 15)
)

func newVectors(to prometheus.Registerer) vectors {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "louter_" + name, Help: help}, labels)
		to.MustRegister(v)
		return v
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "louter_" + name, Help: help, Buckets: buckets}, labels)
		to.MustRegister(v)
		return v
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "louter_" + name, Help: help})
		to.MustRegister(g)
		return g
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "louter_build_info", Help: "1; the labels tell the build."}, []string{"version", "go_version"})
	to.MustRegister(build)
	return vectors{
		requests:   counter("requests_total", "Requests that have ended.", "frontend", "operation", "backend", "model", "stream", "code", "error_type"),
		duration:   histogram("request_duration_seconds", "From the request's arrival to the answer's last byte.", seconds, "frontend", "operation", "backend", "model", "stream"),
		firstToken: histogram("time_to_first_token_seconds", "From the request's arrival to the first token of a stream.", seconds, "backend", "model"),
		perToken:   histogram("time_per_output_token_seconds", "Between two output tokens of a stream, on average.", tokenSeconds, "backend", "model"),
		perSecond:  histogram("output_tokens_per_second", "Output tokens of a stream after the first, a second.", tokenRates, "backend", "model"),
		overhead:   histogram("overhead_seconds", "Time in Louter itself, without waiting for backends; of a stream until its first byte.", overheadSteps, "backend", "mode"),
		tokens:     counter("tokens_total", "Tokens as the backends counted them; cached, reasoning and tool_use are parts of input and output.", "backend", "model", "type"),
		attempts:   counter("upstream_attempts_total", "Requests to backends, and how they ended.", "backend", "outcome"),
		fallbacks:  counter("fallbacks_total", "Times that another backend was asked, and why.", "from", "to", "reason"),
		dropped:    counter("dropped_fields_total", "Fields that a translation could not carry.", "path"),
		gone:       counter("client_disconnects_total", "Clients that left before their answer was whole.", "phase"),
		build:      build,
		inFlight:   gauge("requests_in_flight", "Requests under way."),
		streams:    gauge("streams_in_flight", "Answers being given piece by piece."),
		reloaded:   gauge("config_last_reload_successful", "Whether the last configuration was taken."),
	}
}
