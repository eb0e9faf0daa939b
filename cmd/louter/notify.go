package main

import (
	"errors"
	"net"
	"os"
	"strings"
)

// notifier speaks sd_notify(3) to the service manager that started Louter;
// without one it says nothing.
type notifier struct{ socket string }

func newNotifier() notifier { return notifier{socket: os.Getenv("NOTIFY_SOCKET")} }

func (n notifier) send(state string) error {
	if n.socket == "" {
		return nil
	}
	name := n.socket
	if rest, abstract := strings.CutPrefix(name, "@"); abstract {
		name = "\x00" + rest
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte(state))
	return errors.Join(err, conn.Close())
}
