package openaichat

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// The generators give what Chat Completions can say to OpenAI; what it cannot
// is a Loss, which the other tests cover.

var genText = rapid.StringMatching(`[a-zäß€ "\\<\n]{0,11}[a-z]`)

func genArgs(t *rapid.T) string {
	object := map[string]string{}
	for i := range rapid.IntRange(0, 3).Draw(t, "args") {
		object[fmt.Sprintf("k%d", i)] = genText.Draw(t, "arg")
	}
	out, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func genSaid(t *rapid.T) ir.Part {
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		detail := rapid.SampledFrom([]string{"", "low", "high", "auto"}).Draw(t, "detail")
		return ir.Media{Modality: ir.ModalityImage, MIME: "image/png", Data: "QUJD", Detail: detail}
	case 1:
		return ir.Media{Modality: ir.ModalityImage, MIME: "image/webp", URL: "https://h.example/a.webp"}
	case 2:
		return ir.Media{Modality: ir.ModalityAudio, MIME: "audio/wav", Data: "QUJD"}
	case 3:
		return ir.Media{Modality: ir.ModalityPDF, MIME: "application/pdf", Data: "QUJD", Name: "a.pdf"}
	}
	return ir.Text{Text: genText.Draw(t, "said")}
}

// genExchange: a question, maybe calls and their results, an answer.
func genExchange(t *rapid.T, n int) []ir.Turn {
	question := ir.Turn{Role: ir.RoleUser, Parts: []ir.Part{ir.Text{Text: genText.Draw(t, "question")}}}
	for range rapid.IntRange(0, 2).Draw(t, "more") {
		question.Parts = append(question.Parts, genSaid(t))
	}
	if rapid.Bool().Draw(t, "named") {
		question.Name = "ann"
	}
	turns := []ir.Turn{question}
	if calls := rapid.IntRange(0, 3).Draw(t, "calls"); calls > 0 {
		model, results := ir.Turn{Role: ir.RoleModel}, ir.Turn{Role: ir.RoleUser}
		if rapid.Bool().Draw(t, "words beside calls") {
			model.Parts = append(model.Parts, ir.Text{Text: genText.Draw(t, "beside")})
		}
		for i := range calls {
			call := ir.ToolCall{ID: fmt.Sprintf("id%d_%d", n, i), Name: rapid.SampledFrom([]string{"f", "g"}).Draw(t, "name"), Args: genArgs(t)}
			if rapid.Bool().Draw(t, "custom") {
				call.Custom, call.Name, call.Args = true, "patch", genText.Draw(t, "input")
			}
			model.Parts = append(model.Parts, call)
			results.Parts = append(results.Parts, genResult(t, call))
		}
		turns = append(turns, model, results)
	}
	answer := ir.Turn{Role: ir.RoleModel, Parts: []ir.Part{ir.Text{Text: genText.Draw(t, "answer")}}}
	if rapid.Bool().Draw(t, "refused") {
		answer.Parts = append(answer.Parts, ir.Refusal{Text: genText.Draw(t, "refusal")})
	}
	return append(turns, answer)
}

func genResult(t *rapid.T, call ir.ToolCall) ir.ToolResult {
	r := ir.ToolResult{CallID: call.ID, Name: call.Name}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		r.Content = []ir.Part{ir.Text{Text: genText.Draw(t, "result")}}
	case 1:
		r.Content = []ir.Part{ir.Text{Text: genText.Draw(t, "result")}, ir.Text{Text: genText.Draw(t, "result")}}
	case 2:
		r.Data = json.RawMessage(`{"a":1,"b":[null]}`)
	}
	return r
}

