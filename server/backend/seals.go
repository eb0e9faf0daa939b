package backend

import (
	"github.com/maypok86/otter/v2"

	"louter/server/exchange"
	"louter/translate/ir"
)

const rememberedSeals = 20_000

// Seals remembers the proof that belongs to a tool call, for clients that
// send the call back without it. The key holds the tenant (promise 7).
type Seals struct{ byCall *otter.Cache[string, ir.Seal] }

// NewSeals makes an empty memory, bounded in entries.
func NewSeals() (*Seals, error) {
	c, err := otter.New(&otter.Options[string, ir.Seal]{MaximumSize: rememberedSeals})
	if err != nil {
		return nil, err
	}
	return &Seals{byCall: c}, nil
}

// Close ends what the memory runs.
func (s *Seals) Close() { s.byCall.StopAllGoroutines() }

func (s *Seals) put(tenant, callID string, seal ir.Seal) {
	if callID != "" {
		s.byCall.Set(tenant+"\x00"+callID, seal)
	}
}

// keep remembers the seals of a whole answer.
func (s *Seals) keep(tenant string, resp *ir.Response) {
	for _, c := range resp.Candidates {
		for _, p := range c.Parts {
			if call, ok := p.(ir.ToolCall); ok && call.Seal != nil {
				s.put(tenant, call.ID, *call.Seal)
			}
		}
	}
}

// recall puts remembered seals on calls that came back without.
func (s *Seals) recall(tenant string, req *ir.Request) {
	for _, t := range req.Turns {
		for i, p := range t.Parts {
			call, ok := p.(ir.ToolCall)
			if !ok || call.Seal != nil || call.ID == "" {
				continue
			}
			if seal, found := s.byCall.GetIfPresent(tenant + "\x00" + call.ID); found {
				call.Seal = &seal
				t.Parts[i] = call
			}
		}
	}
}

// observer sees the events of one stream: usage for the log, seals for the
// next turn.
type observer struct {
	x     *exchange.Exchange
	seals *Seals
	calls map[int]string // block → tool-call id
}

func newObserver(x *exchange.Exchange, seals *Seals) *observer {
	return &observer{x: x, seals: seals}
}

// lost notes what the client's dialect could not say.
func (o *observer) lost(losses []ir.Loss) { o.x.Outcome.Drop(losses...) }

func (o *observer) see(e ir.Event) {
	noteToken(&o.x.Outcome, e)
	switch e := e.(type) {
	case ir.Open:
		if call, ok := e.Part.(ir.ToolCall); ok {
			if o.calls == nil {
				o.calls = map[int]string{}
			}
			o.calls[e.Block] = call.ID
			if call.Seal != nil {
				o.seals.put(o.x.Tenant, call.ID, *call.Seal)
			}
		}
	case ir.Close:
		if id := o.calls[e.Block]; id != "" && e.Seal != nil {
			o.seals.put(o.x.Tenant, id, *e.Seal)
		}
	case ir.Tally:
		usage := e.Usage
		o.x.Outcome.Usage = &usage
	case ir.Stop:
		o.x.NoteFinish(e.Candidate, e.Finish)
	case ir.Dropped:
		o.x.Outcome.Drop(e.Loss)
	}
}
