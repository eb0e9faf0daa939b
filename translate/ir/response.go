package ir

import "time"

// Response is one whole answer.
type Response struct {
	ID      string
	Model   string // what the backend said
	Created time.Time
	// Candidates in order of index. Empty when the prompt was blocked.
	Candidates  []Candidate
	Block       *Block
	Usage       *Usage
	ServiceTier string
	Dropped     []Loss
}

// Drop records a loss.
func (r *Response) Drop(path, why string) {
	r.Dropped = append(r.Dropped, Loss{Path: path, Why: why})
}

// Candidate is one of the alternatives in an answer.
type Candidate struct {
	Index    int
	Parts    []Part
	Finish   Finish
	Logprobs []TokenLogprob
}

// Block says that the prompt itself was refused.
type Block struct {
	Reason  string // the provider's own word, e.g. SAFETY
	Message string
}

// FinishReason says why a candidate ended.
type FinishReason int

// Finish reasons, exact: nothing falls into one of these by default
// (defects 81). FinishOther keeps what the provider said in Finish.Native.
const (
	FinishUnset FinishReason = iota
	FinishStop
	FinishLength
	FinishToolCalls
	FinishSafety        // the answer was withheld for its content
	FinishRecitation    // for what it repeats
	FinishBlocklist     // for a forbidden word
	FinishProhibited    // for prohibited content
	FinishPersonal      // for personal data (SPII)
	FinishImageSafety   // the picture was withheld
	FinishImageOther    // no picture for another reason
	FinishLanguage      // unsupported language
	FinishMalformedCall // the model wrote a call that cannot be read
	FinishUnexpectedCall
	FinishOther
)

// Finish is how a candidate ended.
type Finish struct {
	Reason FinishReason
	// Native is the provider's own word, kept where the dialect has room.
	Native  string
	Message string
	// StopSequence is the string that was hit, where the wire tells.
	StopSequence string
}

// Usage counts tokens. Input and Output are whole; the others are parts of
// them (defects 56 to 58): Cached, ToolUse of Input; Reasoning of Output.
type Usage struct {
	Input, Output int64
	Cached        int64
	ToolUse       int64
	Reasoning     int64
	// InputBy and OutputBy split by modality, where the provider tells.
	InputBy, OutputBy, CachedBy map[Modality]int64
	AcceptedPrediction          int64
	RejectedPrediction          int64
}

// Total is Input plus Output.
func (u Usage) Total() int64 { return u.Input + u.Output }

// TokenLogprob is one chosen token and its rivals.
type TokenLogprob struct {
	Token   string
	ID      *int64
	Logprob float64
	Bytes   []int // nil: not told
	Top     []TokenLogprob
}
