package telemetry_test

import (
	"context"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// collector is an OTLP receiver on loopback, by HTTP or by gRPC.
type collector struct {
	collectortrace.UnimplementedTraceServiceServer
	url string

	mu       sync.Mutex
	spans    []*trace.Span
	figures  []*metrics.Metric
	resource *resource.Resource
	header   http.Header
	paths    []string
}

func (c *collector) keepSpans(all []*trace.ResourceSpans) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range all {
		c.resource = r.Resource
		for _, s := range r.ScopeSpans {
			c.spans = append(c.spans, s.Spans...)
		}
	}
}

func (c *collector) keepFigures(all []*metrics.ResourceMetrics) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range all {
		for _, s := range r.ScopeMetrics {
			c.figures = append(c.figures, s.Metrics...)
		}
	}
}

// startHTTP receives http/protobuf.
func startHTTP(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		c.header, c.paths = r.Header.Clone(), append(c.paths, r.URL.Path)
		c.mu.Unlock()
		switch r.URL.Path {
		case "/v1/traces":
			var in collectortrace.ExportTraceServiceRequest
			if err := proto.Unmarshal(body, &in); err != nil {
				t.Error(err)
			}
			c.keepSpans(in.ResourceSpans)
		case "/v1/metrics":
			var in collectormetrics.ExportMetricsServiceRequest
			if err := proto.Unmarshal(body, &in); err != nil {
				t.Error(err)
			}
			c.keepFigures(in.ResourceMetrics)
		default:
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(s.Close)
	c.url = s.URL
	return c
}

// figuresService is beside the collector since both services' methods are
// called Export.
type figuresService struct {
	collectormetrics.UnimplementedMetricsServiceServer
	of *collector
}

func (f figuresService) Export(_ context.Context, in *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	f.of.keepFigures(in.ResourceMetrics)
	return &collectormetrics.ExportMetricsServiceResponse{}, nil
}

func (c *collector) Export(ctx context.Context, in *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	c.keepSpans(in.ResourceSpans)
	sent, _ := metadata.FromIncomingContext(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.header = http.Header{}
	for key, values := range sent {
		c.header[http.CanonicalHeaderKey(key)] = values
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// startGRPC receives over gRPC.
func startGRPC(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	collectortrace.RegisterTraceServiceServer(s, c)
	collectormetrics.RegisterMetricsServiceServer(s, figuresService{of: c})
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		s.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	c.url = "http://" + ln.Addr().String()
	return c
}

// span is a received span in words that tests compare.
type span struct {
	name, kind, id, parent, trace string
	failed                        bool
	began, ended                  uint64
	attrs                         map[string]any
	events                        []string
	state                         string
}

func (c *collector) all() []span {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []span
	for _, s := range c.spans {
		one := span{
			name: s.Name, kind: s.Kind.String()[len("SPAN_KIND_"):], id: hex.EncodeToString(s.SpanId),
			parent: hex.EncodeToString(s.ParentSpanId), trace: hex.EncodeToString(s.TraceId),
			failed: s.Status.GetCode() == trace.Status_STATUS_CODE_ERROR, began: s.StartTimeUnixNano, ended: s.EndTimeUnixNano,
			attrs: plain(s.Attributes), state: s.TraceState,
		}
		for _, e := range s.Events {
			one.events = append(one.events, e.Name)
		}
		out = append(out, one)
	}
	return out
}

// ofKind are the spans of one kind, in the order in which they began.
func (c *collector) ofKind(kind string) []span {
	var out []span
	for _, s := range c.all() {
		if s.kind == kind {
			at := len(out)
			for at > 0 && out[at-1].began > s.began {
				at--
			}
			out = append(out[:at], append([]span{s}, out[at:]...)...)
		}
	}
	return out
}

func plain(all []*common.KeyValue) map[string]any {
	out := map[string]any{}
	for _, a := range all {
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			out[a.Key] = v.StringValue
		case *common.AnyValue_IntValue:
			out[a.Key] = v.IntValue
		case *common.AnyValue_BoolValue:
			out[a.Key] = v.BoolValue
		case *common.AnyValue_DoubleValue:
			out[a.Key] = v.DoubleValue
		case *common.AnyValue_ArrayValue:
			words := []string{}
			for _, one := range v.ArrayValue.Values {
				words = append(words, one.GetStringValue())
			}
			out[a.Key] = strings.Join(words, ",")
		}
	}
	return out
}
