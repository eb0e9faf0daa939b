package gemini

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"louter/translate"
	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// statusWords gives google.rpc.Code's name for each kind
// (google/rpc/code.proto). HTTP statuses that it has no name for take the
// nearest.
var statusWords = map[ir.Kind]string{
	ir.KindInternal: "INTERNAL", ir.KindInvalid: "INVALID_ARGUMENT", ir.KindContextLength: "INVALID_ARGUMENT",
	ir.KindContentBlocked: "INVALID_ARGUMENT", ir.KindUnauthenticated: "UNAUTHENTICATED",
	ir.KindForbidden: "PERMISSION_DENIED", ir.KindNotFound: "NOT_FOUND", ir.KindModelNotFound: "NOT_FOUND",
	ir.KindMethod: "UNIMPLEMENTED", ir.KindTimeout: "DEADLINE_EXCEEDED", ir.KindConflict: "ABORTED",
	ir.KindTooLarge: "INVALID_ARGUMENT", ir.KindMediaType: "INVALID_ARGUMENT", ir.KindUpgrade: "FAILED_PRECONDITION",
	ir.KindRateLimited: "RESOURCE_EXHAUSTED", ir.KindQuota: "RESOURCE_EXHAUSTED", ir.KindHeaders: "INVALID_ARGUMENT",
	ir.KindClientGone: "CANCELLED", ir.KindUnsupported: "UNIMPLEMENTED", ir.KindBadUpstream: "UNAVAILABLE",
	ir.KindUpstreamAuth: "INTERNAL", ir.KindUnavailable: "UNAVAILABLE", ir.KindUpstreamTimeout: "DEADLINE_EXCEEDED",
}

const (
	typeErrorInfo  = "type.googleapis.com/google.rpc.ErrorInfo"
	typeRetryInfo  = "type.googleapis.com/google.rpc.RetryInfo"
	typeBadRequest = "type.googleapis.com/google.rpc.BadRequest"
)

// EncodeError gives {"error":{code,message,status,details}}.
func (Front) EncodeError(e *ir.Error) (int, []byte) {
	status, word := e.HTTPStatus(), statusWords[e.Kind]
	if status == http.StatusInternalServerError {
		word = "INTERNAL" // a provider's own 500: UNAVAILABLE would be a 503
	}
	code := int32(status)
	body, err := translate.EncodeJSON(&gen.ErrorResponse{Error: gen.Status{
		Code: &code, Message: &e.Message, Status: &word, Details: errorDetails(e),
	}})
	if err != nil { // a struct of strings cannot fail
		body = []byte(`{"error":{"code":500,"message":"Louter met an internal error.","status":"INTERNAL"}}`)
	}
	return status, body
}

func errorDetails(e *ir.Error) []json.RawMessage {
	var details []any
	if e.Param != "" {
		details = append(details, map[string]any{"@type": typeBadRequest, "fieldViolations": []any{
			map[string]string{"field": e.Param, "description": e.Message},
		}})
	}
	if reason := errorReason(e); reason != "" {
		details = append(details, map[string]string{"@type": typeErrorInfo, "reason": reason, "domain": "louter"})
	}
	if e.RetryAfter > 0 {
		seconds := strconv.FormatFloat(math.Round(e.RetryAfter.Seconds()*1e3)/1e3, 'f', -1, 64)
		details = append(details, map[string]string{"@type": typeRetryInfo, "retryDelay": seconds + "s"})
	}
	var raw []json.RawMessage
	for _, d := range details {
		if text, err := translate.EncodeJSON(d); err == nil { // maps of strings cannot fail
			raw = append(raw, text)
		}
	}
	return raw
}

func errorReason(e *ir.Error) string {
	switch {
	case e.Code != "":
		return strings.ToUpper(e.Code)
	case e.Kind == ir.KindContextLength:
		return "CONTEXT_LENGTH_EXCEEDED"
	}
	return ""
}

