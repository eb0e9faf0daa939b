package server

import (
	"time"

	"louter/server/exchange"
)

// finish tells the log and all observers of an exchange that has ended.
func (a *generation) finish(x *exchange.Exchange, status int, err error) {
	f := exchange.Finished{Exchange: x, ModelLabel: a.modelLabel(x), Status: status, Err: err, At: time.Now()}
	for _, o := range a.app.observers {
		o.Observe(f)
	}
	a.logExchange(x, status, err)
}

// modelLabel is the name or the pattern of the configuration that a model's
// name fits: the number of series is bounded whatever clients send.
func (a *generation) modelLabel(x *exchange.Exchange) string {
	if b := a.cfg.Backends[x.Outcome.Backend]; b != nil {
		if pattern, fits := b.MatchPattern(x.Call.Model); fits {
			return pattern
		}
	}
	return "other"
}
