// Package compare judges answers: by the golden's text, by their meaning, and
// by the OpenAPI files. It has its own readers of streams and shares none
// with the gateway that it judges.
package compare

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// Payloads gives the JSON documents of an answer: one, or those of a stream
// in either framing. done says whether a [DONE] came.
func Payloads(contentType string, body []byte) (docs []gjson.Result, done bool, err error) {
	if strings.HasPrefix(contentType, "text/event-stream") {
		return events(body)
	}
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, false, nil
	}
	if body[0] == '[' {
		// A broken array still has the elements that came whole.
		gjson.ParseBytes(body).ForEach(func(_, v gjson.Result) bool {
			docs = append(docs, v)
			return true
		})
		if !gjson.ValidBytes(body) {
			err = fmt.Errorf("the JSON array breaks off after %d elements", len(docs))
		}
		return docs, false, err
	}
	if !gjson.ValidBytes(body) {
		return nil, false, fmt.Errorf("the body is no JSON: %.80q", body)
	}
	return []gjson.Result{gjson.ParseBytes(body)}, false, nil
}

// events reads server-sent events as the WHATWG's parser does: lines end with
// CR, LF or both; an event ends with an empty line and not with the stream.
func events(body []byte) (docs []gjson.Result, done bool, err error) {
	text := strings.ReplaceAll(strings.ReplaceAll(string(body), "\r\n", "\n"), "\r", "\n")
	var data []string
	for _, line := range strings.SplitAfter(text, "\n") {
		whole := strings.HasSuffix(line, "\n")
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "data:"); ok {
			data = append(data, strings.TrimPrefix(rest, " "))
			continue
		}
		if line != "" || !whole || data == nil {
			continue
		}
		event := strings.Join(data, "\n")
		data = nil
		switch {
		case event == "[DONE]":
			done = true
		case gjson.Valid(event):
			docs = append(docs, gjson.Parse(event))
		default:
			err = fmt.Errorf("an event is no JSON: %.80q", event)
		}
	}
	if data != nil {
		err = fmt.Errorf("the stream breaks off inside an event: %.80q", strings.Join(data, "\n"))
	}
	return docs, done, err
}

// Documents is what {{N:PATH}} looks into: the body, or the array of a
// stream's events.
func Documents(contentType string, body []byte) string {
	docs, _, err := Payloads(contentType, body)
	if err != nil || !strings.HasPrefix(contentType, "text/event-stream") {
		return string(body)
	}
	raw := make([]string, len(docs))
	for i, d := range docs {
		raw[i] = d.Raw
	}
	return "[" + strings.Join(raw, ",") + "]"
}
