package server

import (
	"fmt"
	"net"
	"sync"
	"time"
)

// heartbeat keeps a stream's connection alive while the backend is silent:
// clients and what stands between give up one that tells nothing for minutes
// (defects 54b). It writes past fasthttp, as a chunk of its own, and so only
// between two of fasthttp's: while the stream is waited for and all that came
// before has been flushed.
type heartbeat struct {
	conn  net.Conn
	chunk []byte // the comment, framed
	every time.Duration
	stall time.Duration

	mu      sync.Mutex
	timer   *time.Timer
	waiting bool
	broken  error
}

// newHeartbeat: nil where there is none to send; its methods then do nothing.
func newHeartbeat(conn net.Conn, comment []byte, every, stall time.Duration) *heartbeat {
	if len(comment) == 0 || every <= 0 {
		return nil
	}
	return &heartbeat{conn: conn, chunk: fmt.Appendf(nil, "%x\r\n%s\r\n", len(comment), comment), every: every, stall: stall}
}

// wait begins when everything has been sent and nothing more is there.
func (h *heartbeat) wait() {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = true
	if h.timer == nil {
		h.timer = time.AfterFunc(h.every, h.beat)
		return
	}
	h.timer.Reset(h.every)
}

// end is called before anything else is written. The error says that a beat
// was cut in the middle: nothing can follow it.
func (h *heartbeat) end() error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = false
	if h.timer != nil {
		h.timer.Stop()
	}
	return h.broken
}

func (h *heartbeat) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.waiting {
		return
	}
	if h.stall > 0 {
		if h.broken = h.conn.SetWriteDeadline(time.Now().Add(h.stall)); h.broken != nil {
			return
		}
	}
	if _, h.broken = h.conn.Write(h.chunk); h.broken == nil {
		h.timer.Reset(h.every)
	}
}
