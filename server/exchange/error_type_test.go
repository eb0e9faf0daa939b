package exchange_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"louter/server/exchange"
	"louter/translate/ir"
)

func TestErrorTypeTellsWhoseFaultItIs(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("anything"), "gateway_internal"},
		{ir.Invalid("model", "no"), "caller_invalid_request"},
		{fmt.Errorf("asking: %w", &ir.Error{Kind: ir.KindUpstreamTimeout}), "provider_timeout"},
		{&ir.Error{Kind: ir.KindUpstreamAuth}, "gateway_credential_refused"},
		{&ir.Error{Kind: ir.KindUnavailable, Code: "gateway_breaker_open"}, "gateway_breaker_open"},
		{&ir.Error{Kind: ir.KindUnavailable, Code: "gateway_made_up"}, "provider_unavailable"},
		{&ir.Error{Kind: ir.KindInvalid, Code: "gateway_overloaded"}, "caller_invalid_request"},
		{&ir.Error{Kind: ir.Kind(9999)}, "gateway_internal"},
	} {
		if got := exchange.ErrorType(c.err); got != c.want {
			t.Errorf("ErrorType(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestEveryKindHasItsOwnErrorType(t *testing.T) {
	seen := map[string]ir.Kind{}
	for k := ir.KindInternal; k <= ir.KindUpstreamTimeout; k++ {
		name := exchange.ErrorType(&ir.Error{Kind: k})
		if other, twice := seen[name]; twice {
			t.Errorf("kinds %d and %d are both %q", other, k, name)
		}
		seen[name] = k
		prefix, _, _ := strings.Cut(name, "_")
		if !strings.Contains(" caller policy provider gateway ", " "+prefix+" ") {
			t.Errorf("kind %d is %q, whose prefix tells no fault", k, name)
		}
	}
}
