package process_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"louter/conformance/process"
)

// TestVerdicts: the judge of all the others must know a bad answer. Question
// 7 has the two pieces "7.0 " and "7!".
func TestVerdicts(t *testing.T) {
	const (
		one    = `data: {"choices":[{"delta":{"content":"7.0 "},"finish_reason":null}]}` + "\n\n"
		two    = `data: {"choices":[{"delta":{"content":"7!"},"finish_reason":"stop"}]}` + "\n\n"
		other  = `data: {"choices":[{"delta":{"content":"8!"},"finish_reason":"stop"}]}` + "\n\n"
		done   = "data: [DONE]\n\n"
		failed = `data: {"error":{"message":"no","type":"server_error"}}` + "\n\n"
		gOne   = `data: {"candidates":[{"content":{"parts":[{"text":"7.0 "}]}}]}` + "\n\n"
		gTwo   = `data: {"candidates":[{"content":{"parts":[{"text":"7!"}]},"finishReason":"STOP"}]}` + "\n\n"
		gFail  = `data: {"error":{"code":502,"message":"no","status":"INTERNAL"}}` + "\n\n"
		whole  = `{"choices":[{"message":{"content":"7.0 7!"},"finish_reason":"stop"}]}`
		abort  = "ABORT"
	)
	stream, gemini := process.Question{Stream: true}, process.Question{Stream: true, Gemini: true}
	for _, c := range []struct {
		name   string
		q      process.Question
		status int
		body   string
		want   process.Verdict
	}{
		{"whole stream", stream, 200, one + two + done, process.Complete},
		{"comment", stream, 200, ": ping\n\n" + one + two + done, process.Complete},
		{"no [DONE]", stream, 200, one + two, process.Broken},
		{"no finish reason", stream, 200, one + done, process.Broken},
		{"another's piece", stream, 200, one + other + done, process.Broken},
		{"a piece twice", stream, 200, one + one + two + done, process.Broken},
		{"nothing", stream, 200, "", process.Broken},
		{"error and abort", stream, 200, one + failed + abort, process.Failed},
		{"abort inside an event", stream, 200, one + failed + "data: {" + abort, process.Failed},
		{"error and clean end", stream, 200, one + failed, process.Failed},
		{"error and [DONE]", stream, 200, one + failed + done, process.Broken},
		{"on after the error", stream, 200, one + failed + two + done, process.Broken},
		{"abort without a word", stream, 200, one + abort, process.Broken},
		{"error of the other dialect", gemini, 200, gOne + failed + abort, process.Broken},
		{"a page", stream, 200, "<html>", process.Broken},
		{"Gemini: whole stream", gemini, 200, gOne + gTwo, process.Complete},
		{"Gemini: comment", gemini, 200, ": ping\n\n" + gOne + gTwo, process.Broken},
		{"Gemini: no finish reason", gemini, 200, gOne, process.Broken},
		{"Gemini: error and abort", gemini, 200, gOne + gFail + abort, process.Failed},
		{"whole answer", process.Question{}, 200, whole, process.Complete},
		{"half an answer", process.Question{}, 200, strings.Replace(whole, "7!", "", 1), process.Broken},
		{"cut answer", process.Question{}, 200, whole[:20] + abort, process.Broken},
		{"error", process.Question{}, 503, strings.TrimPrefix(failed, "data: "), process.Failed},
		{"error without words", process.Question{}, 503, "{}", process.Broken},
		{"error of a stream", gemini, 502, strings.TrimPrefix(gFail, "data: "), process.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				body, cut := strings.CutSuffix(c.body, abort)
				w.WriteHeader(c.status)
				fmt.Fprint(w, body)
				if cut {
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Error(err)
					}
					panic(http.ErrAbortHandler)
				}
			}))
			defer s.Close()
			q := c.q
			q.ID, q.Pieces = 7, 2
			if a := process.NewClient(s.URL, 1).Ask(t.Context(), q, nil); a.Verdict != c.want {
				t.Errorf("it is %s, not %s: %s", a.Verdict, c.want, a.Why)
			}
		})
	}
}
