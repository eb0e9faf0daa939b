package gemini

import (
	"time"

	"louter/translate"
	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// EncodeResponse writes a whole answer for a Gemini client.
func (Front) EncodeResponse(req *ir.Request, resp *ir.Response, mint translate.Mint) ([]byte, error) {
	a := newAnswer(req, resp.Drop)
	a.begin(ir.Start{ID: resp.ID, Model: resp.Model, Created: resp.Created, ServiceTier: resp.ServiceTier}, mint)
	out := a.head
	out.UsageMetadata = encodeUsage(resp.Usage)
	if resp.Usage != nil {
		dropPredictions(*resp.Usage, resp.Drop)
	}
	if resp.Block != nil {
		out.PromptFeedback = encodeBlock(*resp.Block)
	}
	for _, c := range resp.Candidates {
		out.Candidates = append(out.Candidates, a.candidate(c))
	}
	return translate.EncodeJSON(&out)
}

// answer is what a whole answer and a stream share: the head of every chunk
// and the parts as a Gemini client reads them.
type answer struct {
	head gen.GenerateContentResponse
	// thoughts: the client asked to see thinking. The service shows none
	// otherwise, and an older SDK would take it for the answer.
	thoughts bool
	model    string
	drop     dropFunc
}

func newAnswer(req *ir.Request, drop dropFunc) *answer {
	a := &answer{drop: drop}
	if req != nil {
		a.model = req.Model
		a.thoughts = deref(req.Reasoning.Include)
	}
	return a
}

// begin fixes what every chunk carries, as those of the real service do.
func (a *answer) begin(s ir.Start, mint translate.Mint) {
	if s.ID == "" && mint.ID != nil {
		s.ID = mint.ID("")
	}
	if s.Model == "" {
		s.Model = a.model
	}
	a.head = gen.GenerateContentResponse{ResponseId: some(s.ID), ModelVersion: some(s.Model)}
	if !s.Created.IsZero() {
		created := s.Created.UTC().Format(time.RFC3339Nano)
		a.head.CreateTime = &created
	}
	if s.ServiceTier != "" && s.ServiceTier != "default" && s.ServiceTier != "auto" {
		a.drop("service_tier", "Gemini's answers do not name a tier")
	}
}

const refusalAsText = "shown as text"

func dropPredictions(u ir.Usage, drop dropFunc) {
	if u.AcceptedPrediction > 0 || u.RejectedPrediction > 0 {
		drop("usage.completion_tokens_details", "Gemini counts no predicted tokens")
	}
}

func encodeBlock(b ir.Block) *gen.PromptFeedback {
	word := gen.BlockReason(b.Reason)
	if !blockReasons[word] {
		word = "OTHER"
	}
	return &gen.PromptFeedback{BlockReason: &word, BlockReasonMessage: some(b.Message)}
}

func (a *answer) candidate(c ir.Candidate) gen.Candidate {
	index := int32(c.Index)
	out := gen.Candidate{Index: &index, Content: &gen.Content{Role: some(roleModel)}, LogprobsResult: encodeLogprobs(c.Logprobs)}
	var sources grounding
	var held *ir.Seal
	begin, broken := 0, false
	for _, p := range c.Parts {
		part, shown := a.part(p, &held)
		if call, isCall := p.(ir.ToolCall); isCall && !shown {
			broken = true
			a.dropCall(call)
		}
		if !shown {
			continue
		}
		if text, isText := p.(ir.Text); isText {
			sources.add(text.Citations, len(out.Content.Parts), begin, text.Text)
			begin += len(text.Text)
		}
		out.Content.Parts = append(out.Content.Parts, part)
	}
	if held != nil {
		part := emptyText()
		part.ThoughtSignature = packed(held)
		out.Content.Parts = append(out.Content.Parts, part)
	}
	sources.put(&out)
	a.finish(&out, c.Finish, broken)
	return out
}

// part writes one part; shown is false for thinking that nobody asked for,
// whose seal is then held for the next part, and for a call that cannot be
// read.
func (a *answer) part(p ir.Part, held **ir.Seal) (part gen.Part, shown bool) {
	switch p := p.(type) {
	case ir.Text:
		part = gen.Part{Text: &p.Text, ThoughtSignature: a.signature(p.Seal, held)}
	case ir.Refusal:
		a.drop("refusal", refusalAsText)
		part = gen.Part{Text: &p.Text, ThoughtSignature: a.signature(nil, held)}
	case ir.Reasoning:
		if !a.thoughts {
			if p.Seal != nil {
				*held = p.Seal
			}
			return part, false
		}
		thought := true
		part = gen.Part{Text: &p.Text, Thought: &thought, ThoughtSignature: a.signature(p.Seal, held)}
	case ir.ToolCall:
		args := p.Args
		if p.Custom {
			wrapped, err := wrapInput(args)
			if err != nil {
				return part, false
			}
			args = string(wrapped)
		}
		if args == "" {
			args = "{}"
		}
		if !isObject(args) {
			return part, false
		}
		call := &gen.FunctionCall{Id: some(p.ID), Name: &p.Name, Args: []byte(args)}
		part = gen.Part{FunctionCall: call, ThoughtSignature: a.signature(p.Seal, held)}
	case ir.Media:
		return a.media(p, held)
	default:
		return part, false
	}
	return part, true
}

func (a *answer) media(m ir.Media, held **ir.Seal) (gen.Part, bool) {
	blob, file, why := encodeMedia(m)
	if why != "" {
		a.drop("media", why)
		return gen.Part{}, false
	}
	if m.Transcript != "" {
		a.drop("audio.transcript", "Gemini's sound has no text beside it")
	}
	return gen.Part{InlineData: blob, FileData: file, ThoughtSignature: a.signature(m.Seal, held)}, true
}

// signature gives a part's own seal, else the one that is held.
func (a *answer) signature(own *ir.Seal, held **ir.Seal) *string {
	if own == nil {
		own, *held = *held, nil
	}
	return packed(own)
}

// packed puts any provider's proof into the client's slot; it comes back from
// there with the next request.
func packed(s *ir.Seal) *string {
	if s == nil {
		return nil
	}
	return some(s.Pack())
}

func (a *answer) dropCall(call ir.ToolCall) {
	a.drop("tool_calls", "the arguments of a call are not a JSON object")
}

// finish writes how a candidate ended. A call that had to be dropped is the
// model's fault, unless it was only cut short.
func (a *answer) finish(out *gen.Candidate, f ir.Finish, broken bool) {
	if broken && f.Reason != ir.FinishLength {
		f = ir.Finish{Reason: ir.FinishMalformedCall, Message: "The arguments of a function call are not a JSON object."}
	}
	word, message := encodeFinish(f)
	out.FinishReason, out.FinishMessage = &word, some(message)
	if f.StopSequence != "" {
		a.drop("stop_sequence", "Gemini does not tell which stop sequence was hit")
	}
}
