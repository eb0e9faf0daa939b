package gemini

import (
	"bytes"
	"reflect"
	"slices"
	"time"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"

	gen "louter/gen/gemini"
)

// chunk is one answer of the service: a whole one, a piece of a stream, or an
// error in the place of one.
type chunk struct {
	gen.GenerateContentResponse
	Error *gen.Status `json:"error,omitempty"`
}

// chunkShape makes snake_case answers readable: proxies write them
// (defects 63).
var chunkShape = shapeOf(reflect.TypeFor[chunk](), map[reflect.Type]*shape{})

// decoder turns chunks into events. It knows the end of a candidate only when
// the body has ended (see the package's decisions).
type decoder struct {
	mint   translate.Mint
	custom map[string]bool // functions that stand for free-form tools
	whole  bool            // one chunk is the whole answer

	out        []ir.Event
	started    bool
	blocked    bool
	candidates []*candidate
	blocks     int
	usage      usageTally
	dropped    map[ir.Loss]bool
}

var _ translate.Decoder = (*decoder)(nil)

// NewDecoder gives a decoder for one stream.
func (Back) NewDecoder(req *ir.Request, mint translate.Mint) translate.Decoder {
	return newDecoder(req, mint, false)
}

func newDecoder(req *ir.Request, mint translate.Mint, whole bool) *decoder {
	d := &decoder{mint: mint, whole: whole, dropped: map[ir.Loss]bool{}}
	if req != nil {
		d.custom = customTools(req.Tools)
	}
	return d
}

// Decode takes one frame. A frame that is no JSON of the service is an error
// and not skipped: what it said is missing from the answer.
func (d *decoder) Decode(dst []ir.Event, f wire.Frame) ([]ir.Event, error) {
	data := bytes.TrimSpace(f.Data)
	if len(data) == 0 || string(data) == "[DONE]" {
		return dst, nil // "[DONE]" is said by gateways that came from another dialect
	}
	d.out = dst
	err := d.decode(data)
	return d.out, err
}

func (d *decoder) decode(data []byte) error {
	if data[0] == '[' { // an error as the service puts it into a list
		if rpc := parseError(data); rpc != nil {
			d.out = append(d.out, ir.Fail{Err: classify(0, rpc)})
			return nil
		}
	}
	var c chunk
	losses, err := decodeBody(data, chunkShape, &c)
	if err != nil {
		return badChunk(err)
	}
	if c.Error != nil {
		d.out = append(d.out, ir.Fail{Err: classify(0, c.Error)})
		return nil
	}
	d.start(&c.GenerateContentResponse)
	for _, l := range losses {
		d.drop(l.Path, l.Why)
	}
	if err := d.feedback(c.PromptFeedback); err != nil {
		return err
	}
	for i := range c.Candidates {
		if err := d.candidate(&c.Candidates[i], place{list: "candidates", i: i}); err != nil {
			return err
		}
	}
	if c.ModelStatus != nil {
		d.drop("modelStatus", "has no counterpart")
	}
	if d.usage.add(c.UsageMetadata) {
		d.out = append(d.out, ir.Tally{Usage: d.usage.usage()})
	}
	return nil
}

func badChunk(err error) *ir.Error {
	return &ir.Error{Kind: ir.KindBadUpstream, Message: "The provider's answer cannot be read.", Retryable: true, Cause: err}
}

// drop tells of a loss once.
func (d *decoder) drop(path, why string) {
	loss := ir.Loss{Path: path, Why: why}
	if !d.dropped[loss] {
		d.dropped[loss] = true
		d.out = append(d.out, ir.Dropped{Loss: loss})
	}
}

func (d *decoder) start(r *gen.GenerateContentResponse) {
	if d.started {
		return
	}
	d.started = true
	begin := ir.Start{ID: deref(r.ResponseId), Model: deref(r.ModelVersion)}
	if created, err := time.Parse(time.RFC3339Nano, deref(r.CreateTime)); err == nil {
		begin.Created = created
	}
	if r.UsageMetadata != nil {
		begin.ServiceTier = trafficTiers[deref(r.UsageMetadata.TrafficType)]
	}
	d.out = append(d.out, begin)
}

// feedback: a block of the prompt is an answer of its own. One that comes
// after candidates have begun ends them.
func (d *decoder) feedback(f *gen.PromptFeedback) error {
	if f == nil {
		return nil
	}
	if len(f.SafetyRatings) > 0 {
		d.drop("promptFeedback.safetyRatings", "has no counterpart")
	}
	if f.BlockReason == nil || d.blocked {
		return nil
	}
	if len(d.candidates) > 0 {
		for _, c := range d.candidates {
			c.finish = ir.Finish{Reason: ir.FinishSafety, Native: string(*f.BlockReason), Message: deref(f.BlockReasonMessage)}
			c.finished = true
		}
		return nil
	}
	d.blocked = true
	d.out = append(d.out, ir.Blocked{Block: ir.Block{Reason: string(*f.BlockReason), Message: deref(f.BlockReasonMessage)}})
	return nil
}

// Close ends the candidates. A stream that ended without a finish reason, or
// without anything, is broken (promise 2); a blocked prompt is an end.
func (d *decoder) Close(dst []ir.Event) ([]ir.Event, error) {
	if !d.blocked && len(d.candidates) == 0 {
		return dst, cutShort("The provider's answer ended without a candidate.")
	}
	for _, c := range d.candidates {
		if !c.finished {
			return dst, cutShort("The provider's answer ended without a finish reason.")
		}
	}
	d.out = dst
	for _, c := range d.candidates {
		if err := d.end(c); err != nil {
			return d.out, err
		}
	}
	return d.out, nil
}

func cutShort(message string) *ir.Error {
	return &ir.Error{Kind: ir.KindBadUpstream, Message: message, Retryable: true}
}

func (d *decoder) end(c *candidate) error {
	if c.partial != nil {
		if err := d.endPartial(c); err != nil {
			return err
		}
	}
	if len(c.logprobs) > 0 {
		if c.open == nil {
			d.open(c, ir.Text{})
		}
		d.delta(c, "")
	}
	d.closeBlock(c)
	finish := c.finish
	if finish.Reason == ir.FinishStop && c.calls {
		finish.Reason = ir.FinishToolCalls
	}
	d.out = append(d.out, ir.Stop{Candidate: c.index, Finish: finish})
	return nil
}

// find gives the candidate of that index, which begins with its first chunk.
func (d *decoder) find(index int) *candidate {
	i := slices.IndexFunc(d.candidates, func(c *candidate) bool { return c.index == index })
	if i >= 0 {
		return d.candidates[i]
	}
	c := &candidate{index: index}
	d.candidates = append(d.candidates, c)
	return c
}
