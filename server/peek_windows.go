package server

import (
	"errors"
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

const msgPeek = 0x2

// peerClosed looks at the next byte without taking it. Go's sockets are
// non-blocking on Windows, too.
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
		buf := windows.WSABuf{Len: 1, Buf: (*byte)(unsafe.Pointer(&b[0]))}
		var n, flags uint32 = 0, msgPeek
		rerr := windows.WSARecv(windows.Handle(fd), &buf, 1, &n, &flags, nil, nil)
		closed = (n == 0 && rerr == nil) || errors.Is(rerr, windows.WSAECONNRESET)
	})
	return closed || err != nil
}