// DecodeError reads an upstream error of any shape: an object, a list that
// holds one (a stream that was not asked for as SSE), or no JSON at all.
func (Back) DecodeError(status int, h http.Header, body []byte) *ir.Error {
	rpc := parseError(body)
	if rpc == nil {
		rpc = &gen.Status{}
	}
	e := classify(status, rpc)
	e.Raw = body
	if e.RetryAfter == 0 {
		e.RetryAfter = headerDelay(h)
	}
	return e
}

// parseError finds google.rpc.Status in a body; nil where there is none.
func parseError(body []byte) *gen.Status {
	type failed struct {
		Error *gen.Status `json:"error"`
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '[' {
		var many []failed
		if json.Unmarshal(body, &many) != nil || len(many) == 0 {
			return nil
		}
		return many[0].Error
	}
	var one failed
	if json.Unmarshal(body, &one) == nil {
		return one.Error
	}
	// What other gateways answer: {"error":"words"}.
	var loose struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &loose) != nil || loose.Error == "" {
		return nil
	}
	return &gen.Status{Message: &loose.Error}
}

// facts is what the details of an error say.
type facts struct {
	reason  string
	param   string
	quotaID string
	delay   time.Duration
}

func readDetails(details []json.RawMessage) facts {
	var f facts
	for _, raw := range details {
		var d struct {
			Reason          string                     `json:"reason"`
			RetryDelay      string                     `json:"retryDelay"`
			FieldViolations []struct{ Field string }   `json:"fieldViolations"`
			Violations      []struct{ QuotaID string } `json:"violations"`
		}
		if json.Unmarshal(raw, &d) != nil {
			continue // a detail of another shape says nothing here
		}
		if d.Reason != "" {
			f.reason = d.Reason
		}
		if delay, err := time.ParseDuration(d.RetryDelay); err == nil && delay > 0 {
			f.delay = delay
		}
		if len(d.FieldViolations) > 0 {
			f.param = d.FieldViolations[0].Field
		}
		for _, v := range d.Violations {
			f.quotaID += " " + v.QuotaID
		}
	}
	return f
}

// classify gives the kind. The status of the HTTP answer counts where there
// is an error status; an error inside a stream or under 200 has its own code.
func classify(status int, rpc *gen.Status) *ir.Error {
	if status < 400 {
		status = int(deref(rpc.Code))
	}
	if status < 400 || status > 599 {
		status = wordStatus(deref(rpc.Status))
	}
	message := deref(rpc.Message)
	f := readDetails(rpc.Details)
	e := &ir.Error{
		Kind: kindOf(status, message, f), Status: status, Message: redactKeys(message),
		Param: f.param, Code: f.reason, RetryAfter: f.delay,
	}
	if e.RetryAfter == 0 {
		e.RetryAfter = messageDelay(message)
	}
	if e.Message == "" {
		e.Message = fmt.Sprintf("The provider answered with status %d.", status)
	}
	switch e.Kind {
	case ir.KindUpstreamAuth:
		// Louter's own fault: a 502 in words that say nothing of the key.
		// Google's may hold it ("Consumer 'api_key:AIza…' has been suspended").
		e.Cause = fmt.Errorf("status %d: %s", status, e.Message)
		e.Status, e.Param, e.Code = 0, "", ""
		e.Message = "The provider refused the gateway's credentials."
	case ir.KindRateLimited, ir.KindQuota, ir.KindUnavailable, ir.KindUpstreamTimeout, ir.KindTimeout:
		e.Retryable = true
	case ir.KindBadUpstream:
		e.Retryable = status >= 500
	}
	return e
}

// redactKeys hides Google API keys, which some messages quote.
func redactKeys(message string) string {
	const mark, length = "AIza", 39
	for from := 0; ; {
		i := strings.Index(message[from:], mark)
		if i < 0 {
			return message
		}
		i += from
		end := i
		for end < len(message) && end-i < length && isKeyByte(message[end]) {
			end++
		}
		message = message[:i] + "[redacted]" + message[end:]
		from = i + len("[redacted]")
	}
}

func isKeyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}
