package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"louter/server/metrics"
)

// admin is the listener for those who run the gateway: metrics and probes. It
// is apart from the clients' so that it can stay on loopback.
type admin struct {
	listener net.Listener
	server   *http.Server
	ended    chan struct{}
}

// startAdmin listens where the configuration says; nil: nowhere. A default
// address that is taken is no reason not to serve.
func (a *App) startAdmin() (*admin, error) {
	if a.first.AdminListen == "" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", a.first.AdminListen)
	if err != nil && a.first.AdminByDefault {
		a.log.Warn("the admin listener's default address is taken: no metrics", "admin_listen", a.first.AdminListen)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("admin_listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler())
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if a.draining.Load() {
			http.Error(w, "draining", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	d := &admin{listener: ln, ended: make(chan struct{}), server: &http.Server{
		Handler: onlyLocalNames(ln.Addr(), mux), ReadHeaderTimeout: 10 * time.Second,
	}}
	go func() {
		defer close(d.ended)
		if err := d.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("the admin listener ended", "error", err)
		}
	}()
	return d, nil
}

// AdminAddr is where metrics are served; "" if nowhere.
func (a *App) AdminAddr() string {
	if a.admin == nil {
		return ""
	}
	return a.admin.listener.Addr().String()
}

// stop waits a moment for a scrape under way.
func (d *admin) stop() error {
	if d == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	err := d.server.Shutdown(ctx)
	<-d.ended
	return err
}

// onlyLocalNames refuses what a page in a browser asks of a loopback address
// under a name of its own (DNS rebinding).
func onlyLocalNames(addr net.Addr, next http.Handler) http.Handler {
	tcp, isTCP := addr.(*net.TCPAddr)
	if !isTCP || !tcp.IP.IsLoopback() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "This address is served under its own name only.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// liveState is what metrics read at each scrape.
type liveState struct{ app *App }

func (l liveState) HeldBytes() int64 { return l.app.held.Load() }

func (l liveState) BackendStates() []metrics.BackendState {
	var all []metrics.BackendState
	for _, s := range l.app.BackendStates() {
		all = append(all, metrics.BackendState{Backend: s.Backend, Model: s.Model, Up: s.Up, Breaker: string(s.Status)})
	}
	return all
}
