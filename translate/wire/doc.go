// Package wire knows framing only: how a stream of bytes is cut into events
// and put together again. It knows nothing of what stands in them.
package wire
