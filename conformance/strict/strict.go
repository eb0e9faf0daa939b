// Package strict is a fake of each real service that refuses what the real
// one refuses, in its own words and shape, and answers by what is asked. The
// official clients are driven through Louter against it. It shares no code
// with Louter but the generated specifications.
package strict

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
)

// Key is the one credential that the services take.
const Key = "strict-upstream-key"

// Service is a running fake.
type Service struct {
	*httptest.Server

	mu       sync.Mutex
	requests []gjson.Result
}

// Requests gives the bodies that were accepted, in order.
func (s *Service) Requests() []gjson.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]gjson.Result(nil), s.requests...)
}

func (s *Service) accept(body gjson.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, body)
}

// refusal is an error of a service.
type refusal struct {
	status  int
	message string
	code    string // OpenAI's code, Google's status
	param   string
}

// intent is what the last turn asks for, in either dialect.
type intent struct {
	model   string
	system  string
	limits  string // what bounds and shapes the answer
	text    string
	tools   []string
	results []string
	media   []string
	schema  bool
	think   bool
	stream  bool
}

// call is a tool call of the answer.
type call struct{ name, args string }

// reply is what the service says.
type reply struct {
	thought string
	text    string
	calls   []call
}

// answer follows the words of the last turn, so that a test reads like a talk.
func (i intent) answer() reply {
	var r reply
	if i.think {
		r.thought = "Let me think about it."
	}
	switch {
	case len(i.results) > 0:
		r.text = "Results: " + strings.Join(i.results, " | ")
	case len(i.tools) > 0 && strings.Contains(i.text, "two cities"):
		r.calls = []call{{i.tools[0], `{"city":"Paris"}`}, {i.tools[0], `{"city":"Tokyo"}`}}
	case len(i.tools) > 0 && strings.Contains(i.text, "weather"):
		r.calls = []call{{i.tools[0], `{"city":"Paris"}`}}
	case strings.Contains(i.text, "settings"):
		r.text = "System: " + i.system + " Limits: " + i.limits
	case len(i.media) > 0:
		r.text = "Seen: " + strings.Join(i.media, ", ")
	case i.schema:
		r.text = `{"name":"Ada","age":36}`
	default:
		r.text = "The capital of France is Paris."
	}
	return r
}

// tellLimits names what a request sets, in one spelling for both services.
func tellLimits(in gjson.Result, fields [][2]string) string {
	var out []string
	for _, f := range fields {
		v := in.Get(f[0])
		if !v.Exists() {
			continue
		}
		raw := v.Raw
		if f[1] == "stop" && !v.IsArray() {
			raw = "[" + raw + "]" // Chat Completions takes one word alone
		}
		out = append(out, f[1]+"="+raw)
	}
	return strings.Join(out, " ")
}

// words cuts text into pieces for a stream.
func words(text string) []string { return strings.SplitAfter(text, " ") }

func readJSON(r *http.Request) (gjson.Result, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return gjson.Result{}, err
	}
	if !gjson.ValidBytes(body) {
		return gjson.Result{}, io.ErrUnexpectedEOF
	}
	return gjson.ParseBytes(body), nil
}

func object(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if key, ok := pairs[i].(string); ok {
			m[key] = pairs[i+1]
		}
	}
	return m
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the client has left
	}
}

// heard is how many events come before a stream breaks off.
const heard = 3

// sendEvents writes a stream; where the talk asks for it, the connection is
// lost after the first events.
func (i intent) sendEvents(w http.ResponseWriter, end string, events []any, last string) {
	w.Header().Set("Content-Type", "text/event-stream")
	breaks := strings.Contains(i.text, "break off")
	if breaks {
		events = events[:min(heard, len(events))]
	}
	for _, e := range events {
		raw, err := json.Marshal(e)
		if err != nil {
			return
		}
		if _, err := io.WriteString(w, "data: "+string(raw)+end); err != nil {
			return
		}
		w.(http.Flusher).Flush()
	}
	if breaks {
		panic(http.ErrAbortHandler)
	}
	if _, err := io.WriteString(w, last); err != nil {
		return
	}
}
