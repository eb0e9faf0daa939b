package gemini

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/translate/ir"
)

func TestDecodeErrorKinds(t *testing.T) {
	google := func(code int, status, message, details string) string {
		return fmt.Sprintf(`{"error":{"code":%d,"message":%q,"status":%q,"details":[%s]}}`, code, message, status, details)
	}
	info := func(reason string) string {
		return fmt.Sprintf(`{"@type":%q,"reason":%q,"domain":"googleapis.com"}`, typeErrorInfo, reason)
	}
	cases := []struct {
		name   string
		status int
		body   string
		kind   ir.Kind
		shown  int
		retry  bool
	}{
		{"context", 400, google(400, "INVALID_ARGUMENT", "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).", ""), ir.KindContextLength, 400, false},
		{"context in a list", 400, "[" + google(400, "INVALID_ARGUMENT", "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).", "") + "]", ir.KindContextLength, 400, false},
		{"wrong key", 400, google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info("API_KEY_INVALID")), ir.KindUpstreamAuth, 502, false},
		{"wrong argument", 400, google(400, "INVALID_ARGUMENT", "Invalid value at 'contents'", ""), ir.KindInvalid, 400, false},
		{"location", 400, google(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", ""), ir.KindInvalid, 400, false},
		{"no key", 401, google(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", ""), ir.KindUpstreamAuth, 502, false},
		{"suspended", 403, google(403, "PERMISSION_DENIED", "Permission denied: Consumer 'api_key:AIzaSyA1234567890123456789012345678901234' has been suspended.", info("CONSUMER_SUSPENDED")), ir.KindUpstreamAuth, 502, false},
		{"leaked", 403, google(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key.", ""), ir.KindUpstreamAuth, 502, false},
		{"service off", 403, google(403, "PERMISSION_DENIED", "Generative Language API has not been used in project 1 before", info("SERVICE_DISABLED")), ir.KindUpstreamAuth, 502, false},
		{"billing", 403, google(403, "PERMISSION_DENIED", "This API method requires billing to be enabled.", info("BILLING_DISABLED")), ir.KindQuota, 403, true},
		{"file of another", 403, google(403, "PERMISSION_DENIED", "You do not have permission to access the File abc or it may not exist.", ""), ir.KindForbidden, 403, false},
		{"no model", 404, google(404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta", ""), ir.KindModelNotFound, 404, false},
		{"no file", 404, google(404, "NOT_FOUND", "File abc does not exist", ""), ir.KindNotFound, 404, false},
		{"per day", 429, google(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", `{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}`), ir.KindQuota, 429, true},
		{"overloaded", 503, google(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", ""), ir.KindUnavailable, 503, true},
		{"internal", 500, google(500, "INTERNAL", "An internal error has occurred.", ""), ir.KindBadUpstream, 500, true},
		{"deadline", 504, google(504, "DEADLINE_EXCEEDED", "The request timed out.", ""), ir.KindUpstreamTimeout, 504, true},
		{"unimplemented", 501, google(501, "UNIMPLEMENTED", "Not supported.", ""), ir.KindUnsupported, 501, false},
		{"page of a proxy", 502, "<html>Bad Gateway</html>", ir.KindBadUpstream, 502, true},
		{"words", 400, `{"error":"no such field"}`, ir.KindInvalid, 400, false},
		{"under 200", 200, google(429, "RESOURCE_EXHAUSTED", "slow down", ""), ir.KindRateLimited, 429, true},
		{"word only", 200, `{"error":{"message":"busy","status":"UNAVAILABLE"}}`, ir.KindUnavailable, 503, true},
		{"nothing", 200, ``, ir.KindBadUpstream, 502, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := Back{}.DecodeError(c.status, nil, []byte(c.body))
			if e.Kind != c.kind || e.HTTPStatus() != c.shown || e.Retryable != c.retry {
				t.Errorf("got kind %d, status %d, retryable %v: %s", e.Kind, e.HTTPStatus(), e.Retryable, e.Message)
			}
			if strings.Contains(e.Error(), "AIza") {
				t.Errorf("a key is shown: %v", e)
			}
			if e.Message == "" {
				t.Error("no message")
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	e := Back{}.DecodeError(429, nil, recording(t, "google-429-retry-info", "response.json"))
	if e.Kind != ir.KindRateLimited || e.RetryAfter != 34400*time.Millisecond {
		t.Errorf("recording: kind %d, after %v", e.Kind, e.RetryAfter)
	}
	if e.Message != "You exceeded your current quota, please check your plan." {
		t.Errorf("message %q", e.Message)
	}
	cases := []struct {
		name   string
		header http.Header
		body   string
		want   time.Duration
	}{
		{"seconds", http.Header{"Retry-After": {"7"}}, `{}`, 7 * time.Second},
		{"milliseconds first", http.Header{"Retry-After": {"7"}, "Retry-After-Ms": {"250"}}, `{}`, 250 * time.Millisecond},
		{"date", http.Header{"Retry-After": {"Wed, 25 Nov 2026 10:00:30 GMT"}, "Date": {"Wed, 25 Nov 2026 10:00:00 GMT"}}, `{}`, 30 * time.Second},
		{"date without a clock", http.Header{"Retry-After": {"Wed, 25 Nov 2026 10:00:30 GMT"}}, `{}`, 0},
		{"absurd", http.Header{"Retry-After": {"1e300"}}, `{}`, (1<<31 - 1) * time.Second},
		{"in the message", nil, `{"error":{"code":429,"message":"Quota exceeded. Please retry in 34.074824224s.","status":"RESOURCE_EXHAUSTED"}}`, 34074824224},
		{"negative", http.Header{"Retry-After": {"-3"}}, `{}`, 0},
	}
	for _, c := range cases {
		if got := (Back{}).DecodeError(429, c.header, []byte(c.body)).RetryAfter; got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEncodeError(t *testing.T) {
	status, body := Front{}.EncodeError(&ir.Error{
		Kind: ir.KindRateLimited, Message: "slow <down>", RetryAfter: 1500 * time.Millisecond, Code: "rate_limit_exceeded", Param: "contents.0",
	})
	if status != 429 {
		t.Fatalf("status %d", status)
	}
	// What a Google client reads must come back as it was.
	e := Back{}.DecodeError(status, nil, body)
	if e.Kind != ir.KindRateLimited || e.RetryAfter != 1500*time.Millisecond || e.Message != "slow <down>" || e.Param != "contents.0" {
		t.Errorf("got %+v from %s", e, body)
	}
	var shape struct {
		Error struct {
			Code    int
			Message string
			Status  string
			Details []map[string]any
		}
	}
	if err := json.Unmarshal(body, &shape); err != nil || shape.Error.Status != "RESOURCE_EXHAUSTED" || len(shape.Error.Details) != 3 {
		t.Errorf("%v: %s", err, body)
	}
}

func TestEveryKindHasAWord(t *testing.T) {
	for kind := ir.KindInternal; kind <= ir.KindUpstreamTimeout; kind++ {
		status, body := Front{}.EncodeError(&ir.Error{Kind: kind, Message: "m"})
		var shape struct {
			Error struct {
				Code   int
				Status string
			}
		}
		if err := json.Unmarshal(body, &shape); err != nil || shape.Error.Status == "" || shape.Error.Code != status || status != kind.Status() {
			t.Errorf("kind %d: status %d, %s", kind, status, body)
		}
	}
}
