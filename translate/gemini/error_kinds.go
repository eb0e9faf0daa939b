package gemini

import (
	"net/http"
	"strings"

	"louter/translate/ir"
)

func wordStatus(word string) int {
	switch word {
	case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE":
		return http.StatusBadRequest
	case "UNAUTHENTICATED":
		return http.StatusUnauthorized
	case "PERMISSION_DENIED":
		return http.StatusForbidden
	case "NOT_FOUND":
		return http.StatusNotFound
	case "ABORTED", "ALREADY_EXISTS":
		return http.StatusConflict
	case "RESOURCE_EXHAUSTED":
		return http.StatusTooManyRequests
	case "UNIMPLEMENTED":
		return http.StatusNotImplemented
	case "UNAVAILABLE":
		return http.StatusServiceUnavailable
	case "DEADLINE_EXCEEDED":
		return http.StatusGatewayTimeout
	case "INTERNAL", "UNKNOWN", "DATA_LOSS", "CANCELLED":
		return http.StatusInternalServerError
	}
	return http.StatusBadGateway
}

func kindOf(status int, message string, f facts) ir.Kind {
	switch status {
	case 400:
		return kindOfBadRequest(message, f)
	case 401:
		return ir.KindUpstreamAuth
	case 402:
		return ir.KindQuota
	case 403:
		return kindOfForbidden(message, f)
	case 404:
		if mentions(message, "models/", "model") {
			return ir.KindModelNotFound
		}
		return ir.KindNotFound
	case 405:
		return ir.KindMethod
	case 408: // the provider's word that its own side was too slow to be read
		return ir.KindUpstreamTimeout
	case 409:
		return ir.KindConflict
	case 413:
		return ir.KindTooLarge
	case 415:
		return ir.KindMediaType
	case 429:
		return kindOfExhausted(message, f)
	case 501:
		return ir.KindUnsupported
	case 499, 503, 529: // 499: CANCELLED, by the provider
		return ir.KindUnavailable
	case 504:
		return ir.KindUpstreamTimeout
	}
	if status < 500 {
		return ir.KindInvalid
	}
	return ir.KindBadUpstream
}

// kindOfBadRequest: Google answers a wrong key with 400, reason
// API_KEY_INVALID ("API key not valid. Please pass a valid API key.").
func kindOfBadRequest(message string, f facts) ir.Kind {
	switch {
	case strings.HasPrefix(f.reason, "API_KEY_") || mentions(message, "api key not valid", "api key expired", "api key not found"):
		return ir.KindUpstreamAuth
	case mentions(message, "input token count", "token count") && mentions(message, "exceed"):
		// "The input token count (N) exceeds the maximum number of tokens allowed (M)."
		return ir.KindContextLength
	case mentions(message, "responsible ai practices", "blocked by", "safety filter"):
		return ir.KindContentBlocked
	}
	return ir.KindInvalid
}

// kindOfForbidden tells Louter's own fault from the client's: a 403 about a
// file or a tuned model stays the client's.
func kindOfForbidden(message string, f facts) ir.Kind {
	switch f.reason {
	case "BILLING_DISABLED", "BILLING_STATE_INVALID", "RATE_LIMIT_EXCEEDED", "RESOURCE_QUOTA_EXCEEDED":
		return ir.KindQuota
	case "SERVICE_DISABLED", "CONSUMER_SUSPENDED", "CONSUMER_INVALID", "IAM_PERMISSION_DENIED",
		"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "ACCESS_TOKEN_EXPIRED", "CREDENTIALS_MISSING":
		return ir.KindUpstreamAuth
	}
	switch {
	case strings.HasPrefix(f.reason, "API_KEY_"):
		return ir.KindUpstreamAuth
	case mentions(message, "api key", "api_key", "credential", "unregistered callers", "authentication",
		"has not been used in project", "project has been denied", "identity"):
		return ir.KindUpstreamAuth
	case mentions(message, "quota", "billing"):
		return ir.KindQuota
	}
	return ir.KindForbidden
}

// kindOfExhausted: "You exceeded your current quota" is said of every limit;
// what can only be waited out for a day, or paid for, is a quota.
func kindOfExhausted(message string, f facts) ir.Kind {
	if mentions(f.quotaID, "perday") || mentions(message, "credits are depleted", "spending cap", "spend limit", "prepay") {
		return ir.KindQuota
	}
	return ir.KindRateLimited
}

func mentions(text string, words ...string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
