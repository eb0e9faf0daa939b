package gemini

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"louter/translate"
	"louter/translate/ir"
)

// The generators give what the Gemini API can say; what it cannot is a Loss,
// which the other tests cover.

var genText = rapid.StringMatching(`[a-zäß€ "\\<\n]{1,12}`)

func genSeal(t *rapid.T) *ir.Seal {
	if !rapid.Bool().Draw(t, "sealed") {
		return nil
	}
	return &ir.Seal{Origin: ir.OriginGoogle, Token: rapid.StringMatching(`[A-Za-z0-9+/]{8}`).Draw(t, "token")}
}

func genMedia(t *rapid.T) ir.Media {
	kind := rapid.SampledFrom([]string{"image/png", "audio/mpeg", "video/mp4", "application/pdf", "text/csv", "audio/pcm"}).Draw(t, "mime")
	m := ir.Media{Modality: ir.ModalityOf(kind, ir.ModalityFile), MIME: kind}
	if rapid.Bool().Draw(t, "inline") {
		m.Data = "QUJD"
	} else {
		m.URL = "https://h.example/f"
	}
	return m
}

func genArgs(t *rapid.T) string {
	n := rapid.IntRange(0, 3).Draw(t, "args")
	object := map[string]any{}
	for i := range n {
		object[fmt.Sprintf("k%d", i)] = genText.Draw(t, "arg")
	}
	out, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// genExchange: a question, maybe calls and their results, an answer.
func genExchange(t *rapid.T, n int) []ir.Turn {
	question := ir.Turn{Role: ir.RoleUser, Parts: []ir.Part{ir.Text{Text: genText.Draw(t, "question")}}}
	if rapid.Bool().Draw(t, "media") {
		question.Parts = append(question.Parts, genMedia(t))
	}
	turns := []ir.Turn{question}
	if calls := rapid.IntRange(0, 3).Draw(t, "calls"); calls > 0 {
		var model, results ir.Turn
		model.Role = ir.RoleModel
		for i := range calls {
			id, name := fmt.Sprintf("id%d_%d", n, i), rapid.SampledFrom([]string{"f", "g"}).Draw(t, "name")
			model.Parts = append(model.Parts, ir.ToolCall{ID: id, Name: name, Args: genArgs(t), Seal: genSeal(t)})
			results.Parts = append(results.Parts, genResult(t, id, name))
		}
		// The first call of a step has a signature, or gets the skip value.
		first := model.Parts[0].(ir.ToolCall)
		first.Seal = &ir.Seal{Origin: ir.OriginGoogle, Token: "Zmlyc3Q="}
		model.Parts[0] = first
		turns = append(turns, model, results)
	}
	answer := ir.Turn{Role: ir.RoleModel, Parts: []ir.Part{ir.Text{Text: genText.Draw(t, "answer"), Seal: genSeal(t)}}}
	return append(turns, answer)
}

func genResult(t *rapid.T, id, name string) ir.ToolResult {
	r := ir.ToolResult{CallID: id, Name: name, IsError: rapid.Bool().Draw(t, "error")}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		r.Content = []ir.Part{ir.Text{Text: "plain " + genText.Draw(t, "result")}}
	case 1:
		r.Data = json.RawMessage(`{"a":1,"b":[null]}`)
	case 2:
		r.Data = json.RawMessage(`[1,2]`)
	case 3:
		r.IsError = false
		r.Content = []ir.Part{genMedia(t)}
	}
	return r
}

