package record

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// kept are the headers that mean something to a gateway; all others may tell
// whose account it was.
var kept = []string{"Content-Type", "Retry-After", "Retry-After-Ms", "X-Should-Retry"}

// shortest pause that is worth being written.
const shortest = 5 * time.Millisecond

// text is the answer as an upstream file, stamped.
func (a *answer) text(model string, now time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", a.status, http.StatusText(a.status))
	for _, name := range kept {
		for _, v := range a.header.Values(name) {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	fmt.Fprintf(&b, "Recorded: %s %s\n", now.UTC().Format(time.DateOnly), model)
	body := a.body
	stream := strings.HasPrefix(a.header.Get("Content-Type"), "text/event-stream")
	crlf := stream && bytes.Contains(body, []byte("\r\n"))
	if crlf {
		fmt.Fprintln(&b, "Replay: crlf")
	}
	b.WriteByte('\n')
	if !stream {
		b.Write(bytes.TrimRight(body, "\n"))
		b.WriteByte('\n')
		return b.Bytes()
	}
	a.events(&b, crlf)
	return b.Bytes()
}

// events writes each event behind the comment that says when it came and
// where it was cut.
func (a *answer) events(b *bytes.Buffer, crlf bool) {
	end := []byte("\n\n")
	if crlf {
		end = []byte("\r\n\r\n")
	}
	last := time.Duration(0)
	for start := 0; start < len(a.body); {
		stop := len(a.body)
		if i := bytes.Index(a.body[start:], end); i >= 0 {
			stop = start + i + len(end)
		}
		came := a.arrival(start + 1)
		cut := a.border(start, stop)
		writeTiming(b, came-last, cut, crlf, a.body[start:stop])
		last = a.arrival(stop)
		b.Write(bytes.ReplaceAll(a.body[start:stop], []byte("\r\n"), []byte("\n")))
		start = stop
	}
	if a.broken {
		b.WriteString(": abort\n")
	}
}

type border struct {
	at   int // bytes of the event before it
	wait time.Duration
}

func writeTiming(b *bytes.Buffer, wait time.Duration, cut border, crlf bool, event []byte) {
	var words []string
	if wait >= shortest {
		words = append(words, fmt.Sprintf("+%dms", wait.Milliseconds()))
	}
	if cut.at > 0 {
		at := cut.at
		if crlf { // the file has one byte for each line end
			at -= bytes.Count(event[:at], []byte("\r"))
		}
		if at > 0 {
			words = append(words, fmt.Sprintf("cut %d+%dms", at, cut.wait.Milliseconds()))
		}
	}
	if len(words) > 0 {
		fmt.Fprintf(b, ": %s\n", strings.Join(words, " "))
	}
}

// arrival of the n-th byte.
func (a *answer) arrival(n int) time.Duration {
	for _, p := range a.pieces {
		if p.end >= n {
			return p.at
		}
	}
	return 0
}

// border is the first one inside the event.
func (a *answer) border(start, stop int) border {
	for i, p := range a.pieces {
		if p.end > start && p.end < stop && i+1 < len(a.pieces) {
			return border{p.end - start, a.pieces[i+1].at - p.at}
		}
	}
	return border{}
}

// secret has the forms of the vendors' keys and of accounts' names.
var secret = regexp.MustCompile(`\b(?:sk|rk|pk)-[A-Za-z0-9_-]{8,}|\bAIza[A-Za-z0-9_-]{20,}|\b(?:org|proj|user)-[A-Za-z0-9]{12,}|\bya29\.[A-Za-z0-9._-]+`)

const redacted = "REDACTED"

// redact takes out the key that was used, and whatever looks like one.
func redact(text []byte, key string) []byte {
	if key != "" {
		text = bytes.ReplaceAll(text, []byte(key), []byte(redacted))
	}
	return secret.ReplaceAll(text, []byte(redacted))
}
