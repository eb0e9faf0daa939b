package translate

import (
	"slices"

	"louter/translate/ir"
)

// Edits are the changes that a backend's configuration asks for in every
// request it gets: the small-model aids and the instructions. On converted
// routes they are applied to the neutral request, on pass-through to the
// bytes, by the protocol's Editor.
type Edits struct {
	// Model is the backend's name for the model; empty keeps the client's.
	Model string
	// System replaces the client's instructions altogether; nil keeps them.
	System *string
	// Instruction is added by Mode: append, prepend or override.
	Instruction string
	Mode        string
	// AllowedTools, where not empty, removes every other function.
	AllowedTools []string
	// MaxTurns keeps the last n turns that users began; 0 keeps all.
	MaxTurns int
	// MaxTokens is for requests that name none; 0 adds none.
	MaxTokens int64
	// MaxTokensField is max_tokens, max_completion_tokens, both or auto.
	MaxTokensField string
	// Temperature is for requests that name none, or for all under Override.
	Temperature *float64
	Override    bool
	// StreamUsage asks the backend for usage in its stream.
	StreamUsage bool
}

// Editor makes Edits in the bytes of a request and changes nothing else: no
// re-marshalling, so unknown fields, order, spacing and numbers survive.
type Editor interface {
	EditRequest(call Call, e Edits) (Call, error)
}

// Apply makes the edits in the neutral request. The model is left to the
// caller, who sets it whether or not there are edits.
func (e Edits) Apply(r *ir.Request) {
	e.applyInstructions(r)
	e.applyTools(r)
	e.applyTurns(r)
	if e.MaxTokens > 0 && r.Sampling.MaxTokens == nil {
		n := e.MaxTokens
		r.Sampling.MaxTokens = &n
	}
	if e.Temperature != nil && (e.Override || r.Sampling.Temperature == nil) {
		t := *e.Temperature
		r.Sampling.Temperature = &t
	}
}

// applyInstructions: a whole replacement wins over the backend's own
// instruction, which wins over the client's.
func (e Edits) applyInstructions(r *ir.Request) {
	if e.System != nil {
		r.System = []ir.Part{ir.Text{Text: *e.System}}
		return
	}
	if e.Instruction == "" {
		return
	}
	own := ir.Text{Text: e.Instruction}
	switch e.Mode {
	case "override":
		r.System = []ir.Part{own}
	case "prepend":
		r.System = append([]ir.Part{own}, r.System...)
	default:
		r.System = append(r.System[:len(r.System):len(r.System)], own)
	}
}

func (e Edits) applyTools(r *ir.Request) {
	if len(e.AllowedTools) == 0 {
		return
	}
	allowed := make(map[string]bool, len(e.AllowedTools))
	for _, name := range e.AllowedTools {
		allowed[name] = true
	}
	kept := make([]ir.Tool, 0, len(r.Tools))
	for _, t := range r.Tools {
		if t.Kind == ir.ToolWebSearch || allowed[t.Name] {
			kept = append(kept, t)
		}
	}
	r.Tools = kept
	if len(kept) == 0 {
		r.ToolChoice = ir.ToolChoice{}
	}
	// A name that is not declared is refused.
	r.ToolChoice.Names = slices.DeleteFunc(slices.Clone(r.ToolChoice.Names), func(name string) bool { return !allowed[name] })
}

// applyTurns cuts before a turn that a user began in words, so that no tool
// result loses its call.
func (e Edits) applyTurns(r *ir.Request) {
	if e.MaxTurns <= 0 {
		return
	}
	seen := 0
	for i := len(r.Turns) - 1; i >= 0; i-- {
		if !startsExchange(r.Turns[i]) {
			continue
		}
		if seen++; seen == e.MaxTurns {
			r.Turns = r.Turns[i:]
			return
		}
	}
}

func startsExchange(t ir.Turn) bool {
	if t.Role != ir.RoleUser {
		return false
	}
	for _, p := range t.Parts {
		if _, isResult := p.(ir.ToolResult); isResult {
			return false
		}
	}
	return true
}
