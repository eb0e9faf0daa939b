package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"

	"github.com/tidwall/gjson"
)

// Verdict is what a client makes of an answer.
type Verdict string

// Complete answers are whole and the client's own. Failed ones say so in the
// client's dialect, a stream that had begun by an error event that is its
// last. Left are those whose client went away. All others are Broken: no
// gateway may give one (promise 2).
const (
	Complete Verdict = "complete"
	Failed   Verdict = "failed"
	Left     Verdict = "left"
	Broken   Verdict = "broken"
)

// Answer is how one question ended.
type Answer struct {
	Verdict Verdict
	Why     string // of any but a complete one
	Status  int    // 0: there was no answer
	Backend string // that Louter names
	Begun   bool   // something of the text had come
	Aborted bool   // the connection ended before the stream did
}

// Client asks one gateway, over connections that it keeps.
type Client struct {
	URL       string
	Transport *http.Transport
}

// NewClient makes one for that many requests at once.
func NewClient(url string, atOnce int) *Client {
	return &Client{URL: url, Transport: &http.Transport{MaxIdleConnsPerHost: atOnce, DisableCompression: true}}
}

// Ask waits for the end of the answer. came is called with the number of
// events that a stream has brought; nil: nobody wants to know. Who ends the
// context leaves.
func (c *Client) Ask(ctx context.Context, q Question, came func(events int)) Answer {
	path, body := q.request()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+path, strings.NewReader(body))
	if err != nil {
		return Answer{Verdict: Broken, Why: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Transport.RoundTrip(req)
	if err != nil {
		return left(ctx, Answer{Verdict: Broken, Why: "no answer: " + err.Error()})
	}
	a := Answer{Status: resp.StatusCode, Backend: resp.Header.Get("X-Louter-Backend")}
	if resp.StatusCode == http.StatusOK && q.Stream {
		a.stream(q, resp.Body, came)
	} else {
		a.whole(q, resp)
	}
	if err := resp.Body.Close(); err != nil {
		a.is(Broken, "close: %v", err)
	}
	return left(ctx, a)
}

// left: what a client that has gone makes of the answer counts no more,
// unless it was whole before.
func left(ctx context.Context, a Answer) Answer {
	if ctx.Err() != nil && a.Verdict != Complete {
		a.Verdict, a.Why = Left, ""
	}
	return a
}

func (a *Answer) is(v Verdict, why string, args ...any) {
	a.Verdict, a.Why = v, fmt.Sprintf(why, args...)
}

func (a *Answer) whole(q Question, resp *http.Response) {
	body, err := io.ReadAll(resp.Body)
	e := q.event(gjson.ParseBytes(body))
	switch {
	case err != nil:
		a.is(Broken, "body: %v", err)
	case !gjson.ValidBytes(body):
		a.is(Broken, "status %d with %q", resp.StatusCode, body)
	case resp.StatusCode != http.StatusOK && e.failed:
		a.is(Failed, "status %d: %s", resp.StatusCode, gjson.GetBytes(body, "error.message"))
	case resp.StatusCode != http.StatusOK || e.text != q.answer() || !e.finished:
		a.is(Broken, "status %d with %s", resp.StatusCode, body)
	default:
		a.is(Complete, "")
	}
}

// heard is what a stream has said so far.
type heard struct {
	q            Question
	pending      string // data of an event whose end has not come
	text         strings.Builder
	events       int
	finished     bool
	failed       string // the error event
	done         bool   // [DONE] was said
	wrong        string // first line that does not belong there
	afterFailure bool   // something came after the error event
}

const longestEvent = 1 << 20

func (a *Answer) stream(q Question, body io.Reader, came func(int)) {
	h := heard{q: q}
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 4<<10), longestEvent)
	for lines.Scan() {
		if h.line(lines.Text()) && came != nil {
			came(h.events)
		}
		a.Begun = a.Begun || h.text.Len() > 0
	}
	h.judge(a, lines.Err())
}

// line says whether it ended an event. One that the connection's end cuts is
// none.
func (h *heard) line(line string) bool {
	data, isData := strings.CutPrefix(line, "data:")
	switch {
	case line == "":
		return h.pending != "" && h.event()
	case strings.HasPrefix(line, ":") && !h.q.Gemini: // Gemini's SDK takes no comment
	case !isData || h.pending != "":
		h.object("line %q after %q", line, h.pending)
	default:
		h.pending = strings.TrimSpace(data)
	}
	return false
}

func (h *heard) event() bool {
	data := h.pending
	h.pending = ""
	h.events++
	h.afterFailure = h.afterFailure || h.failed != ""
	if data == "[DONE]" && !h.q.Gemini {
		h.done = true
		return true
	}
	if !gjson.Valid(data) {
		h.object("event %q", data)
		return true
	}
	e := h.q.event(gjson.Parse(data))
	h.text.WriteString(e.text)
	h.finished = h.finished || e.finished
	if e.failed {
		h.failed = data
	}
	return true
}

func (h *heard) object(why string, what ...any) {
	if h.wrong == "" {
		h.wrong = fmt.Sprintf(why, what...)
	}
}

// judge: err is how the connection ended; nil: cleanly.
func (h *heard) judge(a *Answer, err error) {
	aborted := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
	a.Aborted = aborted
	whole := h.text.String() == h.q.answer() && h.finished && (h.done || h.q.Gemini)
	switch {
	case h.wrong != "":
		a.is(Broken, "%s", h.wrong)
	case !strings.HasPrefix(h.q.answer(), h.text.String()):
		a.is(Broken, "question %d got %q", h.q.ID, h.text.String())
	case h.afterFailure || h.failed != "" && h.done:
		a.is(Broken, "it went on after %s", h.failed)
	case err == nil && whole && h.failed == "":
		a.is(Complete, "")
	case err == nil && h.failed == "":
		a.is(Broken, "a clean end of a stream that is not whole, after %q", h.text.String())
	case err != nil && !aborted:
		a.is(Broken, "stream: %v", err)
	case h.failed == "":
		a.is(Broken, "aborted without a word after %q", h.text.String())
	default:
		a.is(Failed, "in the stream: %s", h.failed)
	}
}