func genRequest(t *rapid.T) *ir.Request {
	req := &ir.Request{Model: "gemini-3-flash-preview", StreamUsage: true, Stream: rapid.Bool().Draw(t, "stream")}
	for i := range rapid.IntRange(1, 3).Draw(t, "exchanges") {
		req.Turns = append(req.Turns, genExchange(t, i)...)
	}
	for range rapid.IntRange(0, 2).Draw(t, "system") {
		req.System = append(req.System, ir.Text{Text: genText.Draw(t, "instruction")})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "tools") {
		req.Tools = append(req.Tools, ir.Tool{
			Name: fmt.Sprintf("f%d", i), Description: genText.Draw(t, "description"),
			Parameters: json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`),
			Path:       fmt.Sprintf("tools.0.functionDeclarations.%d", i),
		})
	}
	if len(req.Tools) > 0 {
		req.ToolChoice.Mode = rapid.SampledFrom([]ir.ToolMode{ir.ToolUnset, ir.ToolAuto, ir.ToolNone, ir.ToolRequired, ir.ToolValidated}).Draw(t, "mode")
		if req.ToolChoice.Mode == ir.ToolRequired && rapid.Bool().Draw(t, "named") {
			req.ToolChoice.Names = []string{"f0"}
		}
	}
	number := func(name string) *float64 {
		return rapid.Ptr(rapid.SampledFrom([]float64{0, 0.1, 1, 1.75}), true).Draw(t, name)
	}
	whole := func(name string) *int64 { return rapid.Ptr(rapid.Int64Range(0, 1<<30), true).Draw(t, name) }
	req.Sampling = ir.Sampling{
		Temperature: number("temperature"), TopP: number("topP"), TopK: number("topK"), MaxTokens: whole("max"),
		Candidates: whole("n"), Seed: whole("seed"), TopLogprobs: whole("top"), Logprobs: rapid.Ptr(rapid.Bool(), true).Draw(t, "logprobs"),
	}
	req.Reasoning.Effort = rapid.SampledFrom([]string{"", "minimal", "low", "medium", "high"}).Draw(t, "effort")
	req.Reasoning.Include = rapid.Ptr(rapid.Bool(), true).Draw(t, "include")
	switch req.Output.Kind = rapid.SampledFrom([]ir.OutputKind{ir.OutputUnset, ir.OutputText, ir.OutputJSON, ir.OutputJSONSchema, ir.OutputEnum}).Draw(t, "output"); req.Output.Kind {
	case ir.OutputJSONSchema:
		req.Output.Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}}}`)
	case ir.OutputEnum:
		req.Output.Schema = json.RawMessage(`{"type":"string","enum":["a","b"]}`)
	}
	return req
}

// TestRequestThereAndBack: a request that went to the wire and was read again
// means the same.
func TestRequestThereAndBack(t *testing.T) {
	back := newTestBack(t, google)
	rapid.Check(t, func(t *rapid.T) {
		want := genRequest(t)
		before := dump(want)
		call, err := back.EncodeRequest(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Dropped) > 0 {
			t.Fatalf("lost %v", want.Dropped)
		}
		if after := dump(want); after != before {
			t.Fatalf("the request itself was changed:\n%s\n%s", before, after)
		}
		got, err := Front{}.DecodeRequest(translate.Call{Model: call.Model, Stream: call.Stream, Body: call.Body})
		if err != nil {
			t.Fatal(err)
		}
		dropOrdering(t, got)
		for i := range got.Turns {
			got.Turns[i].Path, got.Turns[i].Member = "", ""
		}
		if a, b := dump(want), dump(got); a != b {
			t.Fatalf("before\n%s\nafter\n%s\nwire %s", a, b, call.Body)
		}
	})
}

// dropOrdering takes out what the way to Gemini adds to schemas and what a
// result is wrapped in.
func dropOrdering(t *rapid.T, req *ir.Request) {
	clean := func(raw json.RawMessage) json.RawMessage {
		var object struct {
			Type       string          `json:"type,omitempty"`
			Properties json.RawMessage `json:"properties,omitempty"`
			Required   json.RawMessage `json:"required,omitempty"`
			Enum       json.RawMessage `json:"enum,omitempty"`
		}
		if raw == nil {
			return nil
		}
		if err := json.Unmarshal(raw, &object); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for i := range req.Tools {
		req.Tools[i].Parameters = clean(req.Tools[i].Parameters)
	}
	req.Output.Schema = clean(req.Output.Schema)
}

// genAnswer gives an answer whose neighbouring texts differ in kind or are
// parted by a signature: the service's own chunks leave no other trace.
func genAnswer(t *rapid.T) *ir.Response {
	resp := &ir.Response{ID: "r", Model: "m"}
	for i := range rapid.IntRange(1, 3).Draw(t, "candidates") {
		c := ir.Candidate{Index: i}
		calls := false
		for j := range rapid.IntRange(0, 5).Draw(t, "parts") {
			p := genPart(t, i, j)
			if n := len(c.Parts); n > 0 && wouldMerge(c.Parts[n-1], p) {
				continue
			}
			_, isCall := p.(ir.ToolCall)
			calls = calls || isCall
			c.Parts = append(c.Parts, p)
		}
		reason := rapid.SampledFrom([]ir.FinishReason{ir.FinishStop, ir.FinishLength, ir.FinishSafety, ir.FinishMalformedCall, ir.FinishLanguage}).Draw(t, "finish")
		if calls && reason == ir.FinishStop {
			reason = ir.FinishToolCalls
		}
		c.Finish = ir.Finish{Reason: reason, Native: string(finishWords[reason])}
		resp.Candidates = append(resp.Candidates, c)
	}
	if rapid.Bool().Draw(t, "usage") {
		u := ir.Usage{Input: rapid.Int64Range(50, 99).Draw(t, "input"), Output: rapid.Int64Range(50, 99).Draw(t, "output")}
		u.Cached, u.ToolUse = rapid.Int64Range(0, 9).Draw(t, "cached"), rapid.Int64Range(0, 9).Draw(t, "tools")
		u.Reasoning = rapid.Int64Range(0, 9).Draw(t, "thoughts")
		u.InputBy = map[ir.Modality]int64{ir.ModalityText: u.Input - 10, ir.ModalityImage: 10}
		u.OutputBy = map[ir.Modality]int64{ir.ModalityText: u.Output}
		resp.Usage = &u
	}
	return resp
}

func genPart(t *rapid.T, candidate, n int) ir.Part {
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		text := genText.Draw(t, "text")
		p := ir.Text{Text: text, Seal: genSeal(t)}
		if rapid.Bool().Draw(t, "cited") {
			p.Citations = []ir.Citation{{Start: 0, End: len(text), URL: fmt.Sprintf("https://%d-%d.example", candidate, n), License: "MIT"}}
		}
		return p
	case 1:
		return ir.Reasoning{Text: genText.Draw(t, "thought"), Seal: genSeal(t)}
	case 2:
		return ir.ToolCall{ID: fmt.Sprintf("c%d_%d", candidate, n), Name: "f", Args: genArgs(t), Seal: genSeal(t)}
	}
	m := genMedia(t)
	m.Seal = genSeal(t)
	return m
}

func wouldMerge(a, b ir.Part) bool {
	switch a := a.(type) {
	case ir.Text:
		_, same := b.(ir.Text)
		return same && a.Seal == nil
	case ir.Reasoning:
		_, same := b.(ir.Reasoning)
		return same && a.Seal == nil
	}
	return false
}

// TestAnswersThereAndBack: an answer for a Gemini client, whole or streamed,
// reads as what it was.
func TestAnswersThereAndBack(t *testing.T) {
	shown := true
	req := &ir.Request{Model: "m", Reasoning: ir.ReasoningOptions{Include: &shown}}
	rapid.Check(t, func(rt *rapid.T) {
		want := genAnswer(rt)
		whole, err := Front{}.EncodeResponse(req, want, testMint())
		if err != nil || len(want.Dropped) > 0 {
			rt.Fatal(err, want.Dropped)
		}
		got, err := Back{}.DecodeResponse(nil, whole, testMint())
		if err != nil {
			rt.Fatal(err)
		}
		if a, b := dump(want), dump(got); a != b {
			rt.Fatalf("whole: before\n%s\nafter\n%s\nwire %s", a, b, whole)
		}
		stream := encodeStream(t, req, ir.Expand(want))
		events, err := tryStream(Back{}, nil, stream)
		if err != nil {
			rt.Fatal(err)
		}
		if err := ir.Check(events); err != nil {
			rt.Fatal(err)
		}
		if got, err = ir.Collect(events); err != nil {
			rt.Fatal(err)
		}
		// Sources come at the end of a stream, when earlier texts are closed.
		if a, b := dump(withoutCitations(want)), dump(withoutCitations(got)); a != b {
			rt.Fatalf("stream: before\n%s\nafter\n%s\nwire %s", a, b, stream)
		}
	})
}

func withoutCitations(r *ir.Response) *ir.Response {
	out := *r
	out.Dropped = nil
	out.Candidates = nil
	for _, c := range r.Candidates {
		parts := make([]ir.Part, len(c.Parts))
		for i, p := range c.Parts {
			if text, isText := p.(ir.Text); isText {
				text.Citations = nil
				p = text
			}
			parts[i] = p
		}
		c.Parts = parts
		out.Candidates = append(out.Candidates, c)
	}
	return &out
}
