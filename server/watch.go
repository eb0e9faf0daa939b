package server

import "net"

// watcher sees that a client has left while nobody reads or writes its
// connection; fasthttp itself does not notice (facts 5b).
type watcher interface {
	// start calls gone, once, when the peer closes. stop must run before the
	// connection is read again.
	start(conn net.Conn, gone func()) (stop func())
	close() error
}
