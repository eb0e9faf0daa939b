package fidelity

import (
	"encoding/json"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"louter/gen/gemini"
	"louter/gen/openai"
	"louter/translate/ir"
)

// spoil changes a few places of a document to what does not belong there.
func spoil(t *rapid.T, doc any) any {
	for range rapid.IntRange(1, 4).Draw(t, "changes") {
		var places []place
		visit(doc, nil, func(at place, _ any) { places = append(places, at) })
		if len(places) == 0 {
			return doc
		}
		at := rapid.SampledFrom(places).Draw(t, "place")
		value := rapid.SampledFrom([]any{
			nil, true, json.Number("-1"), json.Number("1e400"), json.Number("0.5"), "", "no such word", "\u0000\ufeff", []any{}, []any{nil},
			map[string]any{}, map[string]any{"": []any{map[string]any{}}}, []any{[]any{[]any{}}},
		}).Draw(t, "value")
		doc = change(doc, at, value, rapid.Bool().Draw(t, "remove"))
	}
	return doc
}

// TestBrokenRequestsAreRefusedOrRead: whatever a client sends is refused with a
// 4xx that says why, or becomes a request that the backend's own types read.
func TestBrokenRequestsAreRefusedOrRead(t *testing.T) {
	for _, r := range roads() {
		t.Run(r.name, func(t *testing.T) {
			there := newBack(t, r.back, r.options)
			rapid.Check(t, func(t *rapid.T) {
				d := drawing{T: t}
				doc := spoil(t, mustParse(t, encode(t, d.conversation(r.in))))
				_, call, failed := sendRequest(r.front, there, r.back.model, doc)
				if failed != nil {
					if status := failed.HTTPStatus(); status < 400 || status >= 500 || failed.Message == "" {
						t.Fatalf("refused with %d: %v\n%s", status, failed, encode(t, doc))
					}
					return
				}
				var into any = &openai.ChatCompletionRequest{}
				if r.back.protocol.Name == "gemini" {
					into = &gemini.GenerateContentRequest{}
				}
				if err := json.Unmarshal(call.Body, into); err != nil {
					t.Fatalf("%v\nasked %s\nsent  %s", err, encode(t, doc), call.Body)
				}
			})
		})
	}
}

// TestBrokenAnswersAreToldOrRead: whatever a backend says, the client gets an
// answer or an error that is the provider's fault, and no panic.
func TestBrokenAnswersAreToldOrRead(t *testing.T) {
	for _, h := range homes() {
		t.Run(h.name, func(t *testing.T) {
			from := newBack(t, h.back, h.options)
			req := h.request(t, from)
			rapid.Check(t, func(t *rapid.T) {
				drawn := h.answer(&drawing{T: t})
				chunks := make([]any, len(drawn.chunks))
				for i, c := range drawn.chunks {
					chunks[i] = mustParse(t, encode(t, c))
				}
				chunks = spoil(t, any(chunks)).([]any)
				whole := spoil(t, mustParse(t, encode(t, drawn.whole)))
				for _, got := range []result{
					answerWhole(h.front, h.back, from, req, whole), answerStream(h.front, h.back, from, req, any(chunks)),
				} {
					if got.err != nil && (got.err.Kind == ir.KindInternal || got.err.HTTPStatus() < http.StatusBadRequest) {
						t.Fatalf("%v\nwhole  %s\nstream %s", got.err, encode(t, whole), encode(t, chunks))
					}
				}
			})
		})
	}
}
