package server

import (
	"net"
	"testing"
	"time"
)

// TestAnEventEndsTheWatchThatItIsAbout: a descriptor is another client's as
// soon as the connection before is closed, and an event about that one may be
// read only then.
func TestAnEventEndsTheWatchThatItIsAbout(t *testing.T) {
	made, err := newWatcher()
	if err != nil {
		t.Fatal(err)
	}
	w, ok := made.(*epollWatcher)
	if !ok {
		t.Fatalf("the watcher is a %T", made)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	client, conn := connected(t)
	gone := make(chan struct{}, 2)
	w.start(conn, func() { gone <- struct{}{} })()
	stop := w.start(conn, func() { gone <- struct{}{} })
	defer stop()
	var fd int32
	w.mu.Lock()
	for d := range w.watched {
		fd = d
	}
	turn := w.turn
	w.mu.Unlock()

	w.tell(fd, turn-1) // of the first watch, which is over
	select {
	case <-gone:
		t.Fatal("an event of an earlier watch ended this one")
	default:
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Fatal("a client that leaves is not noticed")
	}
}

// connected gives both ends of a connection of the loopback.
func connected(t *testing.T) (client, server net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := ln.Close(); err != nil {
			t.Error(err)
		}
	}()
	if client, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return client, server
}
