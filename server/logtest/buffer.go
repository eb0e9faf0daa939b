// Package logtest is for tests of the server and its rooms: a place for a log
// to be written to while it is read.
package logtest

import (
	"bytes"
	"sync"
)

// Buffer keeps what is written; it may be read and written at once.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write never fails.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String gives all that was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
