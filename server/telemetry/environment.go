package telemetry

import (
	"fmt"
	"os"
	"strings"
)

// Protocols of OTLP. JSON over HTTP is not offered for metrics by the SDK, so
// that it is refused for both.
const (
	protocolHTTP = "http/protobuf"
	protocolGRPC = "grpc"
)

// signal is what the environment asks of one kind of telemetry.
type signal struct {
	on       bool
	protocol string
}

// readSignal reads the standard variables of TRACES or METRICS. Without an
// endpoint nothing is sent: the specification's default, a collector on this
// machine, is nothing that a gateway should assume.
func readSignal(kind string) (signal, error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return signal{}, nil
	}
	if specific(kind, "ENDPOINT") == "" {
		return signal{}, nil
	}
	switch exporter := os.Getenv("OTEL_" + kind + "_EXPORTER"); exporter {
	case "", "otlp":
	case "none":
		return signal{}, nil
	default:
		return signal{}, fmt.Errorf("OTEL_%s_EXPORTER: %q is neither otlp nor none", kind, exporter)
	}
	switch protocol := specific(kind, "PROTOCOL"); protocol {
	case "":
		return signal{on: true, protocol: protocolHTTP}, nil
	case protocolHTTP, protocolGRPC:
		return signal{on: true, protocol: protocol}, nil
	default:
		return signal{}, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: %q is neither %s nor %s", protocol, protocolHTTP, protocolGRPC)
	}
}

// specific is a variable of this kind, else that of all kinds.
func specific(kind, what string) string {
	if v := os.Getenv("OTEL_EXPORTER_OTLP_" + kind + "_" + what); v != "" {
		return v
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_" + what)
}
