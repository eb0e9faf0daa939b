//go:build !linux

package server

import (
	"net"
	"sync"
	"time"
)

const peekInterval = 200 * time.Millisecond

// peekWatcher is the portable one: it looks at each watched connection a few
// times a second. It cannot look past TLS or bytes that wait to be read.
type peekWatcher struct {
	mu      sync.Mutex
	running sync.WaitGroup
}

func newWatcher() (watcher, error) { return &peekWatcher{}, nil }

func (w *peekWatcher) start(conn net.Conn, gone func()) func() {
	stop := make(chan struct{})
	ended := make(chan struct{})
	w.running.Add(1)
	go func() {
		defer w.running.Done()
		defer close(ended)
		tick := time.NewTicker(peekInterval)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if peerClosed(conn) {
					gone()
					return
				}
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(stop) })
		<-ended
	}
}

func (w *peekWatcher) close() error {
	w.running.Wait()
	return nil
}
