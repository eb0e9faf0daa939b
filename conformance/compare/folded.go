package compare

import (
	"sort"
	"strings"

	"github.com/tidwall/gjson"

	"louter/conformance/scenario"
)

// Folded is what an answer means, in neither dialect; a stream folds to what
// the whole answer would.
type Folded struct {
	Choices []Choice
	Usage   Usage
	// Failure is the kind of error; empty for an answer.
	Failure string
	// Message is the error's text.
	Message string
}

// BrokenOff is the failure of a stream that ends before it says so.
const BrokenOff = "broken off"

// Choice is one of the alternatives.
type Choice struct {
	Text, Thought, Refusal string
	Calls                  []Call
	// Media are digests of what is no text.
	Media  []string
	Finish string
}

// Call is a tool call; Args is canonical JSON.
type Call struct{ ID, Name, Args string }

// Usage counts tokens; zero where nothing was said.
type Usage struct{ Input, Output, Cached, Reasoning int64 }

// Fold collects an answer of a dialect.
func Fold(dialect string, status int, contentType string, body []byte) Folded {
	docs, done, err := Payloads(contentType, body)
	stream := strings.HasPrefix(contentType, "text/event-stream") || strings.HasPrefix(strings.TrimSpace(string(body)), "[")
	f := &folding{choices: map[int64]*Choice{}, calls: map[string]*call{}}
	for _, d := range docs {
		if e := d.Get("error"); e.Exists() && e.Type != gjson.Null {
			f.out.Failure, f.out.Message = failure(status, e), e.Get("message").String()
			if e.Type == gjson.String {
				f.out.Message = e.String()
			}
			continue
		}
		if dialect == scenario.Gemini {
			f.gemini(d)
		} else {
			f.chat(d)
		}
	}
	f.finish()
	ended := err == nil && (!stream || done || f.ended)
	switch {
	case f.out.Failure != "":
	case status >= 400:
		f.out.Failure = failure(status, gjson.Result{})
	case !ended:
		f.out.Failure = BrokenOff
	}
	return f.out
}

// failure is a kind that both dialects can say.
func failure(status int, e gjson.Result) string {
	code := int(e.Get("code").Int())
	if code >= 400 && code < 600 {
		status = code
	}
	switch word := strings.ToLower(e.Get("status").String() + " " + e.Get("type").String() + " " + e.Get("code").String()); {
	case strings.Contains(word, "context_length_exceeded"), strings.Contains(e.Get("message").String(), "exceeds the maximum number of tokens"):
		return "context length"
	case strings.Contains(word, "rate_limit"), strings.Contains(word, "resource_exhausted"), strings.Contains(word, "insufficient_quota"), status == 429:
		return "rate limit"
	case strings.Contains(word, "not_found"), status == 404:
		return "not found"
	case strings.Contains(word, "permission"), status == 403:
		return "permission"
	case strings.Contains(word, "unauthenticated"), strings.Contains(word, "authentication"), status == 401:
		return "authentication"
	case strings.Contains(word, "invalid"), strings.Contains(word, "failed_precondition"), status >= 400 && status < 500:
		return "invalid request"
	}
	return "server"
}

type call struct {
	choice         *Choice
	id, name, args string
}

// folding is the state of Fold.
type folding struct {
	out     Folded
	choices map[int64]*Choice
	calls   map[string]*call
	order   []*call
	ended   bool
}

func (f *folding) choice(n int64) *Choice {
	c := f.choices[n]
	if c == nil {
		c = &Choice{}
		f.choices[n] = c
	}
	return c
}

func (f *folding) finish() {
	for _, c := range f.order {
		args := Canonical(c.args)
		if strings.TrimSpace(c.args) == "" {
			args = "{}"
		}
		c.choice.Calls = append(c.choice.Calls, Call{c.id, c.name, args})
	}
	var indexes []int64
	for n := range f.choices {
		indexes = append(indexes, n)
	}
	sort.Slice(indexes, func(i, j int) bool { return indexes[i] < indexes[j] })
	for _, n := range indexes {
		c := f.choices[n]
		if c.Finish == "stop" && len(c.Calls) > 0 {
			c.Finish = "tool calls"
		}
		f.ended = f.ended || c.Finish != ""
		f.out.Choices = append(f.out.Choices, *c)
	}
}
