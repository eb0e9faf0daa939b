package gemini

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// TestRecordedRequests: what real clients sent can be read, and says the same
// again after it went to the wire.
func TestRecordedRequests(t *testing.T) {
	back := newTestBack(t, translate.BackOptions{Profile: "google"})
	seen := 0
	for _, name := range recordings(t) {
		body := recording(t, name, "request.json")
		if body == nil {
			continue
		}
		seen++
		first, err := Front{}.DecodeRequest(translate.Call{Model: "gemini-2.5-flash", Body: body})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(first.Dropped) > 0 {
			t.Errorf("%s: lost %v", name, first.Dropped)
		}
		call, err := back.EncodeRequest(first)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		second, err := Front{}.DecodeRequest(call)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		compactTurns(t, first.Turns)
		compactTurns(t, second.Turns)
		if !reflect.DeepEqual(first.Turns, second.Turns) {
			t.Errorf("%s: turns differ:\n%s\n%s", name, dump(first.Turns), dump(second.Turns))
		}
	}
	if seen == 0 {
		t.Fatal("no recorded request")
	}
}

// compactTurns takes the space out of arguments and results: it means nothing.
func compactTurns(t testing.TB, turns []ir.Turn) {
	t.Helper()
	for i := range turns {
		compactParts(t, turns[i].Parts)
	}
}

func compactParts(t testing.TB, parts []ir.Part) {
	t.Helper()
	compact := func(text string) string {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(text)); err != nil {
			t.Fatalf("%v: %q", err, text)
		}
		return b.String()
	}
	for i, p := range parts {
		switch p := p.(type) {
		case ir.ToolCall:
			p.Args = compact(p.Args)
			parts[i] = p
		case ir.ToolResult:
			if p.Data != nil {
				p.Data = json.RawMessage(compact(string(p.Data)))
			}
			parts[i] = p
		}
	}
}

// TestRecordedAnswers: each recording, whole or streamed, is read to what its
// own JSON says, without the model's machinery.
func TestRecordedAnswers(t *testing.T) {
	back := newTestBack(t, translate.BackOptions{Profile: "google"})
	for _, name := range recordings(t) {
		if body := recording(t, name, "response.json"); body != nil && !bytes.Contains(body, []byte(`"error"`)) {
			resp, err := back.DecodeResponse(nil, body, testMint())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			compareAnswer(t, name+" whole", resp, [][]byte{body})
		}
		if body := recording(t, name, "response.sse"); body != nil {
			resp, err := ir.Collect(decodeStream(t, back, nil, body))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			compareAnswer(t, name+" streamed", resp, payloads(body))
		}
	}
}

// payloads reads the data lines of a recording in the plainest way.
func payloads(sse []byte) [][]byte {
	var out [][]byte
	for line := range bytes.Lines(sse) {
		if data, found := bytes.CutPrefix(line, []byte("data:")); found {
			out = append(out, bytes.TrimSpace(data))
		}
	}
	return out
}

// plainAnswer is a reading of an answer that shares nothing with the package.
type plainAnswer struct {
	text, thoughts, finish string
	calls                  []string
	prompt, output         int64
}

func readPlain(t *testing.T, chunks [][]byte) plainAnswer {
	t.Helper()
	var a plainAnswer
	for _, body := range chunks {
		var c struct {
			Candidates []struct {
				Content struct {
					Parts []struct {
						Text         string
						Thought      bool
						FunctionCall *struct {
							Name string
							Args map[string]any
						}
					}
				}
				FinishReason string
			}
			UsageMetadata struct {
				PromptTokenCount, CandidatesTokenCount, ThoughtsTokenCount int64
			}
		}
		if err := json.Unmarshal(body, &c); err != nil {
			t.Fatal(err)
		}
		for _, cand := range c.Candidates {
			for _, p := range cand.Content.Parts {
				switch {
				case p.FunctionCall != nil && p.FunctionCall.Name != "":
					a.calls = append(a.calls, p.FunctionCall.Name)
				case p.Thought:
					a.thoughts += p.Text
				default:
					a.text += p.Text
				}
			}
			if cand.FinishReason != "" {
				a.finish = cand.FinishReason
			}
		}
		if u := c.UsageMetadata; u.PromptTokenCount > 0 {
			a.prompt, a.output = u.PromptTokenCount, u.CandidatesTokenCount+u.ThoughtsTokenCount
		}
	}
	return a
}

