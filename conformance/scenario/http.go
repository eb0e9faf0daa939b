package scenario

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Request is one client request as its file has it; {{…}} are still in it.
type Request struct {
	Method string
	Target string // path and query
	Header http.Header
	Body   []byte
	// Gzip: the body is sent compressed.
	Gzip bool
}

// Answer is one upstream answer as its file has it.
type Answer struct {
	Status int
	Header http.Header
	Steps  []Step
	// Recorded says when and from which model, for readers.
	Recorded string
	// Gzip: the body is sent compressed.
	Gzip bool
	// Stream: the body is server-sent events.
	Stream bool
}

// Step is a piece of an answer's body with the pause before it.
type Step struct {
	Wait  time.Duration
	Bytes []byte
	// Cut splits Bytes: after so many, pause, go on.
	Cut     int
	CutWait time.Duration
	// Abort ends the connection without the end of the body.
	Abort bool
}

// Body is the whole answer as it is sent, without its cuts.
func (a *Answer) Body() []byte {
	var b bytes.Buffer
	for _, s := range a.Steps {
		b.Write(s.Bytes)
	}
	return b.Bytes()
}

// Aborts says whether the connection breaks before the answer's end.
func (a *Answer) Aborts() bool {
	return len(a.Steps) > 0 && a.Steps[len(a.Steps)-1].Abort
}

// split gives the start line, the headers and the body of an .http file.
func split(text []byte) (string, http.Header, []byte, error) {
	head, body, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		head = bytes.TrimRight(text, "\n")
	}
	lines := strings.Split(string(head), "\n")
	header := http.Header{}
	for i, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return "", nil, nil, fmt.Errorf("line %d is no header: %q", i+2, line)
		}
		header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return lines[0], header, body, nil
}

// ParseRequest reads a client file.
func ParseRequest(text []byte) (Request, error) {
	start, header, body, err := split(text)
	if err != nil {
		return Request{}, err
	}
	words := strings.Fields(start)
	if len(words) < 2 || !strings.HasPrefix(words[1], "/") {
		return Request{}, fmt.Errorf("the first line must be METHOD /path, is %q", start)
	}
	body, err = decodeBody(header, bytes.TrimSuffix(body, []byte("\n")))
	if err != nil {
		return Request{}, err
	}
	r := Request{Method: words[0], Target: words[1], Header: header, Body: body}
	for _, w := range header["Replay"] {
		if w != "gzip" {
			return Request{}, fmt.Errorf("replay: %q is not known in a client file", w)
		}
		r.Gzip = true
	}
	header.Del("Replay")
	return r, nil
}

// decodeBody reads `Replay: base64`, for bodies that are no text.
func decodeBody(header http.Header, body []byte) ([]byte, error) {
	for i, v := range header["Replay"] {
		if v == "base64" {
			header["Replay"] = append(header["Replay"][:i:i], header["Replay"][i+1:]...)
			return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(body)), ""))
		}
	}
	return body, nil
}

// ParseAnswer reads an upstream file.
func ParseAnswer(text []byte) (Answer, error) {
	start, header, body, err := split(text)
	if err != nil {
		return Answer{}, err
	}
	words := strings.Fields(start)
	if len(words) < 2 || !strings.HasPrefix(words[0], "HTTP/") {
		return Answer{}, fmt.Errorf("the first line must be HTTP/1.1 STATUS, is %q", start)
	}
	status, err := strconv.Atoi(words[1])
	if err != nil {
		return Answer{}, fmt.Errorf("status %q: %w", words[1], err)
	}
	if body, err = decodeBody(header, body); err != nil {
		return Answer{}, err
	}
	a := Answer{Status: status, Header: header, Recorded: header.Get("Recorded")}
	header.Del("Recorded")
	a.Stream = strings.HasPrefix(header.Get("Content-Type"), "text/event-stream")
	if a.Stream {
		a.Steps, err = streamSteps(body)
	} else {
		a.Steps = []Step{{Bytes: bytes.TrimSuffix(body, []byte("\n"))}}
	}
	if err != nil {
		return Answer{}, err
	}
	return a, a.direct(header["Replay"])
}

// direct follows the `Replay:` headers, which are not sent.
func (a *Answer) direct(words []string) error {
	a.Header.Del("Replay")
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "gzip":
			a.Gzip = true
		case "crlf":
			for i := range a.Steps {
				// A cut counts the file's bytes, which has one for each line end.
				if cut := a.Steps[i].Cut; cut <= len(a.Steps[i].Bytes) {
					a.Steps[i].Cut += bytes.Count(a.Steps[i].Bytes[:cut], []byte("\n"))
				}
				a.Steps[i].Bytes = bytes.ReplaceAll(a.Steps[i].Bytes, []byte("\n"), []byte("\r\n"))
			}
		case "no-final-blank":
			last := &a.Steps[len(a.Steps)-1]
			last.Bytes = bytes.TrimRight(last.Bytes, "\r\n")
		case "wait":
			d, err := time.ParseDuration(value)
			if err != nil {
				return fmt.Errorf("replay: %w", err)
			}
			a.Steps[0].Wait = d
		case "abort-after":
			n, err := strconv.Atoi(value)
			if err != nil || n > len(a.Steps[0].Bytes) {
				return fmt.Errorf("replay: abort-after=%q is not a place in the body", value)
			}
			a.Steps = []Step{{Bytes: a.Steps[0].Bytes[:n], Wait: a.Steps[0].Wait}, {Abort: true}}
		default:
			return fmt.Errorf("replay: %q is not known", w)
		}
	}
	return nil
}

// direction is a comment for the replayer: `: +120ms`, `: cut 38+3ms`, both,
// or `: abort`. Any other comment is part of the recording.
var direction = regexp.MustCompile(`^: (?:\+(\d+)ms)? ?(?:cut (\d+)\+(\d+)ms)?$`)

// streamSteps makes one step of each event.
func streamSteps(body []byte) ([]Step, error) {
	var steps []Step
	next, event := Step{}, []byte{}
	flush := func() {
		if len(event) > 0 {
			next.Bytes = event
			steps = append(steps, next)
			next, event = Step{}, nil
		}
	}
	for line := range bytes.Lines(body) {
		text := strings.TrimRight(string(line), "\r\n")
		if text == ": abort" {
			flush()
			return append(steps, Step{Abort: true, Wait: next.Wait}), nil
		}
		m := direction.FindStringSubmatch(text)
		if m == nil || text == ":" || text == ": " {
			event = append(event, line...)
			if text == "" {
				flush()
			}
			continue
		}
		for i, into := range []func(int){
			func(n int) { next.Wait = time.Duration(n) * time.Millisecond },
			func(n int) { next.Cut = n },
			func(n int) { next.CutWait = time.Duration(n) * time.Millisecond },
		} {
			if m[i+1] == "" {
				continue
			}
			n, err := strconv.Atoi(m[i+1])
			if err != nil {
				return nil, fmt.Errorf("%q: %w", text, err)
			}
			into(n)
		}
	}
	if len(event) > 0 {
		// Editors end a file with one line end; the event needs a blank line.
		event = append(bytes.TrimRight(event, "\n"), "\n\n"...)
		flush()
	}
	if len(steps) == 0 {
		steps = []Step{{}}
	}
	return steps, nil
}
