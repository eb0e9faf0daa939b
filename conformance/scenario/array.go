package scenario

import (
	"bytes"
	"strings"
)

// AsArray says whether a stream is sent as a JSON array: Gemini answers so
// where the request does not ask for server-sent events.
func (a *Answer) AsArray(dialect, target string) bool {
	return dialect == Gemini && a.Stream && !strings.Contains(target, "alt=sse")
}

// Sent is the body as the replayer sends it to such a request.
func (a *Answer) Sent(dialect, target string) []byte {
	if !a.AsArray(dialect, target) {
		return a.Body()
	}
	array := Answer{Steps: ArraySteps(a.Steps)}
	return array.Body()
}

// ArraySteps makes a JSON array of a stream's events, with the line ends that
// the service puts between them: some clients cut the text there.
func ArraySteps(steps []Step) []Step {
	out := make([]Step, 0, len(steps)+1)
	n := 0
	aborted := false
	for _, s := range steps {
		if s.Abort {
			aborted = true
			out = append(out, s)
			continue
		}
		var data []byte
		for _, line := range bytes.Split(s.Bytes, []byte("\n")) {
			if rest, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("data:")); ok {
				data = append(data, bytes.TrimSpace(rest)...)
			}
		}
		if len(data) == 0 {
			continue
		}
		open := "\n,\r\n"
		if n == 0 {
			open = "["
		}
		n++
		s.Bytes = append([]byte(open), data...)
		out = append(out, s)
	}
	if !aborted {
		end := "\n]"
		if n == 0 {
			end = "[]"
		}
		out = append(out, Step{Bytes: []byte(end)})
	}
	return out
}
