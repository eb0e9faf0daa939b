package replay

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Media serves the files that cases name by URL. A query may change the
// answer: ?type=application/octet-stream, ?status=404.
type Media struct {
	http   http.Server
	ln     net.Listener
	served chan error
}

// StartMedia listens; "" is a free port of the loopback.
func StartMedia(files fs.FS, listen string) (*Media, error) {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("media of the cases: %w", err)
	}
	m := &Media{ln: ln, served: make(chan error, 1)}
	plain := http.FileServerFS(files)
	m.http.ReadHeaderTimeout = 10 * time.Second
	m.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if kind := r.URL.Query().Get("type"); kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		if status, err := strconv.Atoi(r.URL.Query().Get("status")); err == nil && status >= http.StatusBadRequest {
			w.WriteHeader(status)
			return
		}
		plain.ServeHTTP(w, r)
	})
	go func() { m.served <- m.http.Serve(ln) }()
	return m, nil
}

// Address is host and port.
func (m *Media) Address() string { return m.ln.Addr().String() }

// Close ends the server.
func (m *Media) Close() error {
	err := m.http.Close()
	if served := <-m.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
