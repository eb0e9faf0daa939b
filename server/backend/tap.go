package backend

import (
	"bytes"
	"time"

	"github.com/tidwall/gjson"

	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// tap looks at copies of a passed answer with the decoder that translation
// uses, so that usage and time to first token have one meaning in both modes.
// It reads as little as it can: each event until the first that says
// something, and at the end the last that had the usage.
type tap struct {
	x       *exchange.Exchange
	outcome *exchange.Outcome
	decoder func() translate.Decoder
	marker  []byte // the usage's member, in quotes
	usage   []byte // the last event that had it
	first   translate.Decoder
}

// maxTapped bounds what is kept of an event: usage does not stand beside an image.
const maxTapped = 64 << 10

func (b *Backend) newTap(x *exchange.Exchange) *tap {
	return &tap{x: x, outcome: &x.Outcome, marker: []byte(`"` + b.speaks.UsageMember + `"`), decoder: func() translate.Decoder {
		return b.back.NewDecoder(&ir.Request{Stream: true}, b.shared.Mint)
	}}
}

// see is told of each event as it is passed.
func (t *tap) see(f wire.Frame) {
	if t.outcome.FirstToken.IsZero() {
		t.seekFirst(f)
	} else {
		t.outcome.LastToken = time.Now()
	}
	if len(f.Data) <= maxTapped && bytes.Contains(f.Data, t.marker) {
		t.usage = append(t.usage[:0], f.Data...)
	}
}

// detailed: each ending is looked at, and not just the first.
func (t *tap) detailed() bool { return t.x.Trace != nil && t.x.Trace.Detailed() }

// seeEnding is told of an event that ends a candidate.
func (t *tap) seeEnding(f wire.Frame) {
	if !t.detailed() || len(f.Data) > maxTapped {
		return
	}
	for _, e := range decodeOne(t.decoder(), f.Data) {
		if stop, ok := e.(ir.Stop); ok {
			t.x.NoteFinish(stop.Candidate, stop.Finish)
		}
	}
}

func (t *tap) seekFirst(f wire.Frame) {
	if t.first == nil {
		t.first = t.decoder()
	}
	events, err := t.first.Decode(nil, f)
	if err != nil {
		return // what cannot be read says nothing; the stream is passed all the same
	}
	for _, e := range events {
		noteToken(t.outcome, e)
	}
	if !t.outcome.FirstToken.IsZero() {
		t.first = nil
	}
}

// end reads the usage.
func (t *tap) end() {
	if len(t.usage) > 0 {
		t.outcome.Usage = usageOf(t.decoder(), t.usage)
	}
}

// tapWhole finds the usage of a passed answer that is no stream.
func (b *Backend) tapWhole(x *exchange.Exchange, body []byte) {
	if usage := gjson.GetBytes(body, b.speaks.UsageMember); usage.IsObject() {
		x.Outcome.Usage = b.speaks.DecodeUsage([]byte(usage.Raw))
	}
	if x.Trace == nil || !x.Trace.Detailed() || x.Call.Operation != translate.OpGenerate {
		return
	}
	if resp, err := b.back.DecodeResponse(&ir.Request{}, body, b.shared.Mint); err == nil {
		noteFinishes(x, resp)
	}
}

// usageOf reads one event's usage; nil: it tells none.
func usageOf(d translate.Decoder, data []byte) *ir.Usage {
	for _, e := range decodeOne(d, data) {
		if tally, ok := e.(ir.Tally); ok {
			return &tally.Usage
		}
	}
	return nil
}

// decodeOne reads an event as if it were the whole stream. What cannot be read
// says nothing: the stream is passed all the same.
func decodeOne(d translate.Decoder, data []byte) []ir.Event {
	events, err := d.Decode(nil, wire.Frame{Data: data})
	if err != nil {
		return nil
	}
	if more, err := d.Close(events); err == nil {
		return more
	}
	return events
}

// noteToken keeps when something was said.
func noteToken(o *exchange.Outcome, e ir.Event) {
	switch e.(type) {
	case ir.Open, ir.Delta:
		o.LastToken = time.Now()
		if o.FirstToken.IsZero() {
			o.FirstToken = o.LastToken
		}
	}
}
