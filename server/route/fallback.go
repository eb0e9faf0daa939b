package route

import (
	"louter/server/config"
	"louter/server/exchange"
)

// follow appends the chains of fallbacks that begin at the targets, in their
// order. Each backend stands once, so that a cycle ends.
func (t *Table) follow(x *exchange.Exchange, needs []string, targets []exchange.Target) []exchange.Target {
	if !t.chained {
		return targets
	}
	for i := 0; i < len(targets); i++ { // grows while a fallback has one itself
		b := t.byName[t.byName[targets[i].Backend].Fallback]
		if b == nil || holds(targets, b.Name) || firstMissing(b, needs) != "" || foreign(x, b) {
			continue
		}
		targets = append(targets, exchange.Target{Backend: b.Name, Model: fallbackModel(b, x.Call.Model)})
	}
	return targets
}

func holds(targets []exchange.Target, backend string) bool {
	for _, t := range targets {
		if t.Backend == backend {
			return true
		}
	}
	return false
}

// fallbackModel is what a backend that does not serve the name is asked for
// in its place: the one model that its mapping names, else the name itself.
func fallbackModel(b *config.Backend, name string) string {
	if model, served := b.MapModel(name); served {
		return model
	}
	only := ""
	for from, to := range b.ModelMapping {
		if to == "*" {
			if config.IsPattern(from) {
				continue
			}
			to = from
		}
		if only != "" && only != to {
			return name
		}
		only = to
	}
	if only == "" {
		return name
	}
	return only
}
