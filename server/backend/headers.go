package backend

import (
	"net/http"
	"strings"
)

// stopsHere are the headers that speak of one hop, of the client's way or
// person, or of its credentials: the closed list of promise 1.
var stopsHere = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true, "Proxy-Authenticate": true, "Proxy-Authorization": true,
	"Host": true, "Content-Length": true, "Expect": true,
	"Authorization": true, "X-Goog-Api-Key": true, "Api-Key": true, "X-Api-Key": true,
	"Cookie": true, "Forwarded": true, "Via": true, "X-Real-Ip": true, "True-Client-Ip": true,
	"X-Client-Ip": true, "X-Cluster-Client-Ip": true, "Cdn-Loop": true, "Origin": true, "Referer": true,
}

// otherHop are those of an answer that speak of the connection to the backend.
var otherHop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true, "Proxy-Authenticate": true,
	"Content-Length": true, "Set-Cookie": true, "Alt-Svc": true, "Server": true,
}

var stoppedPrefixes = []string{"X-Forwarded-", "Cf-", "X-Louter-", "Sec-", "Fastly-", "X-Amzn-", "X-Amz-Cf-"}

// copyUp copies what a client's headers may say to the backend.
func copyUp(dst, src http.Header) {
	named := connectionNamed(src)
	for key, values := range src {
		if stopsHere[key] || named[key] || hasStoppedPrefix(key) || strings.Contains(key, "_") {
			continue
		}
		dst[key] = values
	}
}

// copyDown copies what a backend's headers may say to the client.
func copyDown(dst, src http.Header) {
	named := connectionNamed(src)
	for key, values := range src {
		if otherHop[key] || named[key] || strings.HasPrefix(key, "X-Louter-") || strings.HasPrefix(key, "Access-Control-") {
			continue
		}
		dst[key] = values
	}
}

func hasStoppedPrefix(key string) bool {
	for _, p := range stoppedPrefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// connectionNamed are the headers that the Connection header makes hop-by-hop
// (RFC 9110, 7.6.1).
func connectionNamed(h http.Header) map[string]bool {
	values := h["Connection"]
	if len(values) == 0 {
		return nil
	}
	named := map[string]bool{}
	for _, v := range values {
		for _, name := range strings.Split(v, ",") {
			named[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
		}
	}
	return named
}

// keptOnConversion are the headers of a backend's answer that still mean the
// same when its body was rewritten.
var keptOnConversion = []string{"Retry-After", "Retry-After-Ms", "Openai-Processing-Ms"}

func copyConverted(dst, src http.Header) {
	for _, key := range keptOnConversion {
		if v := src[key]; len(v) > 0 {
			dst[key] = v
		}
	}
	for key, values := range src {
		if strings.HasPrefix(key, "X-Ratelimit-") {
			dst[key] = values
		}
	}
}
