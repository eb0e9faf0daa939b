package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestFramings(t *testing.T) {
	frames := []Frame{{Data: []byte(`{"a":1}`)}, {Event: "error", Data: []byte(`{"b":2}`)}}
	tests := []struct {
		framing Framing
		content string
		want    string
	}{
		{SSEFraming{}, "text/event-stream", "data: {\"a\":1}\n\nevent: error\ndata: {\"b\":2}\n\n"},
		{GeminiSSEFraming{}, "text/event-stream", "data: {\"a\":1}\r\n\r\ndata: {\"b\":2}\r\n\r\n"},
		{&JSONArrayFraming{}, "application/json; charset=UTF-8", "[{\"a\":1},\r\n{\"b\":2}]"},
	}
	for _, tt := range tests {
		out := []byte("before ")
		for _, f := range frames {
			out = tt.framing.AppendFrame(out, f)
		}
		out = tt.framing.AppendEnd(out)
		if got := string(out); got != "before "+tt.want {
			t.Errorf("%T: %q, want %q", tt.framing, got, tt.want)
		}
		if got := tt.framing.ContentType(); got != tt.content {
			t.Errorf("%T: content type %q", tt.framing, got)
		}
	}
}

// defects 41: an array without elements is still an array.
func TestJSONArrayFramingEmpty(t *testing.T) {
	if got := string((&JSONArrayFraming{}).AppendEnd(nil)); got != "[]" {
		t.Errorf("%q", got)
	}
}

// Pretty JSON must not break the event it is put into.
func TestFramingOfLineEnds(t *testing.T) {
	pretty := []byte("{\r\n\"a\":\r1,\n\n\"b\":2}")
	sse := SSEFraming{}.AppendFrame(nil, Frame{Event: "x\ndata: injected", Data: pretty})
	frames, err := pull(newSSE(), sse, whole)
	if err != nil {
		t.Fatal(err)
	}
	sameFrames(t, "sse", frames, []Frame{{Event: "x data: injected", Data: []byte("{\n\"a\":\n1,\n\n\"b\":2}")}})

	gemini := GeminiSSEFraming{}.AppendFrame(nil, Frame{Data: pretty})
	line, rest, _ := bytes.Cut(gemini, []byte("\r\n"))
	data, found := bytes.CutPrefix(line, []byte("data: "))
	if !found || string(rest) != "\r\n" || !json.Valid(data) {
		t.Errorf("not one data line of JSON: %q", gemini)
	}
}

// Google's own Go client reads lines up to a blank one and takes "data:" off
// each; what is framed for it must survive that.
func TestGeminiFramingByLines(t *testing.T) {
	var body []byte
	for _, d := range []string{`{"a":1}`, `{"b":2}`} {
		body = GeminiSSEFraming{}.AppendFrame(body, Frame{Data: []byte(d)})
	}
	var got []string
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		if line := lines.Text(); line != "" {
			got = append(got, strings.TrimPrefix(line, "data: "))
		}
	}
	if strings.Join(got, " ") != `{"a":1} {"b":2}` {
		t.Errorf("%q", got)
	}
}

func TestReader(t *testing.T) {
	broken := errors.New("connection reset")
	body := "data: a\n\ndata: b\n\n"
	tests := []struct {
		name string
		r    io.Reader
		want int
		errs []error
	}{
		{"good end", strings.NewReader(body), 2, []error{io.EOF}},
		{"data with EOF", iotest.DataErrReader(strings.NewReader(body)), 2, []error{io.EOF}},
		{"single bytes", iotest.OneByteReader(strings.NewReader(body)), 2, []error{io.EOF}},
		{"last event without a blank line", strings.NewReader(body + "data: {}"), 3, []error{io.EOF}},
		{"cut inside an event", strings.NewReader(body + "data: {"), 2, []error{ErrCut}},
		{"broken between events", io.MultiReader(strings.NewReader(body), iotest.ErrReader(broken)), 2, []error{ErrCut, broken}},
		{"broken by the transport", io.MultiReader(strings.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF)), 2, []error{ErrCut, io.ErrUnexpectedEOF}},
		{"nothing read for ever", stuck{}, 0, []error{ErrCut, io.ErrNoProgress}},
		{"too large", strings.NewReader(body + "data: " + strings.Repeat("x", 2000)), 2, []error{ErrTooLarge}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := NewReader(tt.r, NewSSE(1000))
			var n int
			var err error
			for {
				if _, err = r.Next(); err != nil {
					break
				}
				n++
			}
			if n != tt.want {
				t.Errorf("%d frames, want %d", n, tt.want)
			}
			for _, want := range tt.errs {
				if !errors.Is(err, want) {
					t.Errorf("error %v, want %v", err, want)
				}
			}
			if _, again := r.Next(); again == nil || again.Error() != err.Error() {
				t.Errorf("after the end: %v, then %v", err, again)
			}
		})
	}
}

// A frame is given before more is read: the reader does not wait for the
// next event to tell of this one.
func TestReaderDoesNotReadAhead(t *testing.T) {
	in, out := io.Pipe()
	r := NewReader(in, newSSE())
	go func() {
		if _, err := out.Write([]byte("data: a\n\n")); err != nil {
			t.Error(err)
		}
	}()
	if f, err := r.Next(); err != nil || string(f.Data) != "a" {
		t.Errorf("%q %v", f.Data, err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func BenchmarkFraming(b *testing.B) {
	f := Frame{Data: []byte(`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"hello"}}]}`)}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = SSEFraming{}.AppendFrame(buf[:0], f)
	}
}
