package gemini

import (
	"encoding/json"
	"slices"
	"strings"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// skipSignature stands for the signature of a call that has none; it is taken
// as it is, not in base64 (ai.google.dev/gemini-api/docs/thought-signatures,
// defects 24).
const skipSignature = "skip_thought_signature_validator"

const (
	roleUser  = "user"
	roleModel = "model"
)

// contentsEncoder puts turns together as the service wants them: a function
// response follows its call at once, and all responses to one turn stand in
// one content, in the order of the calls (defects 7).
type contentsEncoder struct {
	*requestEncoder
	list    []gen.Content
	names   map[string]string // of calls, by id
	order   map[string]int    // of calls, by id
	ids     []string          // of the responses in the last content, if it holds any
	waiting []gen.Part        // media of results that the model takes only beside them
}

func (e *requestEncoder) contents() error {
	c := contentsEncoder{requestEncoder: e, names: map[string]string{}, order: map[string]int{}}
	for i, turn := range e.req.Turns {
		if turn.Name != "" {
			path, _ := turn.At(i)
			e.drop(path+".name", "Gemini has no names of participants")
		}
		var err error
		if turn.Role == ir.RoleModel {
			err = c.modelTurn(turn, i)
		} else {
			err = c.userTurn(turn, i)
		}
		if err != nil {
			return err
		}
	}
	c.flush()
	if len(c.list) == 0 || deref(c.list[0].Role) == roleModel {
		// The first turn must be the user's (defects 76).
		c.list = slices.Insert(c.list, 0, content(roleUser, emptyText()))
	}
	if err := c.system(); err != nil {
		return err
	}
	if e.traits.signatures {
		skipMissingSignatures(c.list)
	}
	e.out.Contents = c.list
	return nil
}

func content(role string, parts ...gen.Part) gen.Content {
	return gen.Content{Role: &role, Parts: parts}
}

// emptyText is the placeholder for nothing: a part without any field, and a
// content without parts, are refused (defects 74, 75).
func emptyText() gen.Part { return gen.Part{Text: new(string)} }

// modelTurn joins what one side said in several turns: a call must follow the
// user's turn at once.
func (c *contentsEncoder) modelTurn(turn ir.Turn, i int) error {
	c.flush()
	var parts []gen.Part
	for j, p := range turn.Parts {
		part, sent, err := c.modelPart(p, turn.PartAt(i, j))
		if err != nil {
			return err
		}
		if sent {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		parts = []gen.Part{emptyText()}
	}
	if n := len(c.list); n > 0 && deref(c.list[n-1].Role) == roleModel {
		c.list[n-1].Parts = append(c.list[n-1].Parts, parts...)
	} else {
		c.list = append(c.list, content(roleModel, parts...))
	}
	c.ids = nil
	return nil
}

func (c *contentsEncoder) modelPart(p ir.Part, path string) (part gen.Part, sent bool, err error) {
	switch p := p.(type) {
	case ir.Text:
		return gen.Part{Text: &p.Text, ThoughtSignature: c.signature(p.Seal, path)}, true, nil
	case ir.Refusal:
		return gen.Part{Text: &p.Text}, true, nil
	case ir.Reasoning:
		signature := c.signature(p.Seal, path)
		if signature == nil {
			// Without its proof a thought would be read as something said (defects 29).
			c.drop(path, "thinking without Google's signature is not sent back")
			return gen.Part{}, false, nil
		}
		thought := true
		return gen.Part{Text: &p.Text, Thought: &thought, ThoughtSignature: signature}, true, nil
	case ir.ToolCall:
		c.names[p.ID], c.order[p.ID] = p.Name, len(c.order)
		call := &gen.FunctionCall{Name: &p.Name}
		if c.traits.callIDs {
			call.Id = some(p.ID)
		}
		call.Args, err = encodeArgs(p)
		return gen.Part{FunctionCall: call, ThoughtSignature: c.signature(p.Seal, path)}, true, err
	case ir.Media:
		return c.mediaPart(p, path)
	}
	return gen.Part{}, false, ir.Invalid("", "A tool result cannot stand in the model's turn.")
}

// encodeArgs gives an object always: free-form input and arguments that are
// broken in the history go as a string inside one.
func encodeArgs(call ir.ToolCall) (json.RawMessage, error) {
	if call.Custom {
		return wrapInput(call.Args)
	}
	if strings.TrimSpace(call.Args) == "" {
		return json.RawMessage(`{}`), nil
	}
	if !isObject(call.Args) {
		return wrapText("arguments", call.Args)
	}
	return json.RawMessage(call.Args), nil
}

func isObject(text string) bool {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(trimmed, "{") && json.Valid([]byte(trimmed))
}

// signature gives a seal's token where it is Google's own: no other proof is
// ever sent there.
func (c *contentsEncoder) signature(s *ir.Seal, path string) *string {
	if s == nil || s.Token == "" {
		return nil
	}
	if s.Origin != ir.OriginGoogle {
		c.drop(path, "proof of another provider's thinking is not sent to Google")
		return nil
	}
	return &s.Token
}

// userTurn parts results from what else a turn holds.
func (c *contentsEncoder) userTurn(turn ir.Turn, i int) error {
	path, _ := turn.At(i)
	if turn.Role == ir.RoleSystem {
		c.drop(path+".role", "instructions in mid-conversation are sent as the user's")
	}
	var said []gen.Part
	results := false
	for j, p := range turn.Parts {
		part, sent, err := gen.Part{}, false, error(nil)
		switch p := p.(type) {
		case ir.ToolResult:
			results = true
			if err := c.result(p, turn.PartAt(i, j)); err != nil {
				return err
			}
			continue
		case ir.Text:
			part, sent = gen.Part{Text: &p.Text, ThoughtSignature: c.signature(p.Seal, path)}, true
		case ir.Media:
			part, sent, err = c.mediaPart(p, turn.PartAt(i, j))
		default:
			c.drop(turn.PartAt(i, j), "only a model can say this")
		}
		if err != nil {
			return err
		}
		if sent {
			said = append(said, part)
		}
	}
	if len(said) == 0 && results {
		return nil
	}
	if len(said) == 0 {
		said = []gen.Part{emptyText()}
	}
	said = append(c.waiting, said...)
	c.waiting, c.ids = nil, nil
	c.list = append(c.list, content(roleUser, said...))
	return nil
}

// flush sends media that waited for the responses of one turn to be complete.
func (c *contentsEncoder) flush() {
	if len(c.waiting) > 0 {
		c.list = append(c.list, content(roleUser, c.waiting...))
		c.waiting, c.ids = nil, nil
	}
}

// system writes the instructions; a model that takes none hears them at the
// head of the first user turn.
func (c *contentsEncoder) system() error {
	var parts []gen.Part
	for _, p := range c.req.System {
		text, isText := p.(ir.Text)
		if !isText {
			c.drop("system", "Gemini takes only text as instructions")
			continue
		}
		parts = append(parts, gen.Part{Text: &text.Text})
	}
	switch {
	case len(parts) == 0:
	case c.traits.system:
		c.out.SystemInstruction = &gen.Content{Parts: parts}
	case len(c.list[0].Parts) > 0 && c.list[0].Parts[0].FunctionResponse == nil:
		c.list[0].Parts = append(parts, c.list[0].Parts...)
	default:
		c.list = slices.Insert(c.list, 0, content(roleUser, parts...))
	}
	return nil
}

// skipMissingSignatures marks the first call of each step of the current turn
// that has no signature: those are checked, and no others. The turn begins
// with the last words of the user.
func skipMissingSignatures(list []gen.Content) {
	begin := 0
	for i := range list {
		if deref(list[i].Role) == roleUser && slices.ContainsFunc(list[i].Parts, func(p gen.Part) bool { return p.FunctionResponse == nil }) {
			begin = i
		}
	}
	for i := begin; i < len(list); i++ {
		if deref(list[i].Role) != roleModel {
			continue
		}
		first := slices.IndexFunc(list[i].Parts, func(p gen.Part) bool { return p.FunctionCall != nil })
		if first >= 0 && list[i].Parts[first].ThoughtSignature == nil {
			skip := skipSignature
			list[i].Parts[first].ThoughtSignature = &skip
		}
	}
}
