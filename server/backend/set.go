package backend

import (
	"context"

	"louter/server/exchange"
	"louter/translate/ir"
)

// Set is the backends of one configuration; it is the innermost handler.
type Set map[string]*Backend

// Handle asks the first target. Fallback to the next ones stands outside.
func (s Set) Handle(ctx context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
	if len(x.Targets) == 0 {
		return nil, &ir.Error{Kind: ir.KindModelNotFound, Message: "No backend serves this request."}
	}
	target := x.Targets[0]
	b, ok := s[target.Backend]
	if !ok {
		return nil, &ir.Error{Kind: ir.KindInternal, Message: "The chosen backend does not exist."}
	}
	return b.Ask(ctx, x, target.Model)
}

// Close ends the idle connections of all.
func (s Set) Close() {
	for _, b := range s {
		b.Close()
	}
}
