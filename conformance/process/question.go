package process

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Question is one request. Its prompt tells the provider how to answer, and
// the answer is made of its number: a client knows a whole one, and its own.
type Question struct {
	ID     int64
	Gemini bool // the client's dialect; else OpenAI's
	Stream bool
	Pieces int           // of the answer, at least 2
	Gap    time.Duration // ahead of each piece of a stream, and of a whole answer
	Model  string        // empty: "m"
}

func (q Question) prompt() string {
	return fmt.Sprintf("question %d: %d pieces, %s apart", q.ID, q.Pieces, q.Gap)
}

// read fills in what the prompt tells.
func (q *Question) read(prompt string) error {
	var gap string
	if _, err := fmt.Sscanf(prompt, "question %d: %d pieces, %s apart", &q.ID, &q.Pieces, &gap); err != nil {
		return fmt.Errorf("prompt %q: %w", prompt, err)
	}
	var err error
	q.Gap, err = time.ParseDuration(gap)
	return err
}

// pieces of the right answer.
func (q Question) pieces() []string {
	all := make([]string, q.Pieces)
	for i := range all {
		all[i] = fmt.Sprintf("%d.%d ", q.ID, i)
	}
	all[len(all)-1] = fmt.Sprintf("%d!", q.ID)
	return all
}

func (q Question) answer() string { return strings.Join(q.pieces(), "") }

// request gives path and body in the client's dialect.
func (q Question) request() (string, string) {
	model, prompt := q.Model, quote(q.prompt())
	if model == "" {
		model = "m"
	}
	if !q.Gemini {
		return "/v1/chat/completions", fmt.Sprintf(`{"model":%q,"stream":%t,"messages":[{"role":"user","content":%s}]}`, model, q.Stream, prompt)
	}
	call := ":generateContent"
	if q.Stream {
		call = ":streamGenerateContent?alt=sse"
	}
	return "/v1beta/models/" + model + call, fmt.Sprintf(`{"contents":[{"role":"user","parts":[{"text":%s}]}]}`, prompt)
}

// quote: a string is always encoded.
func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// event is what a client needs of one event of either dialect, or of a whole
// answer.
type event struct {
	text     string
	finished bool // a finish reason was given
	failed   bool // it tells of an error in the shape of the dialect
}

func (q Question) event(body gjson.Result) event {
	if q.Gemini {
		e := event{finished: body.Get("candidates.0.finishReason").Exists()}
		for _, part := range body.Get("candidates.0.content.parts.#.text").Array() {
			e.text += part.String()
		}
		e.failed = body.Get("error.code").Type == gjson.Number && body.Get("error.status").String() != "" && body.Get("error.message").String() != ""
		return e
	}
	e := event{text: body.Get("choices.0.delta.content").String() + body.Get("choices.0.message.content").String()}
	e.finished = body.Get("choices.0.finish_reason").Type == gjson.String
	e.failed = body.Get("error.message").String() != "" && body.Get("error.type").String() != ""
	return e
}
