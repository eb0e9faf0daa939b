package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func newSpanExporter(ctx context.Context, protocol string) (sdktrace.SpanExporter, error) {
	if protocol == protocolGRPC {
		return otlptracegrpc.New(ctx)
	}
	return otlptracehttp.New(ctx)
}

func newFigureExporter(ctx context.Context, protocol string) (sdkmetric.Exporter, error) {
	if protocol == protocolGRPC {
		return otlpmetricgrpc.New(ctx)
	}
	return otlpmetrichttp.New(ctx)
}

// patientSpans tells Louter's log of a collector that does not take them, and
// not the process's standard error, where the SDK would.
type patientSpans struct {
	sdktrace.SpanExporter
	life       context.Context
	complaints *complaints
}

func (p patientSpans) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	ctx, end := both(ctx, p.life)
	defer end()
	p.complaints.note(p.SpanExporter.ExportSpans(ctx, spans))
	return nil
}

type patientFigures struct {
	sdkmetric.Exporter
	life       context.Context
	complaints *complaints
}

func (p patientFigures) Export(ctx context.Context, all *metricdata.ResourceMetrics) error {
	ctx, end := both(ctx, p.life)
	defer end()
	p.complaints.note(p.Exporter.Export(ctx, all))
	return nil
}

// both ends with either.
func both(ctx, life context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(life, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// complaints logs failures, once in a while: a collector that is down fails
// every few seconds.
type complaints struct {
	log  *slog.Logger
	what string
	last atomic.Int64 // Unix seconds
}

const complaintsApart = time.Minute

func newComplaints(log *slog.Logger, what string) *complaints {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &complaints{log: log, what: what}
}

func (c *complaints) note(err error) {
	if err == nil {
		return
	}
	now, last := time.Now().Unix(), c.last.Load()
	if now-last < int64(complaintsApart.Seconds()) || !c.last.CompareAndSwap(last, now) {
		return
	}
	c.log.Warn("the OpenTelemetry collector was not told", "of", c.what, "error", err)
}
