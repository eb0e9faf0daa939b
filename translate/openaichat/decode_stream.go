package openaichat

import (
	"bytes"
	"time"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// decoder turns chunks into events. A candidate's end is told when the
// stream has ended: sources, calls and usage may still follow its finish
// reason.
type decoder struct {
	back  *back
	p     *profile
	names *toolNames
	shape answerShape
	mint  translate.Mint
	whole bool // one chunk is the whole answer

	out     []ir.Event
	started bool
	done    bool // [DONE], after which nothing counts (defects 51)
	choices []*choice
	blocks  int
	dropped map[string]bool
}

var _ translate.Decoder = (*decoder)(nil)

// NewDecoder gives a decoder for one stream.
func (b *back) NewDecoder(req *ir.Request, mint translate.Mint) translate.Decoder {
	if b.xml {
		return XMLToolCalls(b.newDecoder(req, mint), mint)
	}
	return b.newDecoder(req, mint)
}

func (b *back) newDecoder(req *ir.Request, mint translate.Mint) *decoder {
	if req == nil {
		req = &ir.Request{}
	}
	p := b.profile.forModel(req.Model)
	return &decoder{back: b, p: p, names: newToolNames(p, req), shape: shapeOf(p, req), mint: mint, dropped: map[string]bool{}}
}

// chunk is one chunk of a stream, or a whole answer in the place of one: the
// generated chunk type reads both, since each choice may have a message.
type chunk = openai.ChatCompletionChunk

// Decode takes one frame. A frame that is no JSON is an error and never
// skipped: what it said is missing from the answer.
func (d *decoder) Decode(dst []ir.Event, f wire.Frame) ([]ir.Event, error) {
	data := bytes.TrimSpace(f.Data)
	if len(data) == 0 || d.done {
		return dst, nil
	}
	if string(data) == "[DONE]" {
		d.done = true
		return dst, nil
	}
	if data[0] == '[' { // Google's endpoint puts an error into a list
		if e := readError(data); e.message != "" {
			return append(dst, ir.Fail{Err: d.back.classify(statusOf(e.kind, e.code), e)}), nil
		}
	}
	var c chunk
	if err := translate.ReadJSON(data, &c); err != nil {
		return dst, badUpstream("The provider's answer cannot be read.", err)
	}
	d.out = dst
	d.read(&c, data)
	return d.out, nil
}

func (d *decoder) read(c *chunk, data []byte) {
	if failed := d.failure(c, data); failed != nil {
		d.out = append(d.out, ir.Fail{Err: failed})
		return
	}
	d.start(c)
	d.dropExtras(c)
	for i := range c.Choices {
		in := &c.Choices[i]
		d.readChoice(in, i)
		if in.Usage != nil { // Moonshot
			d.tally(in.Usage, "choices.usage")
		}
	}
	if c.XGroq != nil && c.XGroq.Usage != nil {
		d.tally(c.XGroq.Usage, "x_groq.usage")
	}
	if c.Usage != nil {
		d.tally(c.Usage, "usage")
	}
}

// failure finds an error in the place of an answer: with status 200, in mid
// stream, in one choice (OpenRouter) or beside the choices (Groq).
func (d *decoder) failure(c *chunk, data []byte) *ir.Error {
	if c.Error != nil {
		return d.back.streamError(c.Error)
	}
	if c.XGroq != nil && c.XGroq.Error != nil && *c.XGroq.Error != "" {
		return d.back.streamError(&openai.APIError{Message: openai.LooseString(*c.XGroq.Error)})
	}
	for i := range c.Choices {
		if e := c.Choices[i].Error; e != nil {
			return d.back.streamError(e)
		}
	}
	if len(c.Choices) == 0 && c.Usage == nil && c.ID == "" && c.Object == "" && c.Model == "" {
		if e := readError(data); e.message != "" {
			return d.back.classify(statusOf(e.kind, e.code), e)
		}
	}
	return nil
}

func (d *decoder) start(c *chunk) {
	if d.started {
		return
	}
	d.started = true
	begin := ir.Start{ID: string(c.ID), Model: c.Model, ServiceTier: serviceTiers[c.ServiceTier]}
	if c.Created > 0 {
		begin.Created = time.Unix(int64(c.Created), 0).UTC()
	}
	d.out = append(d.out, begin)
}

// tally: all-zero placeholders are no counts (defects 62).
func (d *decoder) tally(u *openai.Usage, path string) {
	usage := decodeUsage(u)
	if usage.Input == 0 && usage.Output == 0 {
		return
	}
	d.dropUsageExtras(u, path)
	d.out = append(d.out, ir.Tally{Usage: usage})
}

func (d *decoder) drop(path, why string) {
	if !d.dropped[path] {
		d.dropped[path] = true
		d.out = append(d.out, ir.Dropped{Loss: ir.Loss{Path: path, Why: why}})
	}
}

// find gives the candidate of that index. Servers that number nothing, or
// everything 0 in a whole answer, are numbered by place.
func (d *decoder) find(in *openai.ChunkChoice, place int) *choice {
	index := int(in.Index)
	if d.whole && index == 0 {
		index = place
	}
	for _, c := range d.choices {
		if c.index == index {
			return c
		}
	}
	c := &choice{d: d, index: index, think: newThinkSplitter(d.p.ThinkTag)}
	d.choices = append(d.choices, c)
	return c
}

// Close ends the candidates. A stream that has told neither a finish reason
// nor, at servers where that suffices, its end was cut (promise 2).
func (d *decoder) Close(dst []ir.Event) ([]ir.Event, error) {
	if len(d.choices) == 0 {
		return dst, badUpstream("The provider's answer ended without a choice.", nil)
	}
	for _, c := range d.choices {
		if c.finished || (d.done && d.p.DoneSuffices) {
			continue
		}
		return dst, badUpstream("The provider's answer ended without a finish reason.", nil)
	}
	d.out = dst
	for _, c := range d.choices {
		c.end()
	}
	return d.out, nil
}
