package openaichat

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"louter/gen/openai"
	"louter/translate/ir"
)

func (c *choice) readFinish(in *openai.ChunkChoice) {
	word := *in.FinishReason
	reason, known := finishReasons[word]
	if !known {
		reason = ir.FinishOther
	}
	c.finished = true
	c.finish = ir.Finish{Reason: reason, Native: string(word)}
	if native := deref(in.NativeFinishReason); native != "" {
		c.finish.Native = native
	}
	for _, raw := range [...]json.RawMessage{in.MatchedStop, in.StopReason} {
		if stop := gjson.ParseBytes(raw); stop.Type == gjson.String {
			c.finish.StopSequence = stop.Str
		}
	}
}

// end closes what is open and tells how the candidate finished: a call makes
// "stop" a call (defects 4), and hides nothing else (defects 5).
func (c *choice) end() {
	c.sayPending()
	if c.held.Len() > 0 {
		c.add(ir.Text{}, c.d.shape.unwrap(c.held.String()), nil)
	}
	c.closeBlock()
	if len(c.sources) > 0 {
		c.d.drop(c.at("annotations"), "sources of text that had been sent already")
	}
	if c.sound != nil && c.sound.Data != "" {
		c.whole(*c.sound)
	}
	called, nameless := c.endCalls()
	if c.seal != nil { // proof of a turn that said nothing
		n := c.d.newBlock()
		c.emit(ir.Open{Candidate: c.index, Block: n, Part: ir.Reasoning{}})
		c.emit(ir.Close{Candidate: c.index, Block: n, Seal: c.seal})
	}
	finish := c.finish
	switch finish.Reason {
	case ir.FinishUnset, ir.FinishStop, ir.FinishToolCalls:
		finish.Reason = ir.FinishStop
		if called {
			finish.Reason = ir.FinishToolCalls
		} else if nameless {
			finish.Reason = ir.FinishMalformedCall
		}
	}
	c.emit(ir.Stop{Candidate: c.index, Finish: finish})
}
