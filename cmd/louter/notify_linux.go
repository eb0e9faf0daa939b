package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// reloading is what Type=notify-reload waits for; systemd tells this reload
// from an earlier one by the time of CLOCK_MONOTONIC.
func reloading() string {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return "RELOADING=1"
	}
	return fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", now.Nano()/int64(time.Microsecond))
}
