package openaichat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"louter/gen/openai"
	"louter/translate/ir"
)

// maxErrorMessage bounds how much of a provider's message reaches a client.
const maxErrorMessage = 2000

// DecodeError reads an upstream failure in any of the shapes that servers of
// this dialect give it.
func (b *back) DecodeError(status int, h http.Header, body []byte) *ir.Error {
	e := b.classify(status, readError(body))
	e.Raw = body
	e.RetryAfter = retryAfter(h, body, e)
	return e
}

// upstreamError is what a failure says, in whichever shape.
type upstreamError struct {
	message, kind, code, param string
}

// looseError has the members of every shape that was met:
// {"error":{…}} of OpenAI, [{"error":{…}}] of Google, {"error":"…"} of Ollama
// and LM Studio, {"code":"…","error":"…"} of xAI, {"object":"error","message":…}
// of Mistral and vLLM, {"detail":…} of FastAPI, {"statusCode":401,"message":…}
// of Azure.
type looseError struct {
	Error   *openai.APIError   `json:"error"`
	Message json.RawMessage    `json:"message"`
	Detail  json.RawMessage    `json:"detail"`
	Type    openai.LooseString `json:"type"`
	Code    openai.ErrorCode   `json:"code"`
	Param   openai.LooseString `json:"param"`
}

func readError(body []byte) upstreamError {
	var loose looseError
	text := bytes.TrimSpace(body)
	if bytes.HasPrefix(text, []byte("[")) {
		var list []looseError
		if err := json.Unmarshal(text, &list); err != nil || len(list) == 0 {
			return upstreamError{}
		}
		loose = list[0]
	} else if err := json.Unmarshal(text, &loose); err != nil {
		return upstreamError{} // no JSON: a proxy's page, of which the status says enough
	}
	if e := loose.Error; e != nil {
		out := fromAPIError(e)
		if out.code == "" {
			out.code = loose.Code.Text
		}
		return out
	}
	out := upstreamError{kind: string(loose.Type), code: loose.Code.Text, param: string(loose.Param)}
	for _, raw := range []json.RawMessage{loose.Message, loose.Detail} {
		if out.message == "" {
			out.message = detailText(raw)
		}
	}
	return out
}

func fromAPIError(e *openai.APIError) upstreamError {
	out := upstreamError{message: string(e.Message), kind: string(e.Type), code: e.Code.Text}
	if e.Param != nil {
		out.param = string(*e.Param)
	}
	if e.Status != "" { // Google: code is the status once more
		out.code = string(e.Status)
	}
	// OpenRouter wraps what its own provider said.
	var wrapped struct {
		Raw string `json:"raw"`
	}
	if err := json.Unmarshal(e.Metadata, &wrapped); err == nil && wrapped.Raw != "" {
		if inner := readError([]byte(wrapped.Raw)); inner.message != "" {
			out.message = fmt.Sprintf("%s: %s", out.message, inner.message)
		}
	}
	return out
}

// detailText makes words of pydantic's list of faults, or of a string.
func detailText(raw json.RawMessage) string {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		return text
	}
	var nested struct {
		Detail json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(raw, &nested); err == nil && nested.Detail != nil {
		return detailText(nested.Detail)
	}
	var faults []struct {
		Loc []openai.LooseString `json:"loc"`
		Msg string               `json:"msg"`
	}
	if err := json.Unmarshal(raw, &faults); err != nil {
		return ""
	}
	var all []string
	for _, f := range faults {
		where := make([]string, len(f.Loc))
		for i, l := range f.Loc {
			where[i] = string(l)
		}
		all = append(all, strings.TrimPrefix(strings.Join(where, "."), "body.")+": "+f.Msg)
	}
	return strings.Join(all, "; ")
}

// classify makes an error of Louter's from what the provider said.
func (b *back) classify(status int, u upstreamError) *ir.Error {
	e := &ir.Error{Kind: b.kindOf(status, u), Status: status, Message: clip(u.message), Param: u.param, Code: wordOnly(u.code)}
	switch e.Kind {
	case ir.KindUpstreamAuth:
		// The provider's words may quote the key.
		e.Status, e.Message, e.Param, e.Code = 0, "The provider refused the credentials that Louter has for it.", "", ""
	case ir.KindContextLength:
		e.Status = 0 // agents look at 400 with this code
	case ir.KindInvalid:
		if status >= 500 {
			e.Status = 0
		}
	}
	switch {
	case e.Message != "":
	case status == 0:
		e.Message = "The provider told of an error, without words."
	default:
		e.Message = fmt.Sprintf("The provider answered with status %d.", status)
	}
	e.Retryable = retryable(e.Kind)
	return e
}

func retryable(k ir.Kind) bool {
	switch k {
	case ir.KindRateLimited, ir.KindBadUpstream, ir.KindUnavailable, ir.KindUpstreamTimeout, ir.KindConflict:
		return true
	}
	return false
}

func clip(message string) string {
	message = strings.ToValidUTF8(strings.TrimSpace(message), "\ufffd")
	if len(message) <= maxErrorMessage {
		return message
	}
	cut := maxErrorMessage
	for !utf8.RuneStart(message[cut]) {
		cut--
	}
	return message[:cut] + "…"
}

// wordOnly drops codes that only repeat the status.
func wordOnly(code string) string {
	if _, err := strconv.Atoi(code); err == nil {
		return ""
	}
	return code
}

// streamError is an error object that came where an answer was due, with
// status 200 (unary) or inside a stream.
func (b *back) streamError(e *openai.APIError) *ir.Error {
	status, err := strconv.Atoi(e.Code.Text)
	if err != nil || status < 400 || status > 599 {
		status = statusOf(string(e.Type), e.Code.Text)
	}
	return b.classify(status, fromAPIError(e))
}

// statusOf guesses the status that an error would have had, from its words; 0
// where they do not say.
func statusOf(kind, code string) int {
	for _, w := range []string{code, kind} {
		if s, known := statusWords[strings.ToLower(w)]; known {
			return s
		}
	}
	return 0
}

var statusWords = map[string]int{
	invalidRequest: 400, "badrequesterror": 400, "context_length_exceeded": 400, "exceed_context_size_error": 400, "content_filter": 400,
	"invalid_prompt": 400, "invalid_argument": 400,
	"authentication_error": 401, "invalid_api_key": 401, "unauthenticated": 401,
	"permission_error": 403, "permission_denied": 403, "not_found_error": 404, "model_not_found": 404, "not_found": 404,
	"rate_limit_error": 429, "rate_limit_exceeded": 429, "insufficient_quota": 429, "resource_exhausted": 429,
	"not_supported_error": 501, "overloaded_error": 503, "unavailable_error": 503, "unavailable": 503, "engine_overloaded_error": 503,
	"timeout": 504, "deadline_exceeded": 504,
}

func badUpstream(message string, cause error) *ir.Error {
	return &ir.Error{Kind: ir.KindBadUpstream, Message: message, Retryable: true, Cause: cause}
}