func compareAnswer(t *testing.T, name string, resp *ir.Response, chunks [][]byte) {
	t.Helper()
	want := readPlain(t, chunks)
	if len(resp.Candidates) != 1 || resp.Usage == nil || resp.ID == "" || resp.Model == "" {
		t.Fatalf("%s: %s", name, dump(resp))
	}
	got := plainAnswer{finish: resp.Candidates[0].Finish.Native, prompt: resp.Usage.Input, output: resp.Usage.Output}
	for _, p := range resp.Candidates[0].Parts {
		switch p := p.(type) {
		case ir.Text:
			got.text += p.Text
		case ir.Reasoning:
			got.thoughts += p.Text
		case ir.ToolCall:
			got.calls = append(got.calls, p.Name)
			if !isObject(p.Args) {
				t.Errorf("%s: arguments %q", name, p.Args)
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", name, got, want)
	}
	if calls := len(want.calls) > 0; calls != (resp.Candidates[0].Finish.Reason == ir.FinishToolCalls) {
		t.Errorf("%s: finish %+v", name, resp.Candidates[0].Finish)
	}
}

// TestStreamedArguments: the pieces of partialArgs make three calls of their
// own (google-stream-no-args-tool-call).
func TestStreamedArguments(t *testing.T) {
	back := newTestBack(t, translate.BackOptions{})
	resp, err := ir.Collect(decodeStream(t, back, nil, recording(t, "google-stream-no-args-tool-call", "response.sse")))
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	ids := map[string]bool{}
	for _, p := range resp.Candidates[0].Parts {
		if c, isCall := p.(ir.ToolCall); isCall {
			calls = append(calls, c.Name+c.Args)
			ids[c.ID] = true
		}
	}
	want := []string{`read_theme{}`, `read_screen{"id":"A"}`, `read_screen{"id":"B"}`, `read_screen{"id":"C"}`}
	if !reflect.DeepEqual(calls, want) || len(ids) != len(want) {
		t.Errorf("got %v with ids %v", calls, ids)
	}
	if c := resp.Candidates[0].Parts[1].(ir.ToolCall); c.Seal == nil || !strings.HasPrefix(c.Seal.Token, "AY89a18a8/") {
		t.Errorf("the signature is not on its call: %+v", c.Seal)
	}
}

// TestRecut: the borders of what arrives say nothing.
func TestRecut(t *testing.T) {
	back := newTestBack(t, translate.BackOptions{})
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range recordings(t) {
		body := recording(t, name, "response.sse")
		if body == nil {
			continue
		}
		want := decodeStream(t, back, nil, body)
		for range 20 {
			d := back.NewDecoder(nil, testMint())
			split := wire.NewSSE(1 << 24)
			var events []ir.Event
			for rest := body; len(rest) > 0; {
				n := 1 + random.IntN(len(rest))
				split.Push(rest[:n])
				rest = rest[n:]
				if len(rest) == 0 {
					split.End()
				}
				for f, ok, err := split.Next(); ok; f, ok, err = split.Next() {
					if err != nil {
						t.Fatal(err)
					}
					if events, err = d.Decode(events, f); err != nil {
						t.Fatal(err)
					}
				}
			}
			events, err := d.Close(events)
			if err != nil || !reflect.DeepEqual(events, want) {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// TestAnswerThereAndBack: an answer that went to a client and was read again
// says the same, whole and streamed.
func TestAnswerThereAndBack(t *testing.T) {
	back := newTestBack(t, translate.BackOptions{})
	shown := true
	req := &ir.Request{Model: "m", Reasoning: ir.ReasoningOptions{Include: &shown}}
	for _, name := range recordings(t) {
		body := recording(t, name, "response.sse")
		if body == nil {
			continue
		}
		events := decodeStream(t, back, nil, body)
		first, err := ir.Collect(events)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ir.Collect(decodeStream(t, back, nil, encodeStream(t, req, events)))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := Front{}.EncodeResponse(req, first, testMint())
		if err != nil {
			t.Fatal(err)
		}
		third, err := back.DecodeResponse(nil, whole, testMint())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*ir.Response{first, again, third} {
			r.Dropped = nil
			for i := range r.Candidates {
				compactParts(t, r.Candidates[i].Parts)
			}
		}
		if !reflect.DeepEqual(first, again) {
			t.Errorf("%s streamed:\n%s\n%s", name, dump(first), dump(again))
		}
		if !reflect.DeepEqual(first, third) {
			t.Errorf("%s whole:\n%s\n%s", name, dump(first), dump(third))
		}
	}
}
