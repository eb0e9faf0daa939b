package main

import "runtime"

// ballastSize lets the heap grow by as much before it is collected. A gateway
// keeps little and makes much that is short-lived: with the few megabytes that
// live, the collector would run for every few hundred requests and take a
// tenth of the CPU (docs/performance.md).
const ballastSize = 24 << 20

// holdBallast gives the collector something to count. It is never touched, so
// it takes addresses and no memory; a large heap is collected as before, which
// a fixed GOGC above 100 would not do. It is let go by the function returned.
func holdBallast() (release func()) {
	ballast := make([]byte, ballastSize)
	return func() { runtime.KeepAlive(ballast) }
}
