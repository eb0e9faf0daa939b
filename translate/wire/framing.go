package wire

import "bytes"

// SSEFraming writes server-sent events as OpenAI does: LF, and the event's
// name where it has one. "[DONE]" is a frame of the encoder's.
type SSEFraming struct{}

// ContentType is that of the stream.
func (SSEFraming) ContentType() string { return "text/event-stream" }

// AppendFrame appends one event. A line end inside the data begins another
// data line, since it would otherwise end the event's.
func (SSEFraming) AppendFrame(dst []byte, f Frame) []byte {
	if f.Event != "" {
		dst = append(dst, "event: "...)
		dst = appendOneLine(dst, []byte(f.Event))
		dst = append(dst, '\n')
	}
	if oneLine(f.Data) {
		dst = append(append(dst, "data: "...), f.Data...)
		return append(dst, "\n\n"...)
	}
	for rest := f.Data; ; {
		i := bytes.IndexAny(rest, "\r\n")
		dst = append(dst, "data: "...)
		if i < 0 {
			return append(append(dst, rest...), "\n\n"...)
		}
		dst = append(append(dst, rest[:i]...), '\n')
		if rest[i] == '\r' && i+1 < len(rest) && rest[i+1] == '\n' {
			i++
		}
		rest = rest[i+1:]
	}
}

// AppendEnd appends nothing.
func (SSEFraming) AppendEnd(dst []byte) []byte { return dst }

// GeminiSSEFraming writes server-sent events as Google does: CRLF and one
// data line, no name. Google's own clients fail on comments, names and
// "[DONE]" (defects 40), and read an event's first line only.
type GeminiSSEFraming struct{}

// ContentType is that of the stream.
func (GeminiSSEFraming) ContentType() string { return "text/event-stream" }

// AppendFrame appends one event. A line end in the data becomes a space:
// in JSON it can only stand between tokens.
func (GeminiSSEFraming) AppendFrame(dst []byte, f Frame) []byte {
	dst = append(dst, "data: "...)
	dst = appendOneLine(dst, f.Data)
	return append(dst, "\r\n\r\n"...)
}

// AppendEnd appends nothing.
func (GeminiSSEFraming) AppendEnd(dst []byte) []byte { return dst }

// JSONArrayFraming writes what Google streams when a client does not ask for
// SSE (defects 41). It counts the elements of one stream: use a new one each.
type JSONArrayFraming struct{ begun bool }

// ContinueJSONArray frames what comes after elements that others have written.
func ContinueJSONArray() *JSONArrayFraming { return &JSONArrayFraming{begun: true} }

// ContentType is that of the stream.
func (*JSONArrayFraming) ContentType() string { return "application/json; charset=UTF-8" }

// AppendFrame appends one element and what divides it from the one before.
func (a *JSONArrayFraming) AppendFrame(dst []byte, f Frame) []byte {
	if a.begun {
		dst = append(dst, ",\r\n"...)
	} else {
		dst = append(dst, '[')
	}
	a.begun = true
	return append(dst, f.Data...)
}

// AppendEnd closes the array; one without elements is "[]".
func (a *JSONArrayFraming) AppendEnd(dst []byte) []byte {
	if !a.begun {
		dst = append(dst, '[')
	}
	return append(dst, ']')
}

func appendOneLine(dst, text []byte) []byte {
	if oneLine(text) {
		return append(dst, text...)
	}
	for {
		i := bytes.IndexAny(text, "\r\n")
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i]...), ' ')
		text = text[i+1:]
	}
}

// oneLine says whether text has neither CR nor LF. What encoders make never
// has one, and two vector searches are far faster than IndexAny.
func oneLine(text []byte) bool {
	return bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') < 0
}

var (
	_ Framing = SSEFraming{}
	_ Framing = GeminiSSEFraming{}
	_ Framing = (*JSONArrayFraming)(nil)
)
