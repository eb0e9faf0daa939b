// Package ir is the neutral model between two wire formats: a request of
// ordered, typed parts, a response of candidates, a stream of block events,
// and errors that carry their kind.
//
// It is shaped like the problem and not like a vendor. A field that two
// protocols share earns a place here; a field that only one of them has is
// either passed through untouched (same protocol on both sides, where this
// model is never entered) or recorded as a Loss by the decoder that met it.
package ir
