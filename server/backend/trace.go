package backend

import "net/http"

// Trace sees the two upstream sides of an exchange, for --verbose. The zero
// value sees nothing. What it is given must not be kept or changed.
type Trace struct {
	Request  func(id, method, path string, h http.Header, body []byte)
	Response func(id string, status int, h http.Header, body []byte)
}
