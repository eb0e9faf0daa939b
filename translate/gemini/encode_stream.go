package gemini

import (
	"strings"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"

	gen "louter/gen/gemini"
)

// encoder turns events into the chunks that Gemini clients read: text and
// thinking as they come, calls whole, and at the very end one chunk with the
// finish reasons and the usage. gemini-cli fails on a stream without that
// (facts 10).
type encoder struct {
	answer
	mint    translate.Mint
	blocks  map[int]*outBlock
	ends    []*outCandidate // in order of their first block or stop
	usage   *gen.UsageMetadata
	blocked *gen.PromptFeedback
	losses  ir.Losses
}

// outBlock is a block that is being sent.
type outBlock struct {
	part   ir.Part
	text   strings.Builder // of calls, and of text for its sources
	number int             // among the candidate's parts
}

// outCandidate is what its last chunk needs to know.
type outCandidate struct {
	index   int
	parts   int
	begin   int // bytes of text in closed blocks
	held    *ir.Seal
	sources grounding
	spoke   bool // a part was sent
	broken  bool
	stopped bool
	finish  ir.Finish
}

var _ translate.Encoder = (*encoder)(nil)

// NewEncoder gives an encoder for one stream.
func (Front) NewEncoder(req *ir.Request, mint translate.Mint) translate.Encoder {
	e := &encoder{mint: mint, blocks: map[int]*outBlock{}}
	e.answer = *newAnswer(req, e.losses.Drop)
	return e
}

// Dropped lists what Gemini's answers have no place for.
func (e *encoder) Dropped() []ir.Loss { return e.losses }

// Encode takes one event.
func (e *encoder) Encode(dst []wire.Frame, event ir.Event) ([]wire.Frame, error) {
	switch event := event.(type) {
	case ir.Start:
		e.begin(event, e.mint)
	case ir.Open:
		return e.opened(dst, event)
	case ir.Delta:
		return e.added(dst, event)
	case ir.Close:
		return e.closed(dst, event)
	case ir.Tally:
		e.usage = encodeUsage(&event.Usage)
		dropPredictions(event.Usage, e.drop)
	case ir.Stop:
		c := e.find(event.Candidate)
		c.stopped, c.finish = true, event.Finish
	case ir.Blocked:
		e.blocked = encodeBlock(event.Block)
	case ir.Fail:
		_, body := Front{}.EncodeError(event.Err)
		return append(dst, wire.Frame{Data: body}), nil
	}
	return dst, nil
}

// Close sends the last chunk.
func (e *encoder) Close(dst []wire.Frame) ([]wire.Frame, error) {
	out := e.head
	out.UsageMetadata, out.PromptFeedback = e.usage, e.blocked
	for _, c := range e.ends {
		last := e.chunkOf(c.index)
		if c.held != nil {
			part := emptyText()
			part.ThoughtSignature = packed(c.held)
			last.Content.Parts = append(last.Content.Parts, part)
		} else if c.spoke {
			// As the service does: the chats of Google's own SDKs forget a
			// whole turn of which one chunk has no part
			// (stream-ends-in-a-chunk-with-a-part).
			last.Content.Parts = append(last.Content.Parts, emptyText())
		}
		c.sources.put(&last)
		if c.stopped {
			e.finish(&last, c.finish, c.broken)
		}
		out.Candidates = append(out.Candidates, last)
	}
	return appendChunk(dst, &out)
}

func appendChunk(dst []wire.Frame, r *gen.GenerateContentResponse) ([]wire.Frame, error) {
	body, err := translate.EncodeJSON(r)
	if err != nil {
		return dst, err
	}
	return append(dst, wire.Frame{Data: body}), nil
}

func (e *encoder) chunkOf(candidate int) gen.Candidate {
	index := int32(candidate)
	return gen.Candidate{Index: &index, Content: &gen.Content{Role: some(roleModel)}}
}

func (e *encoder) find(index int) *outCandidate {
	for _, c := range e.ends {
		if c.index == index {
			return c
		}
	}
	c := &outCandidate{index: index}
	e.ends = append(e.ends, c)
	return c
}

