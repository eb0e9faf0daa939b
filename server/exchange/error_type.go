package exchange

import "louter/translate/ir"

// errorTypes is closed, so that no client and no provider can make a series.
// The prefix tells whose fault it is: caller_, policy_, provider_, gateway_.
var errorTypes = map[ir.Kind]string{
	ir.KindInternal:        internal,
	ir.KindInvalid:         "caller_invalid_request",
	ir.KindContextLength:   "caller_context_length",
	ir.KindContentBlocked:  "policy_content_blocked",
	ir.KindUnauthenticated: "caller_unauthenticated",
	ir.KindForbidden:       "policy_forbidden",
	ir.KindNotFound:        "caller_not_found",
	ir.KindModelNotFound:   "caller_model_not_found",
	ir.KindMethod:          "caller_method",
	ir.KindTimeout:         "caller_timeout",
	ir.KindConflict:        "caller_conflict",
	ir.KindTooLarge:        "caller_too_large",
	ir.KindMediaType:       "caller_media_type",
	ir.KindUpgrade:         "caller_upgrade",
	ir.KindRateLimited:     "provider_rate_limited",
	ir.KindQuota:           "provider_quota",
	ir.KindHeaders:         "caller_headers",
	ir.KindClientGone:      "caller_gone",
	ir.KindUnsupported:     "gateway_unsupported",
	ir.KindBadUpstream:     "provider_bad_answer",
	ir.KindUpstreamAuth:    "gateway_credential_refused", // the key is Louter's own
	ir.KindUnavailable:     "provider_unavailable",
	ir.KindUpstreamTimeout: "provider_timeout",
}

const internal = "gateway_internal"

// ownCodes are Louter's own reasons for a 503, which has the same kind as a
// provider's.
var ownCodes = map[string]bool{
	"gateway_overloaded": true, "gateway_shutting_down": true, "gateway_breaker_open": true,
}

// ErrorType names a failure in log, metrics and traces; "" for none.
func ErrorType(err error) string {
	if err == nil {
		return ""
	}
	e := ir.AsError(err)
	if e.Kind == ir.KindUnavailable && ownCodes[e.Code] {
		return e.Code
	}
	if name, ok := errorTypes[e.Kind]; ok {
		return name
	}
	return internal
}
