package openaichat

import (
	"strings"

	"github.com/tidwall/gjson"

	"louter/gen/openai"
	"louter/translate/ir"
)

// callState is one tool call as it is being read. Its block opens when its
// name is known (defects 22).
type callState struct {
	index  *int64 // as the server numbers it; nil: it does not
	id     string
	name   string
	args   strings.Builder // what waits for the opening, or for the end
	seal   *ir.Seal
	custom bool // the server has free-form tools itself
	block  int
	opened bool
}

// readCall finds the call that a piece belongs to. Servers leave out indexes
// or ids, or give every call index 0 (defects 1 to 3, 20, 21).
func (c *choice) readCall(in *openai.ToolCall, whole bool) {
	s := c.findCall(in, whole)
	if in.ID != "" && s.id == "" {
		s.id = string(in.ID)
	}
	if seal := sealOf(in.ExtraContent); seal != nil {
		s.seal = seal
	}
	name, args := "", ""
	switch {
	case in.Custom != nil:
		s.custom, name, args = true, in.Custom.Name, deref(in.Custom.Input)
	case in.Function != nil:
		name, args = in.Function.Name, in.Function.Arguments.String()
	}
	c.fill(s, name, args)
}

func (c *choice) fill(s *callState, name, args string) {
	if name != "" && !s.opened {
		s.name += name
	}
	switch {
	case s.opened && !c.unwraps(s):
		if args != "" {
			c.emit(ir.Delta{Candidate: c.index, Block: s.block, Text: args})
		}
	default:
		s.args.WriteString(args)
		c.openCall(s)
	}
}

// openCall opens the block once the name is known. Arguments of a function
// that stands for a free-form tool wait for their end.
func (c *choice) openCall(s *callState) {
	if s.opened || s.name == "" {
		return
	}
	c.closeBlock()
	if s.id == "" {
		s.id = c.d.mint.ID("call_")
	}
	s.name = c.d.names.toClient(s.name)
	s.opened, s.block = true, c.d.newBlock()
	c.emit(ir.Open{Candidate: c.index, Block: s.block, Part: ir.ToolCall{ID: s.id, Name: s.name, Custom: s.custom || c.unwraps(s)}})
	if s.args.Len() > 0 && !c.unwraps(s) {
		c.emit(ir.Delta{Candidate: c.index, Block: s.block, Text: s.args.String()})
		s.args.Reset()
	}
}

// unwraps says whether a function call stands for a free-form tool.
func (c *choice) unwraps(s *callState) bool { return !s.custom && c.d.names.custom[s.name] }

func (c *choice) findCall(in *openai.ToolCall, whole bool) *callState {
	id := string(in.ID)
	if !whole {
		if in.Index != nil {
			for i := len(c.calls) - 1; i >= 0; i-- {
				s := c.calls[i]
				if s.index == nil || *s.index != in.Index.Int64() {
					continue
				}
				if id != "" && s.id != "" && id != s.id {
					break // the same index for another call
				}
				return s
			}
		} else if s := c.unnumbered(in, id); s != nil {
			return s
		}
	}
	s := &callState{}
	if in.Index != nil {
		n := in.Index.Int64()
		s.index = &n
	}
	c.calls = append(c.calls, s)
	return s
}

// unnumbered finds the call of a piece without an index: by its id, else the
// last one, unless the piece begins a call of its own.
func (c *choice) unnumbered(in *openai.ToolCall, id string) *callState {
	for _, s := range c.calls {
		if id != "" && s.id == id {
			return s
		}
	}
	begins := id != "" || in.Function != nil && in.Function.Name != "" || in.Custom != nil && in.Custom.Name != ""
	if begins || len(c.calls) == 0 {
		return nil
	}
	return c.calls[len(c.calls)-1]
}

// readFunctionCall reads the older form, of which a message has one.
func (c *choice) readFunctionCall(f *openai.FunctionCall) {
	if len(c.calls) == 0 {
		c.calls = append(c.calls, &callState{})
	}
	c.fill(c.calls[0], f.Name, f.Arguments.String())
}

// endCalls closes the calls. One without a name cannot be run by anybody.
func (c *choice) endCalls() (called, nameless bool) {
	for _, s := range c.calls {
		if !s.opened {
			nameless = true
			c.d.drop("choices.message.tool_calls", "a call without a name")
			continue
		}
		called = true
		if c.unwraps(s) {
			c.emit(ir.Delta{Candidate: c.index, Block: s.block, Text: unwrapInput(s.args.String())})
		}
		c.emit(ir.Close{Candidate: c.index, Block: s.block, Seal: s.seal})
	}
	return called, nameless
}

func unwrapInput(args string) string {
	if input := gjson.Get(args, customInput); input.Type == gjson.String && gjson.Valid(args) {
		return input.Str
	}
	return args
}

// unwrap takes out what was put into an object for the server's sake. An
// answer that was cut short stays as it came.
func (s answerShape) unwrap(text string) string {
	if !gjson.Valid(text) {
		return text
	}
	value := gjson.Get(text, wrapKey)
	switch {
	case !value.Exists():
		return text
	case s.plain && value.Type == gjson.String:
		return value.Str
	}
	return value.Raw
}