// send puts one part into a chunk of its own.
func (e *encoder) send(dst []wire.Frame, c *outCandidate, part gen.Part, logprobs []ir.TokenLogprob) ([]wire.Frame, error) {
	c.spoke = true
	out := e.head
	out.UsageMetadata = e.usage
	chunk := e.chunkOf(c.index)
	chunk.Content.Parts = []gen.Part{part}
	chunk.LogprobsResult = encodeLogprobs(logprobs)
	out.Candidates = []gen.Candidate{chunk}
	return appendChunk(dst, &out)
}

func (e *encoder) opened(dst []wire.Frame, event ir.Open) ([]wire.Frame, error) {
	c := e.find(event.Candidate)
	b := &outBlock{part: event.Part, number: c.parts}
	e.blocks[event.Block] = b
	if _, isThought := event.Part.(ir.Reasoning); !isThought || e.thoughts {
		c.parts++
	}
	switch p := event.Part.(type) {
	case ir.Text:
		return e.said(dst, c, b, p.Text, nil)
	case ir.Reasoning:
		return e.said(dst, c, b, p.Text, nil)
	case ir.Refusal:
		e.drop("refusal", refusalAsText)
		return e.said(dst, c, b, p.Text, nil)
	}
	return dst, nil
}

func (e *encoder) added(dst []wire.Frame, event ir.Delta) ([]wire.Frame, error) {
	b := e.blocks[event.Block]
	if b == nil {
		return dst, nil
	}
	return e.said(dst, e.find(event.Candidate), b, event.Text, event.Logprobs)
}

// said sends text at once; a call's arguments wait for its end.
func (e *encoder) said(dst []wire.Frame, c *outCandidate, b *outBlock, text string, logprobs []ir.TokenLogprob) ([]wire.Frame, error) {
	part := gen.Part{Text: &text}
	switch b.part.(type) {
	case ir.ToolCall:
		b.text.WriteString(text)
		return dst, nil
	case ir.Reasoning:
		if !e.thoughts {
			return dst, nil
		}
		thought := true
		part.Thought = &thought
	case ir.Text:
		b.text.WriteString(text)
	}
	if text == "" && len(logprobs) == 0 {
		return dst, nil
	}
	return e.send(dst, c, part, logprobs)
}

func (e *encoder) closed(dst []wire.Frame, event ir.Close) ([]wire.Frame, error) {
	b := e.blocks[event.Block]
	if b == nil {
		return dst, nil
	}
	delete(e.blocks, event.Block)
	c := e.find(event.Candidate)
	switch p := b.part.(type) {
	case ir.Text:
		text := b.text.String()
		c.sources.add(event.Citations, b.number, c.begin, text)
		c.begin += len(text)
		return e.sealText(dst, c, event.Seal, false)
	case ir.Reasoning:
		if !e.thoughts {
			if event.Seal != nil {
				c.held = event.Seal
			}
			return dst, nil
		}
		return e.sealText(dst, c, event.Seal, true)
	case ir.ToolCall:
		p.Args, p.Seal = p.Args+b.text.String(), event.Seal
		return e.whole(dst, c, p)
	case ir.Media:
		if event.Seal != nil {
			p.Seal = event.Seal
		}
		return e.whole(dst, c, p)
	}
	return dst, nil
}

// sealText sends a seal that came after its text, on an empty part as the
// service does.
func (e *encoder) sealText(dst []wire.Frame, c *outCandidate, seal *ir.Seal, thought bool) ([]wire.Frame, error) {
	signature := e.signature(seal, &c.held)
	if signature == nil {
		return dst, nil
	}
	part := emptyText()
	part.ThoughtSignature, part.Thought = signature, some(thought)
	return e.send(dst, c, part, nil)
}

func (e *encoder) whole(dst []wire.Frame, c *outCandidate, p ir.Part) ([]wire.Frame, error) {
	part, shown := e.part(p, &c.held)
	if !shown {
		if call, isCall := p.(ir.ToolCall); isCall {
			c.broken = true
			e.dropCall(call)
		}
		return dst, nil
	}
	return e.send(dst, c, part, nil)
}
