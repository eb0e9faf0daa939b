package gemini

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// TestBrokenStreams: an answer that ended is complete, or visibly failed
// (promise 2).
func TestBrokenStreams(t *testing.T) {
	const said = `{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"modelVersion":"m"}`
	cases := []struct {
		name   string
		frames []string
		kind   ir.Kind
		failed bool // by an event rather than an error
	}{
		{"nothing", nil, ir.KindBadUpstream, false},
		{"no finish", []string{said}, ir.KindBadUpstream, false},
		{"usage alone", []string{`{"usageMetadata":{"promptTokenCount":1}}`}, ir.KindBadUpstream, false},
		{"second candidate without finish", []string{`{"candidates":[{"finishReason":"STOP"},{"index":1,"content":{"parts":[{"text":"b"}]}}]}`}, ir.KindBadUpstream, false},
		{"unspecified is no finish", []string{`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"FINISH_REASON_UNSPECIFIED"}]}`}, ir.KindBadUpstream, false},
		{"half a chunk", []string{said, `{"candidates":[{"content":`}, ir.KindBadUpstream, false},
		{"a chunk of text", []string{said, `"oops"`}, ir.KindBadUpstream, false},
		{"a page", []string{`<html>`}, ir.KindBadUpstream, false},
		{"wrong type", []string{`{"candidates":[{"content":{"parts":"x"}}]}`}, ir.KindBadUpstream, false},
		{"call without a name", []string{`{"candidates":[{"content":{"parts":[{"functionCall":{"args":{}}}]}}]}`}, ir.KindBadUpstream, false},
		{"pieces that do not fit", []string{`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","partialArgs":[{"jsonPath":"x","stringValue":"y"}]}}]}}]}`}, ir.KindBadUpstream, false},
		{"negative index", []string{`{"candidates":[{"index":-1,"finishReason":"STOP"}]}`}, ir.KindBadUpstream, false},
		{"huge index", []string{`{"candidates":[{"index":1000000,"finishReason":"STOP"}]}`}, ir.KindBadUpstream, false},
		{"candidate after a block", []string{`{"promptFeedback":{"blockReason":"SAFETY"}}`, said}, ir.KindBadUpstream, false},
		{"an error", []string{said, `{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}`}, ir.KindUnavailable, true},
		{"an error in a list", []string{`[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]`}, ir.KindRateLimited, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			events, err := feed(c.frames...)
			if c.failed {
				fail, ok := events[len(events)-1].(ir.Fail)
				if !ok || fail.Err.Kind != c.kind || ir.Check(events) != nil {
					t.Fatalf("events %s, %v", dump(events), err)
				}
				return
			}
			var e *ir.Error
			if !errors.As(err, &e) || e.Kind != c.kind {
				t.Errorf("got %v", err)
			}
		})
	}
}

// feed runs frames through a decoder; after a Fail nothing more is given.
func feed(frames ...string) ([]ir.Event, error) {
	d := Back{}.NewDecoder(nil, testMint())
	var events []ir.Event
	var err error
	for _, f := range frames {
		if events, err = d.Decode(events, wire.Frame{Data: []byte(f)}); err != nil {
			return events, err
		}
		if _, failed := lastFail(events); failed {
			return events, nil
		}
	}
	return d.Close(events)
}

