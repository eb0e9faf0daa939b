package openaichat

import (
	"encoding/json"
	"fmt"
	"strings"

	"louter/gen/openai"
	"louter/translate/ir"
)

// choice is one candidate as it is being read.
type choice struct {
	d        *decoder
	index    int
	member   string     // delta or message: what holds what it says
	open     *openBlock // the block of words that grows
	calls    []*callState
	think    *thinkSplitter
	held     strings.Builder // text that waits for its end, where it must be unwrapped
	sound    *ir.Media
	sources  []openai.Annotation
	text     strings.Builder // said text, while sources may point into it
	seal     *ir.Seal        // of the message as a whole
	finish   ir.Finish
	finished bool
}

// openBlock is a block of text, thoughts or refusal.
type openBlock struct {
	number int
	part   ir.Part
	begin  int // bytes of text said before it
}

func (d *decoder) readChoice(in *openai.ChunkChoice, place int) {
	c := d.find(in, place)
	delta := in.Delta
	c.member = "delta"
	if in.Message != nil {
		delta = deltaOf(in.Message)
		c.member = "message"
	}
	c.dropExtras(in, &delta)
	c.sources = append(c.sources, delta.Annotations...) // before what closes the text that they are of
	c.readThoughts(&delta)
	c.readContent(&delta, in.Logprobs)
	if delta.Refusal.Text != "" {
		c.sayPending()
		c.add(ir.Refusal{}, delta.Refusal.Text, nil)
	}
	for _, image := range delta.Images {
		c.readImage(image)
	}
	if delta.Audio != nil {
		c.readSound(delta.Audio)
	}
	if seal := sealOf(delta.ExtraContent); seal != nil {
		c.seal = seal
	}
	for i := range delta.ToolCalls {
		c.readCall(&delta.ToolCalls[i], in.Message != nil)
	}
	if delta.FunctionCall != nil {
		c.readFunctionCall(delta.FunctionCall)
	}
	if in.FinishReason != nil && *in.FinishReason != "" {
		c.readFinish(in)
	}
}

// deltaOf reads a whole message as one delta.
func deltaOf(m *openai.Message) openai.Delta {
	delta := openai.Delta{
		Role: m.Role, Content: m.Content, Refusal: m.Refusal, ToolCalls: m.ToolCalls, FunctionCall: m.FunctionCall,
		Reasoning: m.Reasoning, ReasoningContent: m.ReasoningContent, ReasoningDetails: m.ReasoningDetails,
		Images: m.Images, Annotations: m.Annotations, Citations: m.Citations, ExtraContent: m.ExtraContent,
	}
	if a := m.Audio; a != nil {
		delta.Audio = &openai.AudioDelta{ID: a.ID, Data: deref(a.Data), Transcript: deref(a.Transcript), ExpiresAt: a.ExpiresAt}
	}
	return delta
}

func deref[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}

func (c *choice) readThoughts(delta *openai.Delta) {
	if text := thoughtsOf(delta.ReasoningContent, delta.Reasoning); text != "" {
		c.add(ir.Reasoning{}, text, nil)
	}
	if c.d.p.SealOrigin == originOpenRouter && !isNull(delta.ReasoningDetails) && string(delta.ReasoningDetails) != "[]" {
		c.addDetails(delta.ReasoningDetails)
	}
}

// addDetails joins the pieces of a reasoning_details array: the server wants
// them back as one.
func (c *choice) addDetails(raw json.RawMessage) {
	token := string(raw)
	if c.seal != nil && c.seal.Origin == originOpenRouter {
		token = strings.TrimSuffix(c.seal.Token, "]") + "," + strings.TrimPrefix(token, "[")
	}
	c.seal = &ir.Seal{Origin: originOpenRouter, Token: token}
}

func (c *choice) readContent(delta *openai.Delta, logprobs *openai.Logprobs) {
	var probs []ir.TokenLogprob
	if logprobs != nil {
		probs = decodeLogprobs(logprobs.Content)
	}
	switch {
	case delta.Content.IsText():
		c.say(delta.Content.Text, probs)
		return
	case delta.Content.IsParts(): // Mistral: words and thoughts as parts
		for i := range delta.Content.Parts {
			c.readPart(&delta.Content.Parts[i], i)
		}
	}
	if len(probs) > 0 {
		c.say("", probs)
	}
}

