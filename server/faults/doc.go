// Package faults proves what Louter does when a backend or a client fails.
//
// The faults are data: testdata has one table for each group, with what the
// failing side does, step by step, and what must come of it. Each is run on
// real sockets through the whole gateway, by clients of both dialects over
// backends of both protocols, streaming or not where it makes sense, and
// docs/faults.md is written from the same tables.
//
// A fault is met three times: by a request whose only backend fails, by one
// that has a second backend, and by one at a backend whose breaker opens at
// the first failure that counts. Times are configured short only for the phase
// that a fault is about, so that a slow machine cannot turn one fault into
// another.
package faults
