package faults

import (
	"fmt"
	"regexp"
	"strings"
)

// spoken is how a backend says things to one request.
type spoken struct {
	dialect dialect
	kind    kind
}

// spokenTo reads from a request what it asks for.
func spokenTo(path, query, body string) spoken {
	s := spoken{dialect: openai, kind: unary}
	if strings.Contains(path, "enerateContent") {
		s.dialect = gemini
	}
	switch {
	case strings.Contains(path, ":streamGenerateContent") && !strings.Contains(query, "alt=sse"):
		s.kind = array
	case strings.Contains(path, ":streamGenerateContent"), s.dialect == openai && strings.Contains(body, `"stream":true`):
		s.kind = stream
	}
	return s
}

func (s spoken) contentType() string {
	if s.kind == stream {
		return "text/event-stream"
	}
	return "application/json"
}

const (
	chatFirst   = `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}`
	chatLast    = `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}`
	chatWhole   = `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}`
	geminiFirst = `{"candidates":[{"content":{"parts":[{"text":"Hel"}],"role":"model"},"index":0}],"modelVersion":"m","responseId":"r"}`
	geminiLast  = `{"candidates":[{"content":{"parts":[{"text":"lo"}],"role":"model"},"finishReason":"STOP","index":0}],"modelVersion":"m","responseId":"r"}`
	geminiWhole = `{"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"finishReason":"STOP","index":0}],"modelVersion":"m","responseId":"r"}`
)

// first and last are the two events of the answer "Hello".
func (s spoken) first() string {
	if s.dialect == gemini {
		return geminiFirst
	}
	return chatFirst
}

func (s spoken) last() string {
	if s.dialect == gemini {
		return geminiLast
	}
	return chatLast
}

func (s spoken) whole() string {
	if s.dialect == gemini {
		return geminiWhole
	}
	return chatWhole
}

// event is a later event of a stream, begin its first one.
func (s spoken) event(payload string) string {
	switch {
	case s.kind == array:
		return ",\r\n" + payload
	case s.dialect == gemini:
		return "data: " + payload + "\r\n\r\n"
	}
	return "data: " + payload + "\n\n"
}

func (s spoken) begin(payload string) string {
	if s.kind == array {
		return "[" + payload
	}
	return s.event(payload)
}

// done is what ends a stream after its last event.
func (s spoken) done() string {
	switch {
	case s.kind == array:
		return "]"
	case s.dialect == gemini:
		return ""
	}
	return "data: [DONE]\n\n"
}

func (s spoken) answer() string {
	if s.kind == unary {
		return s.whole()
	}
	return s.begin(s.first()) + s.event(s.last()) + s.done()
}

var googleWords = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 408: "DEADLINE_EXCEEDED",
	409: "ABORTED", 413: "INVALID_ARGUMENT", 415: "INVALID_ARGUMENT", 422: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED",
	431: "INVALID_ARGUMENT", 500: "INTERNAL", 501: "UNIMPLEMENTED", 502: "UNAVAILABLE", 503: "UNAVAILABLE",
	504: "DEADLINE_EXCEEDED", 529: "UNAVAILABLE",
}

var chatTypes = map[int]string{
	400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
	429: "rate_limit_error", 503: "overloaded_error",
}

// failure is an error of the status, as the backend's protocol says it.
func (s spoken) failure(status, words string) string {
	code := 0
	if _, err := fmt.Sscan(status, &code); err != nil {
		return "no status " + status
	}
	if s.dialect == gemini {
		return fmt.Sprintf(`{ "error":{"code":%d,"message":"fault %d%s","status":%q}}`, code, code, words, googleWords[code])
	}
	kind := chatTypes[code]
	if kind == "" {
		kind = "server_error"
	}
	return fmt.Sprintf(`{ "error":{"message":"fault %d%s","type":%q,"param":null,"code":%d}}`, code, words, kind, code)
}

var place = regexp.MustCompile(`\{([a-z-]+)(?::([0-9]+))?(?: ([^}]*))?\}`)

// fill puts the protocol's own words into the places of a step.
func (s spoken) fill(text string) string {
	return place.ReplaceAllStringFunc(text, func(word string) string {
		part := place.FindStringSubmatch(word)
		words := part[3]
		if words != "" {
			words = " " + words
		}
		switch part[1] {
		case "first":
			return s.first()
		case "last":
			return s.last()
		case "whole":
			return s.whole()
		case "answer":
			return s.answer()
		case "begin":
			return s.begin(s.first())
		case "large":
			return s.event(strings.Replace(s.first(), "Hel", strings.Repeat("long ", 10_000), 1))
		case "next":
			return s.event(s.first())
		case "finish":
			return s.event(s.last())
		case "blank":
			return "\n\n"
		case "done":
			return s.done()
		case "half":
			return s.whole()[:len(s.whole())/2]
		case "half-event":
			return s.event(s.last())[:40]
		case "error":
			return s.failure(part[2], words)
		case "first-error":
			return s.begin(s.failure(part[2], words))
		case "later-error":
			return s.event(s.failure(part[2], words))
		}
		return word
	})
}
