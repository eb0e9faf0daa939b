package fidelity

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"louter/conformance/compare"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// home is one way for answers: the way back of a road.
type home struct {
	road
	ask    string // a request of the client's
	answer func(*drawing) answer
}

func homes() []home {
	all := roads()
	return []home{
		{all[1], `{"contents": [{"parts": [{"text": "Hi"}]}], "generationConfig": {"thinkingConfig": {"includeThoughts": true}},
			"tools": [{"functionDeclarations": [{"name": "f0"}]}]}`, chatAnswer},
		{all[2], `{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": true, "stream_options": {"include_usage": true},
			"tools": [{"type": "function", "function": {"name": "f0"}}]}`, geminiAnswer},
	}
}

func (h home) request(t *testing.T, to translate.Back) *ir.Request {
	t.Helper()
	asked, err := parse([]byte(h.ask))
	if err != nil {
		t.Fatal(err)
	}
	req, _, failed := sendRequest(h.front, to, h.back.model, asked)
	if failed != nil {
		t.Fatal(failed)
	}
	return req
}

// sse writes chunks as a backend does.
func (h home) sse(t *rapid.T, chunks []any) []byte {
	var out []byte
	for _, c := range chunks {
		out = wire.SSEFraming{}.AppendFrame(out, wire.Frame{Data: encode(t, c)})
	}
	if h.back.end != nil {
		out = wire.SSEFraming{}.AppendFrame(out, wire.Frame{Data: h.back.end})
	}
	return out
}

// translateStream takes a backend's bytes to the client's, as the server does.
func (h home) translateStream(t *rapid.T, from translate.Back, req *ir.Request, upstream io.Reader) []byte {
	mint := fixedMint()
	decoder, encoder := from.NewDecoder(req, mint), h.front.protocol.Front.NewEncoder(req, mint)
	reader := wire.NewReader(upstream, wire.NewSSE(1<<20))
	var events, all []ir.Event
	var frames []wire.Frame
	send := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
		for _, e := range events {
			if frames, err = encoder.Encode(frames, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	for {
		f, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		events, err = decoder.Decode(nil, f)
		send(err)
	}
	var err error
	events, err = decoder.Close(nil)
	send(err)
	if err := ir.Check(all); err != nil {
		t.Fatal(err)
	}
	if frames, err = encoder.Close(frames); err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, f := range frames {
		out = wire.SSEFraming{}.AppendFrame(out, f)
	}
	return out
}

// TestAnswersKeepTheirMeaning: a stream folds to the whole answer, both say to
// the client what the backend said, and usage is conserved.
func TestAnswersKeepTheirMeaning(t *testing.T) {
	for _, h := range homes() {
		t.Run(h.name, func(t *testing.T) {
			from := newBack(t, h.back, h.options)
			req := h.request(t, from)
			rapid.Check(t, func(t *rapid.T) {
				drawn := h.answer(&drawing{T: t})
				said := encode(t, drawn.whole)
				want := compare.Fold(h.to, http.StatusOK, "application/json", said)
				whole := answerWhole(h.front, h.back, from, req, mustParse(t, said))
				if whole.err != nil {
					t.Fatalf("%v\nsaid %s", whole.err, said)
				}
				heard := encode(t, whole.doc)
				if p := compare.Diff(want, compare.Fold(h.from, http.StatusOK, "application/json", heard)); len(p) > 0 {
					t.Fatalf("whole: %v\nsaid  %s\nheard %s", p, said, heard)
				}
				upstream := h.sse(t, drawn.chunks)
				stream := h.translateStream(t, from, req, bytes.NewReader(upstream))
				if p := compare.Diff(want, compare.Fold(h.from, http.StatusOK, "text/event-stream", stream)); len(p) > 0 {
					t.Fatalf("stream: %v\nsaid  %s\nheard %s", p, upstream, stream)
				}
			})
		})
	}
}

// TestBordersOfAStreamMeanNothing: however the network cuts a stream, the
// client gets the same bytes.
func TestBordersOfAStreamMeanNothing(t *testing.T) {
	for _, h := range homes() {
		t.Run(h.name, func(t *testing.T) {
			from := newBack(t, h.back, h.options)
			req := h.request(t, from)
			rapid.Check(t, func(t *rapid.T) {
				upstream := h.sse(t, h.answer(&drawing{T: t}).chunks)
				once := h.translateStream(t, from, req, bytes.NewReader(upstream))
				cut := h.translateStream(t, from, req, &cutReader{t: t, rest: upstream})
				if !bytes.Equal(once, cut) {
					t.Fatalf("cut otherwise\n%s\nbecomes\n%s", once, cut)
				}
			})
		})
	}
}

// cutReader gives a few bytes at a time.
type cutReader struct {
	t    *rapid.T
	rest []byte
}

func (c *cutReader) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := rapid.IntRange(1, min(len(c.rest), len(p), 200)).Draw(c.t, "cut")
	copy(p, c.rest[:n])
	c.rest = c.rest[n:]
	return n, nil
}

func mustParse(t *rapid.T, text []byte) any {
	doc, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
