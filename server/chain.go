package server

import "louter/server/exchange"

// chain is the request's story, outermost first. Limits, cache, fallback and
// the breaker have their places between these layers.
func chain(a *App, route exchange.Layer, backends exchange.Handler) exchange.Handler {
	h := backends
	for _, layer := range []exchange.Layer{ // innermost first
		route,
		a.recoverLayer,
	} {
		h = layer(h)
	}
	return h
}
