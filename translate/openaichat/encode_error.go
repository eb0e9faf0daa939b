package openaichat

import (
	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
)

// errorWord is how a kind is told: OpenAI's own words where it has some,
// https://platform.openai.com/docs/guides/error-codes.
type errorWord struct {
	kind string // "type"
	code string
	// fixed says that clients act on the code alone, so that a provider's
	// own never replaces it (reports F11).
	fixed bool
}

const invalidRequest = "invalid_request_error"

var errorWords = map[ir.Kind]errorWord{
	ir.KindInternal:        {kind: "server_error", code: "internal_error"},
	ir.KindInvalid:         {kind: invalidRequest},
	ir.KindContextLength:   {kind: invalidRequest, code: "context_length_exceeded", fixed: true},
	ir.KindContentBlocked:  {kind: invalidRequest, code: "content_filter", fixed: true},
	ir.KindUnauthenticated: {kind: invalidRequest, code: "invalid_api_key"},
	ir.KindForbidden:       {kind: "permission_error"},
	ir.KindNotFound:        {kind: invalidRequest},
	ir.KindModelNotFound:   {kind: invalidRequest, code: "model_not_found", fixed: true},
	ir.KindMethod:          {kind: invalidRequest, code: "method_not_supported"},
	ir.KindTimeout:         {kind: invalidRequest, code: "request_timeout"},
	ir.KindConflict:        {kind: invalidRequest, code: "conflict"},
	ir.KindTooLarge:        {kind: invalidRequest, code: "request_too_large"},
	ir.KindMediaType:       {kind: invalidRequest, code: "unsupported_media_type"},
	ir.KindUpgrade:         {kind: invalidRequest, code: "upgrade_required"},
	ir.KindRateLimited:     {kind: "rate_limit_error", code: "rate_limit_exceeded", fixed: true},
	ir.KindQuota:           {kind: "insufficient_quota", code: "insufficient_quota", fixed: true},
	ir.KindHeaders:         {kind: invalidRequest, code: "headers_too_large"},
	ir.KindClientGone:      {kind: invalidRequest, code: "client_gone"},
	ir.KindUnsupported:     {kind: invalidRequest, code: "unsupported_operation"},
	ir.KindBadUpstream:     {kind: "server_error", code: "provider_bad_response"},
	ir.KindUpstreamAuth:    {kind: "server_error", code: "provider_auth_failed"},
	ir.KindUnavailable:     {kind: "server_error", code: "service_unavailable"},
	ir.KindUpstreamTimeout: {kind: "server_error", code: "provider_timeout"},
}

// apiError is an error in the client's dialect.
func apiError(e *ir.Error) *openai.APIError {
	word, known := errorWords[e.Kind]
	if !known {
		word = errorWords[ir.KindInternal]
	}
	if e.Kind == ir.KindBadUpstream && e.Status != 0 {
		word.code = "" // the provider's own failure, not an answer that cannot be used
	}
	out := &openai.APIError{Message: openai.LooseString(e.Message), Type: openai.LooseString(word.kind)}
	if out.Message == "" {
		out.Message = "The request failed."
	}
	if e.Param != "" {
		param := openai.LooseString(e.Param)
		out.Param = &param
	}
	out.Code.Text = word.code
	if e.Code != "" && !word.fixed {
		out.Code.Text = e.Code
	}
	return out
}

// EncodeError gives {"error":{message,type,param,code}}.
func (front) EncodeError(e *ir.Error) (int, []byte) {
	body, err := translate.EncodeJSON(openai.ErrorResponse{Error: *apiError(e)})
	if err != nil { // strings always encode; the client is owed an answer all the same
		body = []byte(`{"error":{"message":"The request failed.","type":"server_error","param":null,"code":"internal_error"}}`)
	}
	return e.HTTPStatus(), body
}
