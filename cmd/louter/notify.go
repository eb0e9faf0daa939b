package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// notifier speaks sd_notify(3) to the service manager that started Louter;
// without one it says nothing.
type notifier struct{ socket string }

func newNotifier() notifier { return notifier{socket: os.Getenv("NOTIFY_SOCKET")} }

// watchdog is how often the manager wants to hear that the process lives, by
// sd_watchdog_enabled(3); zero: not at all.
func (n notifier) watchdog() (time.Duration, error) {
	told := os.Getenv("WATCHDOG_USEC")
	pid := os.Getenv("WATCHDOG_PID")
	if n.socket == "" || told == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0, nil
	}
	usec, err := strconv.ParseInt(told, 10, 64)
	if err != nil || usec <= 0 {
		return 0, fmt.Errorf("WATCHDOG_USEC is %q, not a number of microseconds", told)
	}
	return time.Duration(usec) * time.Microsecond, nil
}

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
