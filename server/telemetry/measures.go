package telemetry

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"louter/server/exchange"
)

// measures are the instruments of one version of the names; one that the
// version does not have is nil.
type measures struct {
	names
	duration, untilChunk              metric.Float64Histogram
	tokens, input, output             metric.Int64Histogram
	spentInput, spentOutput           metric.Int64Counter
	spentCached, spentReasoning       metric.Int64Counter
	whole, firstToken, perOutputToken metric.Float64Histogram
}

// Buckets that the conventions ask for.
var (
	secondBuckets     = []float64{0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92}
	tokenBuckets      = []float64{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864}
	firstTokenBuckets = []float64{0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}
	perTokenBuckets   = []float64{0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5}
)

func newMeasures(m metric.Meter, n names) (*measures, error) {
	all := &measures{names: n}
	var faults []error
	seconds := func(into *metric.Float64Histogram, name, help string, buckets []float64) {
		if name == "" {
			return
		}
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(help), metric.WithExplicitBucketBoundaries(buckets...))
		*into, faults = h, append(faults, err)
	}
	tokens := func(into *metric.Int64Histogram, name, help string) {
		if name == "" {
			return
		}
		h, err := m.Int64Histogram(name, metric.WithUnit("{token}"), metric.WithDescription(help), metric.WithExplicitBucketBoundaries(tokenBuckets...))
		*into, faults = h, append(faults, err)
	}
	spent := func(into *metric.Int64Counter, name, help string) {
		if name == "" {
			return
		}
		c, err := m.Int64Counter(name, metric.WithUnit("{token}"), metric.WithDescription(help))
		*into, faults = c, append(faults, err)
	}
	seconds(&all.duration, n.duration, "One request to a backend, to the end of its answer.", secondBuckets)
	seconds(&all.untilChunk, n.untilChunk, "From a request to a backend to the first token of its stream.", secondBuckets)
	seconds(&all.whole, serverDuration, "From the request's arrival to the answer's last byte.", secondBuckets)
	seconds(&all.firstToken, serverFirstToken, "From the request's arrival to the first token of a stream.", firstTokenBuckets)
	seconds(&all.perOutputToken, serverPerToken, "Between two output tokens of a stream, on average.", perTokenBuckets)
	tokens(&all.tokens, n.tokens, "Tokens of one request, as the backend counted them.")
	tokens(&all.input, n.inputTokens, "Input tokens of one request, as the backend counted them.")
	tokens(&all.output, n.outputTokens, "Output tokens of one request, as the backend counted them.")
	spent(&all.spentInput, n.spentInput, "Input tokens, as the backends counted them.")
	spent(&all.spentOutput, n.spentOutput, "Output tokens, as the backends counted them.")
	spent(&all.spentCached, n.spentCached, "Input tokens that came from a backend's cache.")
	spent(&all.spentReasoning, n.spentReasoning, "Output tokens that were thought.")
	return all, errors.Join(faults...)
}

// record counts an exchange that has ended: each of its requests to backends,
// and as a whole, as its client saw it, under the backend that was asked last.
func (m *measures) record(s *story, f exchange.Finished, all []ended) {
	ctx := context.Background()
	for i, e := range all {
		op := s.operation(e.peer)
		if op == "" {
			continue // not a model's work
		}
		about := append([]attribute.KeyValue{
			attribute.String(keyOperation, op), attribute.String(m.provider, e.peer.provider),
			attribute.String(keyRequestModel, e.peer.label(f.Call.Model)),
		}, e.peer.address...)
		if e.answered {
			m.recordAnswer(ctx, f, e, metric.WithAttributes(about...))
		}
		m.duration.Record(ctx, e.at.Sub(e.began).Seconds(), withError(about, e.errorType))
		if i == len(all)-1 {
			m.whole.Record(ctx, f.At.Sub(f.Start).Seconds(), withError(about, exchange.ErrorType(f.Err)))
		}
	}
}

func withError(about []attribute.KeyValue, errorType string) metric.MeasurementOption {
	if errorType != "" {
		about = append(about[:len(about):len(about)], attribute.String(keyErrorType, errorType))
	}
	return metric.WithAttributes(about...)
}

func (m *measures) recordAnswer(ctx context.Context, f exchange.Finished, e ended, about metric.MeasurementOption) {
	o := f.Outcome
	if !o.FirstToken.IsZero() {
		m.firstToken.Record(ctx, o.FirstToken.Sub(f.Start).Seconds(), about)
		if m.untilChunk != nil {
			m.untilChunk.Record(ctx, o.FirstToken.Sub(e.began).Seconds(), about)
		}
	}
	if rate, known := o.TokensPerSecond(); known {
		m.perOutputToken.Record(ctx, 1/rate, about)
	}
	u := o.Usage
	if u == nil {
		return
	}
	if m.tokens != nil {
		m.tokens.Record(ctx, u.Input, about, metric.WithAttributes(attribute.String(keyTokenType, "input")))
		m.tokens.Record(ctx, u.Output, about, metric.WithAttributes(attribute.String(keyTokenType, "output")))
		return
	}
	m.input.Record(ctx, u.Input, about)
	m.output.Record(ctx, u.Output, about)
	m.spentInput.Add(ctx, u.Input, about)
	m.spentOutput.Add(ctx, u.Output, about)
	m.spentCached.Add(ctx, u.Cached, about)
	m.spentReasoning.Add(ctx, u.Reasoning, about)
}
