// Package telemetry tells an OpenTelemetry collector of exchanges, over OTLP:
// a trace of each, and figures. It is there only when the standard variables
// of the environment ask for it. What it says comes from the same
// observations as log and metrics; it measures nothing itself.
//
// Nothing waits for the collector: spans are queued, and dropped where the
// queue is full. Nothing of what was said, and no credential, is in a span.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	bridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"louter/server/exchange"
)

// Options are what the environment does not say.
type Options struct {
	Version string // of the build
	// Semconv is the version of the names, a word of telemetry.genai_semconv.
	Semconv string
	Logger  *slog.Logger
	// Figures are sent along as they are; nil: none.
	Figures prometheus.Gatherer
}

// Telemetry tells of exchanges. It outlives configurations.
type Telemetry struct {
	tracer   trace.Tracer // nil: no traces
	measures *measures    // nil: no figures
	names    names
	carry    propagation.TraceContext
	stops    []func(context.Context) error
	// life ends what is being sent; what is sent at the stop ends in time by it.
	life context.Context
	cut  context.CancelFunc
}

var _ exchange.Observer = (*Telemetry)(nil)

// scope names who made the spans and figures.
const scope = "louter"

// Start reads the environment; nil: it asks for nothing, and nothing was
// started. The error says which variable cannot be used. An end that cannot
// be reached is no error: it may come later.
func Start(ctx context.Context, o Options) (*Telemetry, error) {
	traces, terr := readSignal("TRACES")
	figures, merr := readSignal("METRICS")
	if err := errors.Join(terr, merr); err != nil || !traces.on && !figures.on {
		return nil, err
	}
	version, known := versions[o.Semconv]
	if !known {
		return nil, fmt.Errorf("telemetry: the names %q are not known", o.Semconv)
	}
	of, err := describe(ctx, o.Version)
	if err != nil {
		return nil, err
	}
	t := &Telemetry{names: version}
	t.life, t.cut = context.WithCancel(context.Background())
	if traces.on {
		err = t.startTraces(ctx, traces, of, o)
	}
	if err == nil && figures.on {
		err = t.startFigures(ctx, figures, of, o)
	}
	if err != nil {
		return nil, errors.Join(err, t.Stop(ctx))
	}
	return t, nil
}

// describe is what all that is told comes from; OTEL_SERVICE_NAME and
// OTEL_RESOURCE_ATTRIBUTES have the last word.
func describe(ctx context.Context, version string) (*resource.Resource, error) {
	own := []attribute.KeyValue{attribute.String("service.name", "louter"), attribute.String("service.version", version)}
	if host, err := os.Hostname(); err == nil {
		own = append(own, attribute.String("service.instance.id", fmt.Sprintf("%s-%d", host, os.Getpid())))
	}
	r, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(own...), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrSchemaURLConflict) {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	return r, nil
}

// startTraces: the SDK itself reads OTEL_TRACES_SAMPLER, OTEL_BSP_ and
// OTEL_SPAN_, the exporter OTEL_EXPORTER_OTLP_.
func (t *Telemetry) startTraces(ctx context.Context, s signal, of *resource.Resource, o Options) error {
	out, err := newSpanExporter(ctx, s.protocol)
	if err != nil {
		return fmt.Errorf("traces over OTLP: %w", err)
	}
	p := sdktrace.NewTracerProvider(sdktrace.WithResource(of),
		sdktrace.WithBatcher(patientSpans{out, t.life, newComplaints(o.Logger, "traces")}))
	t.stops = append(t.stops, p.Shutdown)
	t.tracer = p.Tracer(scope, trace.WithInstrumentationVersion(o.Version))
	return nil
}

// startFigures sends the figures of OpenTelemetry's names, and beside them
// those that Prometheus gets.
func (t *Telemetry) startFigures(ctx context.Context, s signal, of *resource.Resource, o Options) error {
	out, err := newFigureExporter(ctx, s.protocol)
	if err != nil {
		return fmt.Errorf("metrics over OTLP: %w", err)
	}
	var also []sdkmetric.PeriodicReaderOption
	if o.Figures != nil {
		also = append(also, sdkmetric.WithProducer(bridge.NewMetricProducer(bridge.WithGatherer(o.Figures))))
	}
	reader := sdkmetric.NewPeriodicReader(patientFigures{out, t.life, newComplaints(o.Logger, "metrics")}, also...)
	p := sdkmetric.NewMeterProvider(sdkmetric.WithResource(of), sdkmetric.WithReader(reader))
	t.stops = append(t.stops, p.Shutdown)
	t.measures, err = newMeasures(p.Meter(scope), t.names)
	return err
}

// Stop sends what was not sent yet, as long as the context lets it; all has
// ended when it returns. The SDK, given that context, would return and go on.
func (t *Telemetry) Stop(ctx context.Context) error {
	defer t.cut()
	defer context.AfterFunc(ctx, t.cut)()
	faults := make(chan error, len(t.stops))
	for _, stop := range t.stops { // side by side: one that hangs takes no time from the other
		go func() { faults <- stop(context.WithoutCancel(ctx)) }()
	}
	all := make([]error, 0, len(t.stops)+1)
	for range t.stops {
		all = append(all, <-faults)
	}
	return errors.Join(append(all, ctx.Err())...)
}
