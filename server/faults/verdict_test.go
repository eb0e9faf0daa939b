package faults

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// check compares what a client got with an outcome of the table; "": it is
// right. Outcomes are:
//
//	answer          the whole answer
//	bytes           what the backend said, byte for byte
//	STATUS CODE     an error of Louter's own with that status and code
//	relayed STATUS  the backend's error, in the client's dialect
//	broken CODE     the beginning, then an error event, then the connection's end
func (c faultCase) check(outcome string, got answer) string {
	word, rest, _ := strings.Cut(outcome, " ")
	problem := ""
	switch word {
	case "answer":
		problem = c.checkAnswer(got)
	case "bytes":
		problem = c.checkBytes(got)
	case "relayed":
		problem = c.checkRelayed(rest, got)
	case "broken":
		problem = c.checkBroken(rest, got)
	default:
		problem = c.checkOwn(word, rest, got)
	}
	if problem == "" {
		return ""
	}
	return fmt.Sprintf("%s: want %q, got status %d, broken %t, body %.700q", problem, outcome, got.status, got.broken, got.body)
}

// saysEnd: a client would take it for the end of a whole answer.
func saysEnd(body string) bool {
	for _, mark := range []string{"[DONE]", `"finish_reason":"stop"`, `"finishReason":"STOP"`} {
		if strings.Contains(body, mark) {
			return true
		}
	}
	return false
}

func (c faultCase) checkAnswer(got answer) string {
	text, err := c.textOf(got.body)
	switch {
	case got.status != 200 || got.broken:
		return "no answer"
	case err != nil:
		return err.Error()
	case text != "Hello" || !saysEnd(got.body):
		return "not the whole answer"
	case c.client == openai && c.kind == stream && !strings.HasSuffix(got.body, "data: [DONE]\n\n") && !c.passes():
		return "no [DONE]"
	case strings.Contains(got.body, `"error"`):
		return "an error beside the answer"
	}
	return ""
}

// textOf is what the answer says, read as a client of the dialect does.
func (c faultCase) textOf(body string) (string, error) {
	text := ""
	for _, payload := range c.payloads(body) {
		said, err := textIn(payload)
		if err != nil {
			return "", fmt.Errorf("%w in %q", err, payload)
		}
		text += said
	}
	return text, nil
}

// payloads are the JSON texts of an answer.
func (c faultCase) payloads(body string) []string {
	if c.kind != stream {
		return []string{body}
	}
	var all []string
	for _, block := range strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "").Replace(body), "\n\n") {
		var data []string
		for _, line := range strings.Split(block, "\n") {
			if value, isData := strings.CutPrefix(line, "data:"); isData {
				data = append(data, strings.TrimPrefix(value, " "))
			}
		}
		if payload := strings.Join(data, "\n"); payload != "" && payload != "[DONE]" {
			all = append(all, payload)
		}
	}
	return all
}

// said is where either dialect has its text.
type said struct {
	Candidates []struct {
		Content struct{ Parts []struct{ Text string } }
	}
	Choices []struct{ Message, Delta struct{ Content string } }
}

func textIn(payload string) (string, error) {
	var list []said
	if strings.HasPrefix(payload, "[") {
		if err := json.Unmarshal([]byte(payload), &list); err != nil {
			return "", err
		}
	} else {
		list = make([]said, 1)
		if err := json.Unmarshal([]byte(payload), &list[0]); err != nil {
			return "", err
		}
	}
	text := ""
	for _, s := range list {
		for _, candidate := range s.Candidates {
			for _, p := range candidate.Content.Parts {
				text += p.Text
			}
		}
		for _, choice := range s.Choices {
			text += choice.Message.Content + choice.Delta.Content
		}
	}
	return text, nil
}

// checkBytes: the body is what the backend's steps have said.
func (c faultCase) checkBytes(got answer) string {
	if want := c.saidBytes(); got.status != 200 || got.broken || got.body != want {
		return fmt.Sprintf("not the backend's bytes %.700q", want)
	}
	return ""
}

