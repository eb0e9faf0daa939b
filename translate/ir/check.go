package ir

import (
	"errors"
	"fmt"
)

// Checker holds a sequence of events against the grammar that Event states.
// Every decoder is run under one in tests.
type Checker struct {
	started bool
	blocked bool
	failed  bool
	// blocks tells of each number that was used, open or closed.
	blocks map[int]*checkedBlock
	// stopped has a key for each candidate that was heard of.
	stopped map[int]bool
}

type checkedBlock struct {
	candidate int
	part      Part
	closed    bool
}

// NewChecker gives a checker for one stream.
func NewChecker() *Checker {
	return &Checker{blocks: map[int]*checkedBlock{}, stopped: map[int]bool{}}
}

// Check holds a whole stream against the grammar.
func Check(events []Event) error {
	c := NewChecker()
	for i, e := range events {
		if err := c.Add(e); err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
	}
	return c.End()
}

// Add says what is wrong with the next event.
func (c *Checker) Add(e Event) error {
	if c.failed {
		return fmt.Errorf("%T after Fail", e)
	}
	switch e := e.(type) {
	case Fail:
		// Also before Start: a stream may consist of an error alone.
		c.failed = true
		if e.Err == nil {
			return errors.New("Fail without an error")
		}
		return nil
	case Start:
		if c.started {
			return errors.New("second Start")
		}
		c.started = true
		return nil
	}
	if !c.started {
		return fmt.Errorf("%T before Start", e)
	}
	switch e := e.(type) {
	case Open:
		return c.open(e)
	case Delta:
		return c.delta(e)
	case Close:
		return c.close(e)
	case Stop:
		return c.stop(e)
	case Blocked:
		if c.blocked || len(c.stopped) > 0 {
			return errors.New("Blocked after a candidate or another Blocked")
		}
		c.blocked = true
		return nil
	case Tally, Dropped:
		return nil
	}
	return fmt.Errorf("%T is not an event", e)
}

// End says what is missing at the end of the stream.
func (c *Checker) End() error {
	if c.failed {
		return nil
	}
	if !c.started {
		return errors.New("no Start")
	}
	for n, b := range c.blocks {
		if !b.closed {
			return fmt.Errorf("block %d was not closed", n)
		}
	}
	for candidate, stopped := range c.stopped {
		if !stopped {
			return fmt.Errorf("candidate %d did not stop", candidate)
		}
	}
	if len(c.stopped) == 0 && !c.blocked {
		return errors.New("neither a candidate nor Blocked")
	}
	return nil
}

func (c *Checker) open(e Open) error {
	switch {
	case c.blocked:
		return errors.New("Open after Blocked")
	case e.Candidate < 0:
		return fmt.Errorf("Open of candidate %d", e.Candidate)
	case c.stopped[e.Candidate]:
		return fmt.Errorf("Open after candidate %d stopped", e.Candidate)
	case c.blocks[e.Block] != nil:
		return fmt.Errorf("block %d opened twice", e.Block)
	}
	switch p := e.Part.(type) {
	case Text, Reasoning, Refusal, Media:
	case ToolCall:
		if p.Args != "" {
			return fmt.Errorf("block %d opened with arguments: they belong into a Delta", e.Block)
		}
	default:
		return fmt.Errorf("block %d opened with %T", e.Block, e.Part)
	}
	c.stopped[e.Candidate] = false
	c.blocks[e.Block] = &checkedBlock{candidate: e.Candidate, part: e.Part}
	return nil
}

// find gives the open block that e speaks of.
func (c *Checker) find(e Event, candidate, block int) (*checkedBlock, error) {
	b := c.blocks[block]
	switch {
	case b == nil:
		return nil, fmt.Errorf("%T of block %d, which was not opened", e, block)
	case b.closed:
		return nil, fmt.Errorf("%T of block %d, which is closed", e, block)
	case b.candidate != candidate:
		return nil, fmt.Errorf("%T of block %d names candidate %d, not %d", e, block, candidate, b.candidate)
	}
	return b, nil
}

func (c *Checker) delta(e Delta) error {
	b, err := c.find(e, e.Candidate, e.Block)
	if err != nil {
		return err
	}
	if _, whole := b.part.(Media); whole {
		return fmt.Errorf("Delta of block %d, which is media and came whole", e.Block)
	}
	return nil
}

func (c *Checker) close(e Close) error {
	b, err := c.find(e, e.Candidate, e.Block)
	if err != nil {
		return err
	}
	if _, isText := b.part.(Text); !isText && len(e.Citations) > 0 {
		return fmt.Errorf("Close of block %d has citations for %T", e.Block, b.part)
	}
	if _, isRefusal := b.part.(Refusal); isRefusal && e.Seal != nil {
		return fmt.Errorf("Close of block %d has a seal for a refusal", e.Block)
	}
	b.closed = true
	return nil
}

func (c *Checker) stop(e Stop) error {
	switch {
	case c.blocked:
		return errors.New("Stop after Blocked")
	case e.Candidate < 0:
		return fmt.Errorf("Stop of candidate %d", e.Candidate)
	case c.stopped[e.Candidate]:
		return fmt.Errorf("candidate %d stopped twice", e.Candidate)
	}
	for n, b := range c.blocks {
		if b.candidate == e.Candidate && !b.closed {
			return fmt.Errorf("candidate %d stopped with block %d open", e.Candidate, n)
		}
	}
	c.stopped[e.Candidate] = true
	return nil
}
