package ir

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind classifies an error by what may be done about it.
type Kind int

// Kinds. The comment gives the status a client sees.
const (
	KindInternal        Kind = iota // 500
	KindInvalid                     // 400 the request is wrong
	KindContextLength               // 400 the prompt is too long for the model
	KindContentBlocked              // 400 refused for what it says
	KindUnauthenticated             // 401 the client's key
	KindForbidden                   // 403
	KindNotFound                    // 404
	KindModelNotFound               // 404
	KindMethod                      // 405
	KindTimeout                     // 408 the client was too slow
	KindConflict                    // 409
	KindTooLarge                    // 413
	KindMediaType                   // 415
	KindUpgrade                     // 426
	KindRateLimited                 // 429
	KindQuota                       // 429 no money left
	KindHeaders                     // 431
	KindClientGone                  // 499
	KindUnsupported                 // 501 the backend cannot do this operation
	KindBadUpstream                 // 502 the provider's answer cannot be used
	KindUpstreamAuth                // 502 the provider refused Louter's own key
	KindUnavailable                 // 503
	KindUpstreamTimeout             // 504
)

var kindStatus = [...]int{
	KindInternal: 500, KindInvalid: 400, KindContextLength: 400, KindContentBlocked: 400,
	KindUnauthenticated: 401, KindForbidden: 403, KindNotFound: 404, KindModelNotFound: 404,
	KindMethod: 405, KindTimeout: 408, KindConflict: 409, KindTooLarge: 413, KindMediaType: 415,
	KindUpgrade: 426, KindRateLimited: 429, KindQuota: 429, KindHeaders: 431, KindClientGone: 499,
	KindUnsupported: 501, KindBadUpstream: 502, KindUpstreamAuth: 502, KindUnavailable: 503,
	KindUpstreamTimeout: 504,
}

// Status is the HTTP status for the kind.
func (k Kind) Status() int {
	if k < 0 || int(k) >= len(kindStatus) {
		return http.StatusInternalServerError
	}
	return kindStatus[k]
}

// Error is a failure as it travels through Louter. Message may be shown to
// the client; Cause and Raw never are.
type Error struct {
	Kind Kind
	// Status overrides the kind's own, for an upstream status that is kept.
	Status  int
	Message string
	// Param is the field at fault, dotted with indexes ("messages.0.role").
	Param string
	// Code is the provider's own code where it is worth keeping
	// ("invalid_value", "SERVICE_DISABLED").
	Code       string
	Retryable  bool
	RetryAfter time.Duration
	// Raw is the upstream body, for the log of the four sides only.
	Raw   []byte
	Cause error
}

// Error tells the message and the cause; it is for logs.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.Cause)
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// HTTPStatus is the status that the client sees.
func (e *Error) HTTPStatus() int {
	if e.Status != 0 {
		return e.Status
	}
	return e.Kind.Status()
}

// Invalid is a 400 that names the field at fault.
func Invalid(param, format string, args ...any) *Error {
	return &Error{Kind: KindInvalid, Param: param, Message: fmt.Sprintf(format, args...)}
}

// NoRoute is for a path that an API has not.
func NoRoute() *Error {
	return &Error{Kind: KindNotFound, Message: "There is no such route."}
}

// WrongMethod is for a path that does not take the request's method.
func WrongMethod() *Error {
	return &Error{Kind: KindMethod, Message: "This route does not take this method."}
}

// AsError finds an *Error in the chain of err, or makes an internal one whose
// message says nothing of the inside.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: KindInternal, Message: "Louter met an internal error.", Cause: err}
}
