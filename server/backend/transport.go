package backend

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"louter/server/config"
)

const (
	// An idle connection is kept less long than any known service keeps its
	// own end, so that few requests die on a closed one.
	idleConnTimeout   = 10 * time.Second
	maxIdlePerHost    = 1024
	maxUpstreamHeader = 256 << 10
	// Small buffers, since each slow stream holds both: a request of 1 KB fits,
	// and larger bodies are written and read straight through.
	connBufferSize = 2 << 10
)

// newTransport is net/http's, the one client that can cancel a running
// request, knows HTTPS_PROXY and NO_PROXY and follows no redirect.
func newTransport(b *config.Backend) (*http.Transport, error) {
	dialer := &net.Dialer{Timeout: b.Timeouts.Connect.D(), KeepAlive: 30 * time.Second}
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    b.Timeouts.Connect.D(),
		DisableCompression:     true,
		MaxIdleConns:           0,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleConnTimeout,
		MaxResponseHeaderBytes: maxUpstreamHeader,
		WriteBufferSize:        connBufferSize,
		ReadBufferSize:         connBufferSize,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if b.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(b.CAFile)
	if err != nil {
		return nil, fmt.Errorf("backend %s: ca_file: %w", b.Name, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("backend %s: the system's certificates: %w", b.Name, err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("backend %s: ca_file holds no PEM certificate", b.Name)
	}
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}
