package ir

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Request is one generation request. Pointers distinguish "not said" (nil)
// from a zero that the client did say.
type Request struct {
	Model  string
	Stream bool
	// StreamUsage says that the client asked for usage in the stream
	// (Chat Completions: stream_options.include_usage). Gemini always tells it.
	StreamUsage bool

	System []Part // instructions, in order; Text and Media only
	Turns  []Turn

	Tools      []Tool
	ToolChoice ToolChoice
	// ParallelToolCalls: nil leaves it to the backend.
	ParallelToolCalls *bool

	Output    Output
	Reasoning ReasoningOptions
	Sampling  Sampling

	Safety        []SafetySetting
	CachedContent string // resource name of a cached context at the origin
	ServiceTier   string
	Labels        map[string]string // metadata that the provider stores with the answer

	// Spelling tells how the client writes members that encoders know by one name
	// ("top_k": "generationConfig.topK"), so that it hears of its own; what is
	// missing has the same name. It is never written to.
	Spelling map[string]string

	// Dropped lists what the decoder met and this model has no place for.
	// Encoders append what their wire has no place for.
	Dropped []Loss
}

// Role says who speaks a turn.
type Role int

// Roles. Tool results are parts of a user turn; a system turn stands only
// where a dialect puts instructions in mid-conversation.
const (
	RoleUser Role = iota
	RoleModel
	RoleSystem
)

// Turn is what one side said before the other answered.
type Turn struct {
	Role  Role
	Name  string // participant name, where the dialect has one
	Parts []Part
	// Path is where the turn stands in the client's request, and Member what
	// holds its parts there ("messages.3" and "content"); empty in turns that
	// no client wrote. Losses and refusals name them.
	Path, Member string
	// Places says where each part stands, where that is not Member.INDEX.
	Places []string
}

// PartAt gives the path of a part of the i-th turn.
func (t Turn) PartAt(i, part int) string {
	if part < len(t.Places) {
		return t.Places[part]
	}
	_, parts := t.At(i)
	return parts + "." + strconv.Itoa(part)
}

// At gives the paths of a turn, the i-th of its request, and of its parts.
func (t Turn) At(i int) (turn, parts string) {
	if t.Path == "" {
		turn = "turns." + strconv.Itoa(i)
		return turn, turn + ".parts"
	}
	return t.Path, t.Path + "." + t.Member
}

// ToolKind tells a function that the client runs from tools that the
// provider runs itself.
type ToolKind int

// Tool kinds that more than one protocol knows.
const (
	ToolFunction ToolKind = iota
	ToolWebSearch
	ToolCustom // one free-form string as input (Chat Completions "custom")
)

// Tool is one declaration offered to the model.
type Tool struct {
	Kind        ToolKind
	Name        string
	Description string
	// Parameters is a JSON Schema (not Gemini's dialect of it); nil: none.
	Parameters json.RawMessage
	// Result is the JSON Schema of what the tool returns; nil: none.
	Result json.RawMessage
	Strict *bool
	// Grammar binds the input of a custom tool; nil: free text.
	Grammar *Grammar
	Path    string // where the client wrote it, for Loss and errors
}

// Grammar is what the input of a custom tool must follow (reports F05).
type Grammar struct{ Syntax, Definition string } // lark or regex

// ToolMode says whether the model may, must or must not call tools.
type ToolMode int

// Tool modes. ToolUnset leaves the wire's own default.
const (
	ToolUnset ToolMode = iota
	ToolAuto
	ToolNone
	ToolRequired
	// ToolValidated is auto with schema-checked calls (Gemini VALIDATED).
	ToolValidated
)

// ToolChoice restricts tool use. Names, where not empty, are the only
// functions allowed under the mode.
type ToolChoice struct {
	Mode  ToolMode
	Names []string
}

// OutputKind says what form the text of the answer has.
type OutputKind int

// Output kinds.
const (
	OutputUnset OutputKind = iota
	OutputText
	OutputJSON       // any JSON value
	OutputJSONSchema // JSON by Output.Schema
	OutputEnum       // one of the schema's enum values as plain text (text/x.enum)
)

// Output says what the answer must look like.
type Output struct {
	Kind        OutputKind
	Name        string
	Description string
	Schema      json.RawMessage // JSON Schema
	Strict      *bool
	Modalities  []Modality // empty: text
	Audio       *AudioOutput
	Image       *ImageOutput
	// Verbosity is low, medium or high; empty where not said.
	Verbosity string
}

// AudioOutput asks for speech.
type AudioOutput struct {
	Voice    string
	Format   string // wav, mp3, flac, opus, pcm16; empty: the backend's own
	Language string
}

// ImageOutput asks for a picture's form.
type ImageOutput struct {
	AspectRatio string
	Size        string
}

// ReasoningOptions: how much the model thinks, and whether it shows it.
type ReasoningOptions struct {
	// Effort is none, minimal, low, medium, high or xhigh; empty: not said.
	Effort string
	// Budget counts thinking tokens; 0 turns thinking off, -1 leaves it to
	// the model.
	Budget *int
	// Include asks for thinking text or summaries in the answer.
	Include *bool
}

// Sampling holds the numbers that steer decoding.
type Sampling struct {
	Temperature      *float64
	TopP             *float64
	TopK             *float64
	MaxTokens        *int64
	Stop             []string
	Candidates       *int64 // n, candidateCount
	Seed             *int64
	PresencePenalty  *float64
	FrequencyPenalty *float64
	Logprobs         *bool
	TopLogprobs      *int64
}

// SafetySetting is one category's threshold, in Google's own names (the one
// vocabulary there is: Chat Completions carries it in extra_body.google).
type SafetySetting struct{ Category, Threshold string }

// Loss is one field that could not be carried.
type Loss struct {
	Path string // where it stood in the source, dotted, with indexes
	Why  string // a short sentence for the log and for strict refusals
}

// Drop records a loss.
func (r *Request) Drop(path, why string) {
	r.Dropped = append(r.Dropped, Loss{Path: r.Named(path), Why: why})
}

// Named gives a path in the client's words.
func (r *Request) Named(path string) string {
	for head := path; head != ""; {
		if own, known := r.Spelling[head]; known {
			return own + path[len(head):]
		}
		head = head[:max(strings.LastIndexByte(head, '.'), 0)]
	}
	return path
}
