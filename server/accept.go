package server

import (
	"errors"
	"log/slog"
	"net"
	"syscall"
	"time"
)

// patientListener waits where a connection cannot be taken for now, above all
// because the process has no descriptor left: fasthttp would end the serving.
type patientListener struct {
	net.Listener
	log *slog.Logger
}

const (
	firstAcceptPause = 5 * time.Millisecond
	maxAcceptPause   = time.Second
)

// Accept gives only errors that will not pass.
func (l *patientListener) Accept() (net.Conn, error) {
	var pause time.Duration
	for {
		conn, err := l.Listener.Accept()
		if !passing(err) {
			if pause > 0 && err == nil {
				l.log.Info("connections are taken again")
			}
			return conn, err
		}
		if pause == 0 {
			l.log.Warn("no connection can be taken for now", "error", err)
		}
		pause = min(max(2*pause, firstAcceptPause), maxAcceptPause)
		time.Sleep(pause)
	}
}

// passing: what is short may be there again soon (accept(2)).
func passing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
