package compare

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"louter/conformance/replay"
	"louter/conformance/scenario"
)

// Answered is what a client got.
type Answered struct {
	Status int
	Header http.Header
	Body   []byte
	// Broken says how the connection ended before the answer did.
	Broken string
}

// ContentType of the answer.
func (a Answered) ContentType() string { return a.Header.Get("Content-Type") }

// Exchange is all that went over the wires in one run of a pair.
type Exchange struct {
	Asked   []scenario.Request // as the client sent them
	Arrived []replay.Arrived
	Got     []Answered
}

// noise are headers that tell nothing of translation.
var noise = map[string]bool{
	"Accept-Encoding": true, "Connection": true, "Content-Length": true, "Host": true, "Transfer-Encoding": true,
	"Traceparent": true, "User-Agent": true, "X-Request-Id": true,
}

// shown are the headers of answers that goldens show.
var shown = []string{"Content-Type", "Retry-After", "X-Should-Retry", "X-Louter-Model", "Location", "Www-Authenticate"}

// Golden writes an exchange for a reader of diffs, and for bytes to be
// compared.
func Golden(x Exchange, c *scenario.Case) (string, error) {
	var out txtar.Archive
	add := func(name string, n, of int, text string) {
		if of > 1 {
			name += "." + strconv.Itoa(n+1)
		}
		out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	for i, a := range x.Arrived {
		add("upstream.request", i, len(x.Arrived), requestText(a))
	}
	if len(x.Arrived) == 0 {
		add("upstream.request", 0, 0, "none\n")
	}
	var dropped []string
	for i, a := range x.Got {
		add("client.response", i, len(x.Got), answerText(a, c.Headers))
		for _, value := range a.Header["X-Louter-Dropped"] {
			dropped = append(dropped, strings.Split(value, ", ")...)
		}
	}
	text := strings.Join(dropped, "\n")
	if text != "" {
		text += "\n"
	}
	add("dropped", 0, 0, text)
	return normalise(Shorten(string(txtar.Format(&out))), c.Normalisers)
}

// long is base64 that no reader of a diff reads.
var long = regexp.MustCompile(`[A-Za-z0-9+/_-]{300,}={0,2}`)

// Shorten puts a digest where long base64 was.
func Shorten(text string) string {
	return long.ReplaceAllStringFunc(text, func(data string) string { return "[base64 of " + digest(data) + "]" })
}

func normalise(text string, rules []scenario.Normaliser) (string, error) {
	for _, n := range rules {
		re, err := regexp.Compile(n.Match)
		if err != nil {
			return "", fmt.Errorf("case.toml: normalisers: %w", err)
		}
		text = re.ReplaceAllString(text, n.With)
	}
	return text, nil
}

func requestText(a replay.Arrived) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", a.Method, a.Target)
	var names []string
	for name := range a.Header {
		if !noise[name] {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(a.Header[name], ", "))
	}
	fmt.Fprintf(&b, "\n%s\n", Pretty(a.Body))
	return b.String()
}

func answerText(a Answered, more []string) string {
	var b strings.Builder
	fmt.Fprintln(&b, a.Status)
	for _, name := range slices.Concat(shown, more) {
		if values := a.Header.Values(name); len(values) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", http.CanonicalHeaderKey(name), strings.Join(values, ", "))
		}
	}
	body := strings.ReplaceAll(string(a.Body), "\r\n", "\n")
	if !strings.HasPrefix(a.ContentType(), "text/event-stream") {
		body = Pretty(a.Body)
	}
	fmt.Fprintf(&b, "\n%s\n", strings.TrimRight(body, "\n"))
	if a.Broken != "" {
		fmt.Fprintf(&b, "(%s)\n", a.Broken)
	}
	return b.String()
}