func TestGoodEnds(t *testing.T) {
	cases := map[string][]string{
		"blocked":                  {`{"promptFeedback":{"blockReason":"SAFETY"}}`},
		"finish alone":             {`{"candidates":[{"finishReason":"SAFETY"}]}`},
		"finish and later usage":   {`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}`, `{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}`},
		"empty frames and [DONE]":  {"", `{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}`, " [DONE] "},
		"a block in mid-answer":    {`{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}`, `{"promptFeedback":{"blockReason":"SAFETY"}}`},
		"pieces cut by more text":  {`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","willContinue":true}}]}}]}`, `{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}`},
		"logprobs without a part":  {`{"candidates":[{"logprobsResult":{"chosenCandidates":[{"token":"a"}]},"finishReason":"STOP"}]}`},
		"an answer to a function":  {`{"candidates":[{"content":{"parts":[{"functionResponse":{"name":"f"}}]},"finishReason":"STOP"}]}`},
		"two signatures in a row":  {`{"candidates":[{"content":{"parts":[{"text":"a","thoughtSignature":"x"},{"text":"","thoughtSignature":"y"}]},"finishReason":"STOP"}]}`},
		"interleaved candidates":   {`{"candidates":[{"index":0,"content":{"parts":[{"text":"a"}]}},{"index":1,"content":{"parts":[{"text":"b"}]}}]}`, `{"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"},{"index":0,"finishReason":"STOP"}]}`},
		"pieces on literal values": {`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"z":1},"partialArgs":[{"jsonPath":"$.a","numberValue":1.5},{"jsonPath":"$.b","boolValue":true},{"jsonPath":"$.d","boolValue":false},{"jsonPath":"$.c","nullValue":"NULL_VALUE"}]}}]},"finishReason":"STOP"}]}`},
	}
	for name, frames := range cases {
		t.Run(name, func(t *testing.T) {
			events, err := feed(frames...)
			if err != nil {
				t.Fatal(err)
			}
			if err := ir.Check(events); err != nil {
				t.Fatalf("%v\n%s", err, dump(events))
			}
			if name == "pieces on literal values" {
				resp, err := ir.Collect(events)
				if err != nil {
					t.Fatal(err)
				}
				if got := resp.Candidates[0].Parts[0].(ir.ToolCall).Args; got != `{"z":1,"a":1.5,"b":true,"d":false,"c":null}` {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

// TestStreamEqualsWhole: one chunk as a stream and as an answer are the same.
func TestStreamEqualsWhole(t *testing.T) {
	for _, name := range recordings(t) {
		body := recording(t, name, "response.json")
		if body == nil || strings.Contains(string(body), `"error"`) {
			continue
		}
		whole, err := Back{}.DecodeResponse(nil, body, testMint())
		if err != nil {
			t.Fatal(err)
		}
		events, err := feed(string(body))
		if err != nil {
			t.Fatal(err)
		}
		streamed, err := ir.Collect(events)
		if err != nil {
			t.Fatal(err)
		}
		if dump(whole) != dump(streamed) {
			t.Errorf("%s:\n%s\n%s", name, dump(whole), dump(streamed))
		}
	}
}

func TestWholeAnswerErrors(t *testing.T) {
	for body, kind := range map[string]ir.Kind{
		``:                                  ir.KindBadUpstream,
		`<html>`:                            ir.KindBadUpstream,
		`{}`:                                ir.KindBadUpstream,
		`{"candidates":[{}]}`:               ir.KindBadUpstream,
		`{"error":{"code":429}}`:            ir.KindRateLimited,
		`[{"error":{"code":503}}]`:          ir.KindUnavailable,
		`[{"candidates":[{"content":{}}]}]`: ir.KindBadUpstream,
	} {
		_, err := Back{}.DecodeResponse(nil, []byte(body), testMint())
		if err == nil || ir.AsError(err).Kind != kind {
			t.Errorf("%s: got %v", body, err)
		}
	}
	resp, err := Back{}.DecodeResponse(nil, []byte(`[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}]`), testMint())
	if err != nil || resp.Candidates[0].Parts[0].(ir.Text).Text != "ab" {
		t.Errorf("a list of chunks: %v", err)
	}
}

// TestClientStream: what a Gemini client gets for events of another dialect.
func TestClientStream(t *testing.T) {
	call := func(args string) []ir.Event {
		return []ir.Event{
			ir.Start{}, ir.Open{Block: 1, Part: ir.ToolCall{ID: "c", Name: "f"}}, ir.Delta{Block: 1, Text: args[:len(args)/2]},
			ir.Delta{Block: 1, Text: args[len(args)/2:]}, ir.Close{Block: 1},
		}
	}
	stop := func(events []ir.Event, reason ir.FinishReason) []ir.Event {
		return append(events, ir.Stop{Finish: ir.Finish{Reason: reason, Native: "tool_calls"}}, ir.Tally{Usage: ir.Usage{Input: 1, Output: 2}})
	}
	cases := []struct {
		name   string
		events []ir.Event
		want   []string // in the stream
		never  string
	}{
		{"a call comes whole", stop(call(`{"a":1}`), ir.FinishToolCalls), []string{`"args":{"a":1}`, `"finishReason":"STOP"`, `"totalTokenCount":3`}, "MALFORMED"},
		{"no arguments", stop([]ir.Event{ir.Start{}, ir.Open{Part: ir.ToolCall{Name: "f"}}, ir.Close{}}, ir.FinishToolCalls), []string{`"args":{}`}, "MALFORMED"},
		{"broken arguments", stop(call(`{"a":`), ir.FinishToolCalls), []string{`"finishReason":"MALFORMED_FUNCTION_CALL"`}, "functionCall\""},
		{"cut by length", stop(call(`{"a":`), ir.FinishLength), []string{`"finishReason":"MAX_TOKENS"`}, "functionCall\""},
		{"custom input", stop([]ir.Event{ir.Start{}, ir.Open{Part: ir.ToolCall{Name: "f", Custom: true}}, ir.Delta{Text: "free {"}, ir.Close{}}, ir.FinishToolCalls), []string{`"args":{"input":"free {"}`}, "MALFORMED"},
		{"refusal", stop([]ir.Event{ir.Start{}, ir.Open{Part: ir.Refusal{}}, ir.Delta{Text: "no"}, ir.Close{}}, ir.FinishStop), []string{`"text":"no"`}, ""},
		{"picture", stop([]ir.Event{ir.Start{}, ir.Open{Part: ir.Media{Modality: ir.ModalityImage, Data: "QQ=="}}, ir.Close{}}, ir.FinishStop), []string{`"inlineData":{`, `"data":"QQ=="`, `"mimeType":"image/jpeg"`}, ""},
		{"blocked", []ir.Event{ir.Start{}, ir.Blocked{Block: ir.Block{Reason: "content_filter", Message: "no"}}}, []string{`"promptFeedback":{"blockReason":"OTHER","blockReasonMessage":"no"}`}, "candidates"},
		{"foreign finish", []ir.Event{ir.Start{ID: "x", Model: "y"}, ir.Stop{Finish: ir.Finish{Reason: ir.FinishOther, Native: "insufficient_system_resource"}}}, []string{`"finishReason":"OTHER"`, `"finishMessage":"insufficient_system_resource"`, `"responseId":"x"`, `"modelVersion":"y"`}, ""},
		{"deltas one by one", stop([]ir.Event{ir.Start{}, ir.Open{Part: ir.Text{}}, ir.Delta{Text: "a"}, ir.Delta{Text: ""}, ir.Delta{Text: "b", Logprobs: []ir.TokenLogprob{{Token: "b"}}}, ir.Close{}}, ir.FinishStop), []string{"\"text\":\"a\"", "\"text\":\"b\"", `"logprobsResult"`, `"parts":[{"text":""}],"role":"model"},"finishReason":"STOP"`}, `"text":""}],"role":"model"},"index"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := ir.Check(c.events); err != nil {
				t.Fatal(err)
			}
			out := string(encodeStream(t, &ir.Request{Model: "asked"}, c.events))
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("no %s in\n%s", w, out)
				}
			}
			if c.never != "" && strings.Contains(out, c.never) {
				t.Errorf("%s in\n%s", c.never, out)
			}
			checkClientStream(t, out)
		})
	}
}

// checkClientStream: each event is one data line with a JSON object that
// names answer and model; nothing else breaks no Google SDK (defects 40).
func checkClientStream(t *testing.T, out string) {
	t.Helper()
	for event := range strings.SplitSeq(strings.TrimSuffix(out, "\n\n"), "\n\n") {
		data, found := strings.CutPrefix(event, "data: ")
		var chunk struct{ ResponseID, ModelVersion string }
		if !found || strings.Contains(data, "\n") || json.Unmarshal([]byte(data), &chunk) != nil {
			t.Fatalf("not a chunk: %q", event)
		}
		if chunk.ResponseID == "" || chunk.ModelVersion == "" {
			t.Errorf("no id or model: %s", data)
		}
	}
}

func TestClientStreamFails(t *testing.T) {
	enc := Front{}.NewEncoder(nil, testMint())
	frames, err := enc.Encode(nil, ir.Fail{Err: &ir.Error{Kind: ir.KindUnavailable, Message: "gone"}})
	if err != nil || len(frames) != 1 || string(frames[0].Data) != `{"error":{"code":503,"message":"gone","status":"UNAVAILABLE"}}` || frames[0].Event != "" {
		t.Errorf("%v: %s", err, frames)
	}
}

func TestFraming(t *testing.T) {
	for query, want := range map[string]string{
		"alt=sse": "text/event-stream", "$alt=sse": "text/event-stream", "%24alt=sse&x=1": "text/event-stream", "alt=SSE": "text/event-stream",
		"": "application/json; charset=UTF-8", "alt=json": "application/json; charset=UTF-8", "alt=proto&%zz": "application/json; charset=UTF-8",
	} {
		if got := (Front{}).Framing(translate.Call{Query: query}).ContentType(); got != want {
			t.Errorf("%q: %s", query, got)
		}
	}
}

// TestCustomToolAnswer: a free-form tool went out as a function with one
// string, and comes back as what it was (reports F05).
func TestCustomToolAnswer(t *testing.T) {
	req := &ir.Request{Tools: []ir.Tool{{Kind: ir.ToolCustom, Name: "patch"}}}
	resp, err := Back{}.DecodeResponse(req, []byte(`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"patch","args":{"input":"*** Begin"}}},{"functionCall":{"name":"patch","args":{"other":1}}},{"functionCall":{"name":"f","args":{"input":"x"}}}]},"finishReason":"STOP"}]}`), testMint())
	if err != nil {
		t.Fatal(err)
	}
	want := []ir.ToolCall{
		{ID: "call_minted1", Name: "patch", Custom: true, Args: "*** Begin"},
		{ID: "call_minted2", Name: "patch", Custom: true, Args: `{"other":1}`},
		{ID: "call_minted3", Name: "f", Args: `{"input":"x"}`},
	}
	for i, w := range want {
		if got := resp.Candidates[0].Parts[i]; got != w {
			t.Errorf("got %+v, want %+v", got, w)
		}
	}
}
