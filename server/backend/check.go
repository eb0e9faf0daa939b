package backend

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"louter/translate"
	"louter/translate/ir"
)

// Check asks for the backend's models, over the connections and with the key
// that requests use. It fails where the backend cannot be reached, refuses
// the key or is broken; one that has no such list is well.
func (b *Backend) Check(ctx context.Context) error {
	req, err := b.newRequest(ctx, &translate.Call{Method: http.MethodGet, Path: "/models", Header: http.Header{}})
	if err != nil {
		return err
	}
	resp, err := b.transport.RoundTrip(req) //nolint:bodyclose // sent.close closes it
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return &ir.Error{Kind: ir.KindUpstreamTimeout, Message: "no answer in time"}
		}
		return &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_connection_failed", Message: "could not be reached", Cause: err}
	}
	s := &sent{ctx: ctx, guard: &guard{cancel: func(error) {}}, resp: resp}
	defer s.close()
	switch {
	case resp.StatusCode >= http.StatusInternalServerError && resp.StatusCode != http.StatusNotImplemented:
		return &ir.Error{Kind: ir.KindUnavailable, Message: fmt.Sprintf("status %d", resp.StatusCode)}
	case resp.StatusCode >= http.StatusBadRequest:
		if e := b.failure(s); e.Kind == ir.KindUpstreamAuth {
			return e
		}
	}
	return nil
}