func (c *choice) readPart(p *openai.ContentPart, i int) {
	at := c.at(fmt.Sprintf("content.%d", i))
	c.dropPartExtras(p, at)
	if seal := sealOf(p.ExtraContent); seal != nil {
		c.seal = seal
	}
	switch {
	case !p.Thinking.IsZero():
		c.add(ir.Reasoning{}, p.Thinking.String(), nil)
	case p.ImageURL != nil:
		c.readImage(openai.OutputImage{ImageURL: p.ImageURL})
	case p.Refusal != nil:
		c.add(ir.Refusal{}, *p.Refusal, nil)
	case p.Text != nil:
		c.say(*p.Text, nil)
	default:
		c.d.drop(at, "a part of an unknown type")
	}
}

// say takes text of the answer, of which a beginning may be thoughts in tags.
func (c *choice) say(text string, probs []ir.TokenLogprob) {
	if text == "" && len(probs) == 0 {
		return
	}
	thought, said := c.think.feed(text)
	if thought != "" {
		c.add(ir.Reasoning{}, thought, nil)
	}
	if said == "" && len(probs) == 0 {
		return
	}
	c.saySaid(said, probs)
}

func (c *choice) saySaid(text string, probs []ir.TokenLogprob) {
	if c.d.shape.wrapped {
		c.held.WriteString(text)
		return
	}
	c.add(ir.Text{}, text, probs)
}

// add puts text into the open block of its kind, or opens one.
func (c *choice) add(kind ir.Part, text string, probs []ir.TokenLogprob) {
	if c.open == nil || !sameKind(c.open.part, kind) {
		c.closeBlock()
		c.open = &openBlock{number: c.d.newBlock(), part: kind, begin: c.text.Len()}
		c.emit(ir.Open{Candidate: c.index, Block: c.open.number, Part: kind})
	}
	if _, isText := kind.(ir.Text); isText {
		c.text.WriteString(text)
	}
	c.emit(ir.Delta{Candidate: c.index, Block: c.open.number, Text: text, Logprobs: probs})
}

func sameKind(a, b ir.Part) bool {
	switch a.(type) {
	case ir.Text:
		_, same := b.(ir.Text)
		return same
	case ir.Reasoning:
		_, same := b.(ir.Reasoning)
		return same
	case ir.Refusal:
		_, same := b.(ir.Refusal)
		return same
	}
	return false
}

func (d *decoder) newBlock() int {
	d.blocks++
	return d.blocks - 1
}

func (c *choice) emit(e ir.Event) { c.d.out = append(c.d.out, e) }

// closeBlock ends the open block; one of text gets the sources that are known.
func (c *choice) closeBlock() {
	if c.open == nil {
		return
	}
	end := ir.Close{Candidate: c.index, Block: c.open.number}
	if _, isText := c.open.part.(ir.Text); isText {
		end.Citations = decodeCitations(c.sources, c.text.String(), c.open.begin)
		c.sources = nil
	}
	if _, isRefusal := c.open.part.(ir.Refusal); !isRefusal && c.seal != nil && c.seal.Origin != originOpenRouter {
		end.Seal, c.seal = c.seal, nil
	}
	c.open = nil
	c.emit(end)
}

func (c *choice) readImage(image openai.OutputImage) {
	m, err := imageOf(image.ImageURL, c.at("images"))
	if err != nil {
		c.d.drop(c.at("images"), "the picture cannot be read")
		return
	}
	c.sayPending()
	c.whole(m)
}

// sayPending says what was kept back, before something else is said.
func (c *choice) sayPending() {
	thought, said := c.think.end()
	if thought != "" {
		c.add(ir.Reasoning{}, thought, nil)
	}
	if said != "" {
		c.saySaid(said, nil)
	}
}

// whole emits a part that comes in one piece.
func (c *choice) whole(p ir.Part) {
	c.closeBlock()
	n := c.d.newBlock()
	c.emit(ir.Open{Candidate: c.index, Block: n, Part: p})
	c.emit(ir.Close{Candidate: c.index, Block: n})
}

// readSound collects sound: its pieces mean nothing alone.
func (c *choice) readSound(a *openai.AudioDelta) {
	if c.sound == nil {
		c.sound = &ir.Media{Modality: ir.ModalityAudio, MIME: "audio/wav"}
	}
	c.sound.Data += a.Data
	c.sound.Transcript += a.Transcript
	if a.ID != "" {
		c.sound.ID = string(a.ID)
	}
}