func genRequest(t *rapid.T) *ir.Request {
	req := &ir.Request{Model: "m", Stream: rapid.Bool().Draw(t, "stream")}
	req.StreamUsage = req.Stream
	if rapid.Bool().Draw(t, "instructed") {
		req.System = []ir.Part{ir.Text{Text: genText.Draw(t, "instruction")}}
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "exchanges") {
		req.Turns = append(req.Turns, genExchange(t, i)...)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "tools") {
		req.Tools = append(req.Tools, ir.Tool{
			Name: fmt.Sprintf("f%d", i), Description: genText.Draw(t, "description"), Strict: rapid.Ptr(rapid.Just(true), true).Draw(t, "strict"),
			Parameters: json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`),
		})
	}
	if rapid.Bool().Draw(t, "free-form") {
		req.Tools = append(req.Tools, ir.Tool{Kind: ir.ToolCustom, Name: "patch", Description: genText.Draw(t, "description"),
			Grammar: rapid.Ptr(rapid.Just(ir.Grammar{Syntax: "lark", Definition: `start: "a"`}), true).Draw(t, "grammar")})
	}
	if len(req.Tools) > 0 && req.Tools[0].Kind == ir.ToolFunction {
		req.ToolChoice.Mode = rapid.SampledFrom([]ir.ToolMode{ir.ToolUnset, ir.ToolAuto, ir.ToolNone, ir.ToolRequired}).Draw(t, "mode")
		if req.ToolChoice.Mode == ir.ToolRequired && rapid.Bool().Draw(t, "chosen") {
			req.ToolChoice.Names, req.Tools = []string{"f0"}, req.Tools[:1] // the others would be left out
		}
		req.ParallelToolCalls = rapid.Ptr(rapid.Bool(), true).Draw(t, "parallel")
	}
	genSettings(t, req)
	return req
}

func genSettings(t *rapid.T, req *ir.Request) {
	number := func(name string) *float64 {
		return rapid.Ptr(rapid.SampledFrom([]float64{0, 0.1, 1, 1.75}), true).Draw(t, name)
	}
	whole := func(name string) *int64 { return rapid.Ptr(rapid.Int64Range(0, 1<<40), true).Draw(t, name) }
	req.Sampling = ir.Sampling{
		Temperature: number("temperature"), TopP: number("top_p"), PresencePenalty: number("presence"), FrequencyPenalty: number("frequency"),
		MaxTokens: whole("max"), Seed: whole("seed"), TopLogprobs: whole("top"), Logprobs: rapid.Ptr(rapid.Bool(), true).Draw(t, "logprobs"),
		Candidates: rapid.Ptr(rapid.Int64Range(2, 8), true).Draw(t, "n"),
		Stop:       rapid.SampledFrom([][]string{nil, {"END"}, {"a", "b"}}).Draw(t, "stop"),
	}
	req.ServiceTier = rapid.SampledFrom([]string{"", "auto", "default", "flex", "priority"}).Draw(t, "tier")
	req.Output.Verbosity = rapid.SampledFrom([]string{"", "low", "high"}).Draw(t, "verbosity")
	req.Output.Kind = rapid.SampledFrom([]ir.OutputKind{ir.OutputUnset, ir.OutputJSONSchema}).Draw(t, "output")
	if req.Output.Kind == ir.OutputJSONSchema {
		req.Output.Name, req.Output.Description, req.Output.Strict = "answer", genText.Draw(t, "description"), rapid.Ptr(rapid.Bool(), true).Draw(t, "strict")
		req.Output.Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}}}`)
	}
	if rapid.Bool().Draw(t, "spoken") {
		req.Output.Modalities = []ir.Modality{ir.ModalityText, ir.ModalityAudio}
		req.Output.Audio = &ir.AudioOutput{Voice: "alloy", Format: "mp3"}
	}
}

// TestRequestThereAndBack: a request that went to the wire and was read again
// means the same.
func TestRequestThereAndBack(t *testing.T) {
	back := testBack(t, "openai")
	rapid.Check(t, func(t *rapid.T) {
		want := genRequest(t)
		sent, err := back.EncodeRequest(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Dropped) > 0 {
			t.Fatalf("lost %v", want.Dropped)
		}
		got, err := front{}.DecodeRequest(translate.Call{Body: sent.Body})
		if err != nil {
			t.Fatalf("%v\n%s", err, sent.Body)
		}
		for i := range got.Turns {
			got.Turns[i].Path, got.Turns[i].Member, got.Turns[i].Places = "", "", nil
		}
		for i := range got.Tools {
			got.Tools[i].Path = ""
		}
		if !assert.ObjectsAreEqual(want, got) {
			assert.Equal(t, want, got)
			t.Fatalf("%s", sent.Body)
		}
	})
}

// genAnswer gives an answer in the order in which a message holds it:
// thoughts, words, refusal, pictures, sound, calls.
func genAnswer(t *rapid.T) *ir.Response {
	resp := &ir.Response{ID: "r", Model: "m", Created: time.Unix(rapid.Int64Range(1, 2e9).Draw(t, "created"), 0).UTC()}
	resp.ServiceTier = rapid.SampledFrom([]string{"", "default", "flex"}).Draw(t, "tier")
	for i := range rapid.IntRange(1, 3).Draw(t, "candidates") {
		resp.Candidates = append(resp.Candidates, genCandidate(t, i))
	}
	if rapid.Bool().Draw(t, "counted") {
		u := ir.Usage{Input: rapid.Int64Range(50, 99).Draw(t, "input"), Output: rapid.Int64Range(50, 99).Draw(t, "output")}
		u.Cached, u.Reasoning = rapid.Int64Range(0, 9).Draw(t, "cached"), rapid.Int64Range(0, 9).Draw(t, "thoughts")
		u.AcceptedPrediction, u.RejectedPrediction = rapid.Int64Range(0, 9).Draw(t, "accepted"), rapid.Int64Range(0, 9).Draw(t, "rejected")
		if rapid.Bool().Draw(t, "by modality") {
			u.InputBy = map[ir.Modality]int64{ir.ModalityImage: 7, ir.ModalityVideo: 5}
			u.OutputBy = map[ir.Modality]int64{ir.ModalityAudio: 3, ir.ModalityImage: 2}
		}
		resp.Usage = &u
	}
	return resp
}

func genCandidate(t *rapid.T, index int) ir.Candidate {
	c := ir.Candidate{Index: index}
	if rapid.Bool().Draw(t, "thought") {
		c.Parts = append(c.Parts, ir.Reasoning{Text: genText.Draw(t, "thoughts")})
	}
	said := ir.Text{Text: genText.Draw(t, "text")}
	refused, pictures := rapid.Bool().Draw(t, "refused"), rapid.IntRange(0, 2).Draw(t, "pictures")
	if rapid.Bool().Draw(t, "cited") {
		said.Citations = []ir.Citation{{Start: 0, End: len(said.Text), URL: "https://h.example", Title: "H"}}
	}
	c.Parts = append(c.Parts, said)
	if refused {
		c.Parts = append(c.Parts, ir.Refusal{Text: genText.Draw(t, "refusal")})
	}
	for range pictures {
		c.Parts = append(c.Parts, ir.Media{Modality: ir.ModalityImage, MIME: "image/png", Data: "QUJD"})
	}
	reason := rapid.SampledFrom([]ir.FinishReason{ir.FinishStop, ir.FinishLength, ir.FinishSafety}).Draw(t, "finish")
	for i := range rapid.IntRange(0, 2).Draw(t, "calls") {
		call := ir.ToolCall{ID: fmt.Sprintf("c%d_%d", index, i), Name: "f", Args: genArgs(t)}
		if rapid.Bool().Draw(t, "custom") {
			call.Custom, call.Args = true, genText.Draw(t, "input")
		}
		c.Parts = append(c.Parts, call)
		reason = ir.FinishToolCalls
	}
	c.Finish = ir.Finish{Reason: reason, Native: string(finishWords[reason])}
	if rapid.Bool().Draw(t, "scored") {
		id := int64(7)
		c.Logprobs = []ir.TokenLogprob{{Token: "a", ID: &id, Logprob: -0.5, Bytes: []int{97}, Top: []ir.TokenLogprob{{Token: "b", Logprob: -1, Bytes: []int{98}}}}}
	}
	return c
}

// TestAnswersThereAndBack: an answer for a Chat client, whole or streamed,
// reads as what it was.
func TestAnswersThereAndBack(t *testing.T) {
	back := testBack(t, "generic")
	req := &ir.Request{Model: "m", StreamUsage: true}
	rapid.Check(t, func(t *rapid.T) {
		want := genAnswer(t)
		whole, err := front{}.EncodeResponse(req, want, testMint())
		if err != nil || len(want.Dropped) > 0 {
			t.Fatal(err, want.Dropped)
		}
		got, err := back.DecodeResponse(req, whole, testMint())
		if err != nil {
			t.Fatalf("%v\n%s", err, whole)
		}
		if !assert.ObjectsAreEqual(want, got) {
			assert.Equal(t, want, got)
			t.Fatalf("whole: %s", whole)
		}
		if got = throughStream(t, back, req, want); !assert.ObjectsAreEqual(want, got) {
			assert.Equal(t, want, got)
			t.Fatal("streamed")
		}
	})
}

func throughStream(t *rapid.T, back translate.Back, req *ir.Request, resp *ir.Response) *ir.Response {
	encoder, decoder := front{}.NewEncoder(req, testMint()), back.NewDecoder(req, testMint())
	var frames []wire.Frame
	var err error
	for _, e := range ir.Expand(resp) {
		if frames, err = encoder.Encode(frames, e); err != nil {
			t.Fatal(err)
		}
	}
	if frames, err = encoder.Close(frames); err != nil || len(encoder.Dropped()) > 0 {
		t.Fatal(err, encoder.Dropped())
	}
	var events []ir.Event
	for _, f := range frames {
		if events, err = decoder.Decode(events, f); err != nil {
			t.Fatal(err)
		}
	}
	if events, err = decoder.Close(events); err != nil {
		t.Fatal(err)
	}
	if err := ir.Check(events); err != nil {
		t.Fatal(err)
	}
	folded, err := ir.Collect(events)
	if err != nil {
		t.Fatal(err)
	}
	return folded
}
