package openaichat

import (
	"encoding/json"
	"fmt"
	"strings"

	"louter/gen/openai"
	"louter/translate/ir"
)

func (d *requestDecoder) readMessages() error {
	if len(d.in.Messages) == 0 {
		return ir.Invalid("messages", "Invalid 'messages': at least one message is expected.")
	}
	leading := true
	for i := range d.in.Messages {
		m := &d.in.Messages[i]
		path := fmt.Sprintf("messages.%d", i)
		speaker, known := speakers[m.Role]
		if !known {
			return ir.Invalid(path+".role", "Invalid value for '%s.role': expected system, developer, user, assistant, tool or function.", path)
		}
		leading = leading && speaker == speakerInstructs
		if err := d.readMessage(m, speaker, leading, path); err != nil {
			return err
		}
	}
	return nil
}

func (d *requestDecoder) readMessage(m *openai.Message, who speaker, leading bool, path string) error {
	switch who {
	case speakerInstructs:
		parts, err := d.readContent(m.Content, path, who)
		if err != nil {
			return err
		}
		if leading {
			d.out.System = append(d.out.System, parts...)
			return nil
		}
		d.addTurn(ir.Turn{Role: ir.RoleSystem, Name: m.Name, Parts: parts, Path: path})
	case speakerUser:
		parts, err := d.readContent(m.Content, path, who)
		if err != nil {
			return err
		}
		d.addTurn(ir.Turn{Role: ir.RoleUser, Name: m.Name, Parts: parts, Path: path, Places: placesOf(m.Content, path)})
	case speakerModel:
		said, err := d.readAnswer(m, path)
		if err != nil {
			return err
		}
		d.addTurn(ir.Turn{Role: ir.RoleModel, Name: m.Name, Parts: said.parts, Path: path, Places: said.places})
	case speakerTool, speakerFunction:
		result, err := d.readResult(m, who, path)
		if err != nil {
			return err
		}
		d.addResult(result, path)
	}
	return nil
}

func (d *requestDecoder) addTurn(t ir.Turn) {
	t.Member = "content"
	d.out.Turns = append(d.out.Turns, t)
}

// addResult joins consecutive results to one turn: they answer one turn of
// the model, however many messages they take (defects 7).
func (d *requestDecoder) addResult(result ir.ToolResult, path string) {
	if n := len(d.out.Turns); n > 0 && endsInResult(d.out.Turns[n-1]) {
		last := &d.out.Turns[n-1]
		last.Parts, last.Places = append(last.Parts, result), append(last.Places, path+".content")
		return
	}
	d.addTurn(ir.Turn{Role: ir.RoleUser, Parts: []ir.Part{result}, Path: path, Places: []string{path + ".content"}})
}

func endsInResult(t ir.Turn) bool {
	if len(t.Parts) == 0 {
		return false
	}
	_, is := t.Parts[len(t.Parts)-1].(ir.ToolResult)
	return is
}

// readContent reads what must be there. Empty text is kept (defects 75).
func (d *requestDecoder) readContent(c openai.Content, path string, who speaker) ([]ir.Part, error) {
	switch {
	case c.IsText():
		return []ir.Part{ir.Text{Text: c.Text}}, nil
	case c.IsParts():
		return d.readParts(c.Parts, path+".content", who)
	}
	return nil, ir.Invalid(path+".content", "Invalid type for '%s.content': expected a string or an array of parts, but got null instead.", path)
}

func (d *requestDecoder) readParts(in []openai.ContentPart, path string, who speaker) ([]ir.Part, error) {
	parts := make([]ir.Part, 0, len(in))
	for i := range in {
		p, err := readPart(&in[i], fmt.Sprintf("%s.%d", path, i), who)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		parts = append(parts, ir.Text{}) // an empty array says as much as "" does
	}
	return parts, nil
}

