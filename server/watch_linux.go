package server

import (
	"errors"
	"net"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// epollWatcher is one goroutine and one epoll instance for all connections.
type epollWatcher struct {
	fd    int
	wake  int // an eventfd that ends the goroutine
	ended chan struct{}

	mu      sync.Mutex
	watched map[int32]*watched // by descriptor
	turn    int32              // of the last watch
}

// watched is one request's watch. An event names its turn beside the
// descriptor: by the time that it is read, the connection that it is about may
// be closed and its descriptor another client's.
type watched struct {
	turn int32
	gone func()
}

func newWatcher() (watcher, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	w := &epollWatcher{fd: fd, wake: wake, ended: make(chan struct{}), watched: map[int32]*watched{}}
	if err := unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(wake)}); err != nil {
		return nil, errors.Join(err, unix.Close(wake), unix.Close(fd))
	}
	go w.run()
	return w, nil
}

func (w *epollWatcher) run() {
	defer close(w.ended)
	events := make([]unix.EpollEvent, 64)
	for {
		n, err := unix.EpollWait(w.fd, events, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		for _, e := range events[:n] {
			if e.Fd == int32(w.wake) {
				return
			}
			w.tell(e.Fd, e.Pad)
		}
	}
}

// tell ends the watch that an event is about, if it is still the descriptor's.
func (w *epollWatcher) tell(fd, turn int32) {
	w.mu.Lock()
	item := w.watched[fd]
	if item != nil && item.turn == turn {
		delete(w.watched, fd)
	} else {
		item = nil
	}
	w.mu.Unlock()
	if item != nil {
		item.gone()
	}
}

func (w *epollWatcher) start(conn net.Conn, gone func()) func() {
	raw := rawConn(conn)
	if raw == nil {
		return func() {}
	}
	item := &watched{gone: gone}
	var fd int32
	failed := raw.Control(func(d uintptr) {
		fd = int32(d)
		w.mu.Lock()
		w.turn++
		item.turn = w.turn
		w.watched[fd] = item
		w.mu.Unlock()
		event := unix.EpollEvent{Events: unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR | unix.EPOLLONESHOT, Fd: fd, Pad: item.turn}
		err := unix.EpollCtl(w.fd, unix.EPOLL_CTL_MOD, int(d), &event)
		if errors.Is(err, unix.ENOENT) {
			err = unix.EpollCtl(w.fd, unix.EPOLL_CTL_ADD, int(d), &event)
		}
		if err != nil {
			w.forget(fd, item)
		}
	})
	if failed != nil {
		gone() // the connection is closed already
		return func() {}
	}
	return func() { w.forget(fd, item) }
}

// forget leaves the descriptor registered but disarmed: the kernel drops it
// when the connection closes, and the next request on it arms it again.
func (w *epollWatcher) forget(fd int32, item *watched) {
	w.mu.Lock()
	if w.watched[fd] == item {
		delete(w.watched, fd)
	}
	w.mu.Unlock()
}

func (w *epollWatcher) close() error {
	one := [8]byte{1}
	_, err := unix.Write(w.wake, one[:])
	<-w.ended
	return errors.Join(err, unix.Close(w.wake), unix.Close(w.fd))
}

func rawConn(conn net.Conn) syscall.RawConn {
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = wrapped.NetConn()
	}
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}
