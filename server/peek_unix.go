//go:build !linux && unix

package server

import (
	"errors"
	"net"
	"syscall"
)

// peerClosed looks at the next byte without taking it.
func peerClosed(conn net.Conn) bool {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	closed := false
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, rerr := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		closed = (n == 0 && rerr == nil) || errors.Is(rerr, syscall.ECONNRESET)
	})
	return closed || err != nil
}
