package ir

import "time"

// Event is one step of a streamed answer. The set is sealed: Start, Open,
// Delta, Close, Tally, Stop, Fail.
//
// Grammar, enforced by Check: one Start first; a block is opened, filled and
// closed, and its number is used once in a stream; per candidate at most one
// Stop, after its blocks are closed; Tally anywhere, the last one counts;
// after Fail nothing.
type Event interface{ event() }

// Start begins the answer. The empty string means the backend has not said.
type Start struct {
	ID          string
	Model       string
	Created     time.Time
	ServiceTier string
}

// Open begins a block: one part of one candidate.
type Open struct {
	Candidate int
	Block     int
	// Part says the kind and what is known at the start: Text{}, Reasoning{},
	// Refusal{}, ToolCall{ID, Name} (Args empty), or a whole Media.
	Part Part
}

// Delta adds to a block: text, thinking, refusal, or JSON of arguments.
type Delta struct {
	Candidate int
	Block     int
	Text      string
	Logprobs  []TokenLogprob
}

// Close ends a block. Seal and Citations belong to the block's part.
type Close struct {
	Candidate int
	Block     int
	Seal      *Seal
	Citations []Citation
}

// Tally tells usage so far; final numbers win (reports F10).
type Tally struct{ Usage Usage }

// Stop ends a candidate.
type Stop struct {
	Candidate int
	Finish    Finish
}

// Blocked says that the prompt was refused; no candidate follows.
type Blocked struct{ Block Block }

// Dropped tells of a field of the answer that cannot be carried.
type Dropped struct{ Loss Loss }

// Fail ends the whole stream with an error.
type Fail struct{ Err *Error }

func (Start) event()   {}
func (Open) event()    {}
func (Delta) event()   {}
func (Close) event()   {}
func (Tally) event()   {}
func (Stop) event()    {}
func (Blocked) event() {}
func (Dropped) event() {}
func (Fail) event()    {}
