package server

import "louter/server/exchange"

// chain is the request's story, outermost first. Limits and the cache have
// their places between these layers.
func (a *generation) chain() exchange.Handler {
	var h exchange.Handler = a.backends
	for _, layer := range []exchange.Layer{ // innermost first
		a.breakers.Layer,
		a.slots.Layer, // outside: whoever waits for a place must not hold a breaker's one probe
		a.fallback.Layer,
		a.routes.Layer,
		a.recoverLayer,
	} {
		h = layer(h)
	}
	return h
}
