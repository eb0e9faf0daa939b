package openaichat

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"louter/translate/ir"
)

// kindOf tells what may be done about a failure: by its code and type where
// those are known words, by the message where providers have no word for it,
// else by the status.
func (b *back) kindOf(status int, u upstreamError) ir.Kind {
	code, kind, text := strings.ToLower(u.code), strings.ToLower(u.kind), strings.ToLower(u.message)
	if k, known := kindByWord[code]; known {
		return k
	}
	if k, known := kindByWord[kind]; known {
		return k
	}
	if status != http.StatusTooManyRequests && tooLong(text) {
		return ir.KindContextLength
	}
	switch status {
	case http.StatusTooManyRequests:
		if containsAny(text, "insufficient_quota", "exceeded your current quota", "insufficient balance", "credit balance", "out of credits") {
			return ir.KindQuota
		}
		return ir.KindRateLimited
	case http.StatusForbidden:
		return kindOfForbidden(text)
	case http.StatusNotFound:
		if containsAny(text, "model", "deployment") {
			return ir.KindModelNotFound
		}
		return ir.KindNotFound
	}
	if k, known := kindByStatus[status]; known {
		return k
	}
	switch {
	case status >= 500 && b.clientFault(u.message):
		return ir.KindInvalid
	case (status >= 500 || status < 400) && strings.Contains(text, "overloaded"):
		return ir.KindUnavailable // in a stream no status says so
	case status >= 500, status < 400:
		return ir.KindBadUpstream
	}
	return ir.KindInvalid
}

// kindOfForbidden: a 403 for credentials is Louter's own fault, one for quota
// a reason to fall back, one for content the client's.
func kindOfForbidden(text string) ir.Kind {
	switch {
	case containsAny(text, "content", "moderation", "flagged", "safety", "policy"):
		return ir.KindContentBlocked
	case containsAny(text, "quota", "credit", "balance", "billing", "limit exceeded", "spending"):
		return ir.KindQuota
	case containsAny(text, "key", "credential", "token", "authenticat", "permission", "authoriz", "access"):
		return ir.KindUpstreamAuth
	}
	return ir.KindForbidden
}

// kindByWord has the codes and types that say more than the status.
var kindByWord = map[string]ir.Kind{
	"context_length_exceeded":      ir.KindContextLength,
	"exceed_context_size_error":    ir.KindContextLength, // llama.cpp (reports F11)
	"string_above_max_length":      ir.KindInvalid,
	"insufficient_quota":           ir.KindQuota,
	"billing_hard_limit_reached":   ir.KindQuota,
	"rate_limit_exceeded":          ir.KindRateLimited,
	"rate_limit_error":             ir.KindRateLimited,
	"content_filter":               ir.KindContentBlocked, // Azure
	"content_policy_violation":     ir.KindContentBlocked,
	"responsibleaipolicyviolation": ir.KindContentBlocked,
	"model_not_found":              ir.KindModelNotFound,
	"deploymentnotfound":           ir.KindModelNotFound, // Azure
	"invalid_api_key":              ir.KindUpstreamAuth,
	"authentication_error":         ir.KindUpstreamAuth,
	"unauthenticated":              ir.KindUpstreamAuth,
	"api_key_invalid":              ir.KindUpstreamAuth,
	"overloaded_error":             ir.KindUnavailable,
	"engine_overloaded_error":      ir.KindUnavailable, // Moonshot
	"not_supported_error":          ir.KindUnsupported, // llama.cpp
}

var kindByStatus = map[int]ir.Kind{
	400: ir.KindInvalid, 401: ir.KindUpstreamAuth, 402: ir.KindQuota, 405: ir.KindBadUpstream, 408: ir.KindUpstreamTimeout,
	409: ir.KindConflict, 413: ir.KindTooLarge, 415: ir.KindMediaType, 422: ir.KindInvalid, 425: ir.KindUnavailable,
	498: ir.KindUnavailable, // Groq: flex capacity exceeded
	501: ir.KindUnsupported, 503: ir.KindUnavailable, 504: ir.KindUpstreamTimeout,
	524: ir.KindUpstreamTimeout, 529: ir.KindUnavailable, // Cloudflare, Anthropic
}

// tooLongWords are what providers say of a prompt that does not fit. Broad
// words such as "too long" or "exceeds" alone are not here: they are also
// said of schemas, names and max_tokens.
var tooLongWords = regexp.MustCompile(strings.Join([]string{
	`maximum context length`,                           // OpenAI, DeepSeek, vLLM, SGLang, OpenRouter
	`context (length|size|window)[^.]{0,80}exceed`,     // many
	`exceed[^.]{0,80}context (length|size|window)`,     // llama.cpp, LM Studio, Ollama
	`prompt is too long`,                               // Anthropic by way of OpenRouter
	`prompt (contains|has) [0-9]+ tokens`,              // Mistral: "too large for model with … maximum context length"
	`too large for model with [0-9]+ maximum context`,  // Mistral
	`input is too long`,                                // Bedrock, Ollama
	`input length[^.]{0,60}exceeds`,                    // GLM
	`input token count[^.]{0,40}exceeds`,               // Google
	`maximum prompt length is`,                         // xAI
	`reduce the length of the (messages|prompt|input)`, // Groq, OpenAI
	`decoder prompt[^.]{0,60}longer than the maximum`,  // vLLM
	`requested tokens[^.]{0,20} exceed context window`, // llama-cpp-python
}, "|"))

var throttling = regexp.MustCompile(`rate limit|per minute|per day|please wait|throttl`)

func tooLong(lower string) bool {
	return tooLongWords.MatchString(lower) && !throttling.MatchString(lower)
}

func (b *back) clientFault(message string) bool {
	for _, words := range b.profile.ClientFaults {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// maxRetryAfter keeps absurd values from parking a client for days.
const maxRetryAfter = 24 * time.Hour

// delayInWords finds "try again in 1m2.5s" of OpenAI, Groq and Azure, and
// the retryDelay of Google's RetryInfo.
var delayInWords = regexp.MustCompile(`(?i)(?:try again in|retry after|"retrydelay"\s*:\s*")\s*((?:[0-9.]+\s*(?:ms|h|m|s|seconds?))+)`)

// retryAfter reads how long to wait, where the provider says it: a header, or
// for want of one the body. The date form counts from the provider's own
// clock, so that none is needed here.
func retryAfter(h http.Header, body []byte, e *ir.Error) time.Duration {
	switch e.Kind {
	case ir.KindRateLimited, ir.KindQuota, ir.KindUnavailable, ir.KindBadUpstream, ir.KindUpstreamTimeout:
	default:
		return 0
	}
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return bounded(ms / 1000)
	}
	value := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
		return bounded(s)
	}
	if until, err := http.ParseTime(value); err == nil {
		if now, err := http.ParseTime(h.Get("Date")); err == nil && until.After(now) {
			return bounded(until.Sub(now).Seconds())
		}
	}
	if m := delayInWords.FindSubmatch(body); m != nil {
		words := strings.NewReplacer(" ", "", "seconds", "s", "second", "s").Replace(string(m[1]))
		if d, err := time.ParseDuration(words); err == nil && d > 0 {
			return bounded(d.Seconds())
		}
	}
	return 0
}

func bounded(seconds float64) time.Duration {
	return time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
}
