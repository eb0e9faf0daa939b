package ir

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Collector folds a stream to the answer that the same backend gives when
// nobody asks for a stream. It is linear in the text.
type Collector struct {
	resp       Response
	candidates map[int]*collected
	blocks     map[int]*block
	err        error
}

type collected struct {
	Candidate
	blocks []*block
}

type block struct {
	candidate int
	part      Part
	text      strings.Builder
	seal      *Seal
	citations []Citation
}

// NewCollector gives a collector for one stream.
func NewCollector() *Collector {
	return &Collector{candidates: map[int]*collected{}, blocks: map[int]*block{}}
}

// Collect folds a whole stream.
func Collect(events []Event) (*Response, error) {
	c := NewCollector()
	for _, e := range events {
		c.Add(e)
	}
	return c.Response()
}

// Add takes the next event. Events against the grammar are remembered as an
// error of the whole and change nothing; see Checker for what it demands.
func (c *Collector) Add(e Event) {
	switch e := e.(type) {
	case Start:
		c.resp.ID, c.resp.Model, c.resp.Created = e.ID, e.Model, e.Created
		c.resp.ServiceTier = e.ServiceTier
	case Open:
		c.open(e)
	case Delta:
		if b := c.find(e, e.Block); b != nil {
			b.text.WriteString(e.Text)
			cand := c.candidate(b.candidate)
			cand.Logprobs = append(cand.Logprobs, e.Logprobs...)
		}
	case Close:
		if b := c.find(e, e.Block); b != nil {
			b.seal, b.citations = e.Seal, e.Citations
		}
	case Tally:
		usage := e.Usage
		c.resp.Usage = &usage
	case Stop:
		c.candidate(e.Candidate).Finish = e.Finish
	case Blocked:
		blocked := e.Block
		c.resp.Block = &blocked
	case Dropped:
		c.resp.Dropped = append(c.resp.Dropped, e.Loss)
	case Fail:
		if e.Err == nil {
			c.fail(errors.New("collect: Fail without an error"))
			return
		}
		c.fail(e.Err)
	default:
		c.fail(fmt.Errorf("collect: %T is not an event", e))
	}
}

// Response gives the answer so far. An error is that of a Fail event, or
// tells of events against the grammar; the answer beside it holds what was
// said before, for those who bill it.
func (c *Collector) Response() (*Response, error) {
	resp := c.resp
	resp.Candidates = nil
	for _, cand := range c.candidates {
		whole := cand.Candidate
		for _, b := range cand.blocks {
			whole.Parts = append(whole.Parts, b.whole())
		}
		resp.Candidates = append(resp.Candidates, whole)
	}
	slices.SortFunc(resp.Candidates, func(a, b Candidate) int { return a.Index - b.Index })
	return &resp, c.err
}

func (c *Collector) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *Collector) open(e Open) {
	if c.blocks[e.Block] != nil {
		c.fail(fmt.Errorf("collect: block %d opened twice", e.Block))
		return
	}
	b := &block{candidate: e.Candidate, part: e.Part}
	c.blocks[e.Block] = b
	cand := c.candidate(e.Candidate)
	cand.blocks = append(cand.blocks, b)
}

func (c *Collector) find(e Event, n int) *block {
	b := c.blocks[n]
	if b == nil {
		c.fail(fmt.Errorf("collect: %T of block %d, which was not opened", e, n))
	}
	return b
}

func (c *Collector) candidate(index int) *collected {
	cand := c.candidates[index]
	if cand == nil {
		cand = &collected{Candidate: Candidate{Index: index}}
		c.candidates[index] = cand
	}
	return cand
}

// whole is the part as opened, with what was added to it.
func (b *block) whole() Part {
	switch p := b.part.(type) {
	case Text:
		p.Text += b.text.String()
		p.Seal = orElse(b.seal, p.Seal)
		if b.citations != nil {
			p.Citations = b.citations
		}
		return p
	case Reasoning:
		p.Text += b.text.String()
		p.Seal = orElse(b.seal, p.Seal)
		return p
	case Refusal:
		p.Text += b.text.String()
		return p
	case ToolCall:
		p.Args += b.text.String()
		p.Seal = orElse(b.seal, p.Seal)
		return p
	case Media:
		p.Seal = orElse(b.seal, p.Seal)
		return p
	}
	return b.part
}

func orElse(seal, other *Seal) *Seal {
	if seal != nil {
		return seal
	}
	return other
}