func readPart(p *openai.ContentPart, path string, who speaker) (ir.Part, error) {
	switch p.Type {
	case openai.ContentPartTypeText:
		if p.Text == nil {
			return nil, ir.Invalid(path+".text", "Missing required parameter: '%s.text'.", path)
		}
		return ir.Text{Text: *p.Text, Seal: sealOf(p.ExtraContent)}, nil
	case openai.ContentPartTypeRefusal:
		if who == speakerModel && p.Refusal != nil {
			return ir.Refusal{Text: *p.Refusal}, nil
		}
		return nil, ir.Invalid(path+".refusal", "Invalid value for '%s': a refusal is a string that the assistant says.", path)
	case openai.ContentPartTypeThinking:
		if who != speakerModel {
			break
		}
		return ir.Reasoning{Text: p.Thinking.String(), Seal: sealOf(p.ExtraContent)}, nil
	case openai.ContentPartTypeImageURL, openai.ContentPartTypeInputAudio, openai.ContentPartTypeFile, openai.ContentPartTypeVideoURL:
		if who == speakerInstructs {
			break
		}
		m, err := readMedia(p, path)
		if err != nil {
			return nil, err
		}
		m.Seal = sealOf(p.ExtraContent)
		return m, nil
	}
	return nil, ir.Invalid(path+".type", "Invalid value for '%s.type': this role takes no such part.", path)
}

// placesOf: parts have their indexes; a text alone is the content.
func placesOf(c openai.Content, path string) []string {
	if c.IsText() {
		return []string{path + ".content"}
	}
	return nil
}

func readCall(c *openai.ToolCall, path string) (ir.ToolCall, error) {
	call := ir.ToolCall{ID: string(c.ID), Seal: sealOf(c.ExtraContent)}
	if call.ID == "" {
		return call, ir.Invalid(path+".id", "Missing required parameter: '%s.id'.", path)
	}
	switch {
	case c.Custom != nil && c.Type != openai.ToolTypeFunction:
		call.Custom, call.Name = true, c.Custom.Name
		if c.Custom.Input != nil {
			call.Args = *c.Custom.Input
		}
	case c.Function != nil && c.Type != openai.ToolTypeCustom:
		call.Name, call.Args = c.Function.Name, c.Function.Arguments.String()
	default:
		return call, ir.Invalid(path+".type", "Invalid value for '%s': expected a function or custom call.", path)
	}
	if call.Name == "" {
		return call, ir.Invalid(path+".function.name", "Missing required parameter: '%s.function.name'.", path)
	}
	return call, nil
}

// readResult reads a tool's message. Its call must have been made before.
func (d *requestDecoder) readResult(m *openai.Message, who speaker, path string) (ir.ToolResult, error) {
	result, err := d.pairResult(m, who, path)
	if err != nil {
		return result, err
	}
	switch {
	case m.Content.IsText():
		if raw := structured(m.Content.Text); raw != nil {
			result.Data = raw
		} else if m.Content.Text != "" {
			result.Content = []ir.Part{ir.Text{Text: m.Content.Text}}
		}
	case m.Content.IsParts():
		result.Content, err = d.readParts(m.Content.Parts, path+".content", speakerTool)
	}
	return result, err
}

func (d *requestDecoder) pairResult(m *openai.Message, who speaker, path string) (ir.ToolResult, error) {
	if who == speakerFunction {
		return d.pairFunction(m, path)
	}
	id := string(m.ToolCallID)
	if id == "" {
		return ir.ToolResult{}, ir.Invalid(path+".tool_call_id", "Missing required parameter: '%s.tool_call_id'.", path)
	}
	name, known := d.toolNames[id]
	if !known {
		return ir.ToolResult{}, ir.Invalid(path+".tool_call_id", "Invalid value for '%s.tool_call_id': a message of role 'tool' must answer an earlier message with 'tool_calls'.", path)
	}
	return ir.ToolResult{CallID: id, Name: name}, nil
}

// pairFunction finds the oldest call of the function that has no result yet
// (defects 12, 15).
func (d *requestDecoder) pairFunction(m *openai.Message, path string) (ir.ToolResult, error) {
	if m.Name == "" {
		return ir.ToolResult{}, ir.Invalid(path+".name", "Missing required parameter: '%s.name'.", path)
	}
	waiting := d.open[m.Name]
	if len(waiting) == 0 {
		return ir.ToolResult{}, ir.Invalid(path+".name", "Invalid value for '%s.name': a message of role 'function' must answer an earlier 'function_call'.", path)
	}
	d.open[m.Name] = waiting[1:]
	return ir.ToolResult{CallID: waiting[0], Name: m.Name}, nil
}

// structured is the text where it is a JSON object or array: dialects with
// structured results take it as it is.
func structured(text string) json.RawMessage {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || !json.Valid([]byte(text)) {
		return nil
	}
	return json.RawMessage(text)
}
