package exchange

import "time"

// Finished is an exchange that has ended.
type Finished struct {
	*Exchange
	// ModelLabel is the configured name or pattern; never what a client sent.
	ModelLabel string
	Status     int   // that the client got
	Err        error // how it failed; also of a passed answer with an error status
	At         time.Time
}

// Refusal is a request that never became an exchange: no key, no such route,
// a body that cannot be read.
type Refusal struct {
	Frontend  string
	Method    string
	Status    int // that the client got
	Err       error
	Start, At time.Time
	// Traceparent and Tracestate are the client's headers of these names.
	Traceparent, Tracestate string
}

// Observer is told of every request once it has ended. All that is told of
// exchanges outside of this process comes from here, so that it agrees.
type Observer interface {
	Observe(Finished)
	Refused(Refusal)
}

// TokensPerSecond is how fast a stream brought its output tokens after the
// first. It is not known of one token, of a stream that came in one piece, and
// where the backend told no usage: pieces of a stream are not tokens.
func (o *Outcome) TokensPerSecond() (float64, bool) {
	took := o.LastToken.Sub(o.FirstToken).Seconds()
	if o.Usage == nil || o.Usage.Output < 2 || o.FirstToken.IsZero() || took <= 0 {
		return 0, false
	}
	return float64(o.Usage.Output-1) / took, true
}
