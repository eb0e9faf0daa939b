package fallback

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"

	"louter/translate"
	"louter/translate/ir"
)

// verdict is what may be done about a failure.
type verdict int

const (
	stop  verdict = iota // it is the answer: another backend would say the same
	next                 // another backend may do better, this one will not
	again                // this one may, too
	leave                // its breaker refused: not tried yet
)

// Codes that tell apart what has one kind.
const (
	codeConnection  = "provider_connection_failed" // the backend was not reached
	codeOverloaded  = "gateway_overloaded"         // no place at the backend was free
	codeBreakerOpen = "gateway_breaker_open"
)

// judgeCall: what changes something at the provider (a file sent, a batch
// begun) is not sent again when it may have arrived.
func judgeCall(c translate.Call, e *ir.Error) verdict {
	if changes(c) && mayHaveArrived(e) {
		return stop
	}
	return judge(e)
}

func changes(c translate.Call) bool {
	if c.Operation != translate.OpOther || c.Method == http.MethodGet || c.Method == http.MethodHead {
		return false
	}
	return c.Method != http.MethodPost || !slices.ContainsFunc(asking, func(p string) bool {
		return c.Path == p || strings.HasPrefix(c.Path, p+"/") && p != "/responses"
	})
}

// asking are the paths of what only passes and yet asks a model: it costs,
// and leaves nothing behind that a second one would double.
var asking = []string{"/responses", "/completions", "/images", "/audio", "/moderations"}

func mayHaveArrived(e *ir.Error) bool {
	switch e.Kind {
	case ir.KindRateLimited, ir.KindQuota, ir.KindUpstreamAuth, ir.KindUnsupported:
		return false
	}
	var dial *net.OpError
	refused := errors.As(e.Cause, &dial) && dial.Op == "dial"
	return !refused && e.Code != codeOverloaded && e.Code != codeBreakerOpen
}

func judge(e *ir.Error) verdict {
	switch e.Kind {
	case ir.KindUpstreamAuth, ir.KindQuota, ir.KindUnsupported:
		return next
	case ir.KindRateLimited, ir.KindConflict:
		return again
	case ir.KindTimeout: // an upstream 408
		if e.Retryable {
			return again
		}
	case ir.KindBadUpstream, ir.KindUnavailable, ir.KindUpstreamTimeout:
		switch {
		case e.Code == codeBreakerOpen:
			return leave
		case e.Code == codeOverloaded || !e.Retryable:
			return next
		}
		return again
	}
	return stop
}

// telling ranks failures by what a client can make of them: its own fault
// says most, that nothing answered least.
func telling(e *ir.Error) int {
	switch e.Kind {
	case ir.KindConflict:
		return 9
	case ir.KindRateLimited, ir.KindQuota:
		return 8
	case ir.KindUnsupported:
		return 4
	case ir.KindUpstreamAuth:
		return 5
	case ir.KindTimeout:
		return 6
	case ir.KindUpstreamTimeout:
		if e.Status == http.StatusGatewayTimeout {
			return 7 // the provider's own word
		}
		return 3
	}
	switch e.Code {
	case codeConnection:
		return 2
	case codeOverloaded, codeBreakerOpen:
		return 1
	}
	return 7
}
