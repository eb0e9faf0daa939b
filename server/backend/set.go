package backend

import (
	"context"

	"louter/server/exchange"
	"louter/translate/ir"
)

// Set is the backends of one configuration; it is the innermost handler.
type Set map[string]*Backend

// Handle asks the target of this attempt.
func (s Set) Handle(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
	b, ok := s[x.Target.Backend]
	if !ok {
		return nil, &ir.Error{Kind: ir.KindInternal, Message: "The chosen backend does not exist."}
	}
	return b.Ask(ctx, x, x.Target.Model)
}

// Close ends the idle connections of all.
func (s Set) Close() {
	for _, b := range s {
		b.Close()
	}
}
