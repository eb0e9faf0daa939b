// Package breaker leaves alone the backends that fail. Each has a circuit
// breaker, or one for each of its models, and may be taken out for a while
// because it refused Louter's key or failed its health check.
//
// An attempt is settled once. An answer of a stated length settles at its
// status; a stream at its end, so that one which breaks off counts, but the
// probe of a half-open breaker settles at its first byte: a stream that runs
// for twenty minutes must not keep the backend waiting for its verdict.
package breaker