// saidBytes puts together the body of the backend's steps.
func (c faultCase) saidBytes() string {
	heard := spoken{dialect: c.backend, kind: c.kind}
	all, length := "", -1
	for _, s := range c.Steps {
		verb, rest, _ := strings.Cut(s, " ")
		switch verb {
		case "head":
			if _, after, found := strings.Cut(rest, "Content-Length: "); found {
				word, _, _ := strings.Cut(after, " ")
				if n, err := strconv.Atoi(word); err == nil {
					length = n
				}
			}
		case "say", "trickle":
			all += heard.fill(rest)
		case "beat":
			count, text, _ := strings.Cut(rest, " ")
			n, err := strconv.Atoi(count)
			if err != nil {
				return err.Error()
			}
			all += strings.Repeat(heard.fill(text), n)
		case "junk", "bomb", "pack":
			text, err := bulk(verb, rest, heard)
			if err != nil {
				return err.Error()
			}
			all += text
		}
	}
	if length >= 0 && length < len(all) {
		return all[:length]
	}
	return all
}

func (c faultCase) checkRelayed(status string, got answer) string {
	if fmt.Sprint(got.status) != status || got.broken || saysEnd(got.body) {
		return "not the backend's status"
	}
	if c.passes() {
		if want := c.saidBytes(); got.body != want {
			return fmt.Sprintf("not the backend's bytes %q", want)
		}
		return ""
	}
	e, problem := c.errorIn(got.body)
	if problem == "" && !strings.Contains(e.Message, "fault "+status) {
		problem = "not the backend's words"
	}
	return problem
}

func (c faultCase) checkOwn(status, code string, got answer) string {
	if fmt.Sprint(got.status) != status || got.broken || saysEnd(got.body) {
		return "not that status"
	}
	e, problem := c.errorIn(got.body)
	if problem == "" && !e.has(code) {
		problem = "not that code"
	}
	return problem
}

// checkBroken: a success is never faked, and what went wrong is told.
func (c faultCase) checkBroken(code string, got answer) string {
	switch {
	case got.status != 200 || !strings.Contains(got.body, "Hel"):
		return "the beginning is not there"
	case !got.broken:
		return "the end is clean"
	case saysEnd(got.body) && !strings.Contains(strings.Join(c.Steps, " "), "{finish}"):
		return "the answer looks whole"
	}
	at := strings.LastIndex(got.body, `{"error"`)
	if at < 0 {
		return "no error event"
	}
	payload := strings.TrimRight(got.body[at:], "\r\n")
	before := got.body[:at]
	if c.kind == stream && !strings.HasSuffix(before, "\n\ndata: ") && !strings.HasSuffix(before, "\r\n\r\ndata: ") {
		return "the error is no event of its own"
	}
	if c.kind == array && !c.cutInsideEvent() && !json.Valid([]byte(got.body+"]")) {
		return "the error is no element of its own"
	}
	e, problem := c.errorIn(payload)
	if problem == "" && !e.has(code) {
		problem = "not that code"
	}
	return problem
}

// cutInsideEvent: what stands before the error cannot be made whole.
func (c faultCase) cutInsideEvent() bool {
	return c.passes() && strings.Contains(strings.Join(c.Steps, " "), "{half-event}")
}

// toldError is an error in either dialect.
type toldError struct {
	Message string
	Type    string
	Code    any
	Status  string
	Details []struct{ Reason string }
}

const notTheDialect = "not the client's dialect"

// errorIn reads an error and checks that it is one of the client's dialect.
func (c faultCase) errorIn(body string) (toldError, string) {
	if c.kind == array {
		body = strings.Trim(body, "[],\r\n ")
	}
	var told struct{ Error *toldError }
	if err := json.Unmarshal([]byte(body), &told); err != nil || told.Error == nil || told.Error.Message == "" {
		return toldError{}, "no error of any dialect"
	}
	e := *told.Error
	_, isNumber := e.Code.(float64)
	if c.client == gemini && (!isNumber || e.Status == "" || e.Type != "") || c.client == openai && (e.Type == "" || e.Status != "") {
		return e, notTheDialect
	}
	return e, ""
}

// has says whether the error has the code, in the client's dialect: OpenAI's
// own, or the reason in Google's details where there are some.
func (e toldError) has(code string) bool {
	if code == "" || e.Code == code {
		return true
	}
	if e.Type != "" {
		return false
	}
	for _, d := range e.Details {
		if d.Reason != "" {
			return d.Reason == strings.ToUpper(code)
		}
	}
	return googleStatus[code] == e.Status
}

// googleStatus is the word for a code that has no reason of its own.
var googleStatus = map[string]string{
	"provider_timeout": "DEADLINE_EXCEEDED", "provider_bad_response": "UNAVAILABLE", "provider_connection_failed": "UNAVAILABLE",
	"service_unavailable": "UNAVAILABLE",
}
