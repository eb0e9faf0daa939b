package openaichat

import (
	"fmt"
	"strings"

	"louter/gen/openai"
	"louter/translate/ir"
	"louter/translate/rawjson"
)

func (e *requestEncoder) writeMessages() error {
	e.out.Messages = make([]openai.Message, 0, len(e.req.Turns)+1)
	if text := e.instructions(e.req.System, "system"); text != "" || e.shape.instruct != "" {
		if text != "" && e.shape.instruct != "" {
			text += "\n\n"
		}
		e.say(openai.RoleSystem, openai.TextContent(text+e.shape.instruct))
	}
	for i := 0; i < len(e.req.Turns); {
		t, next := e.req.Turns[i], i+1
		path, _ := t.At(i)
		var err error
		switch t.Role {
		case ir.RoleSystem:
			e.say(openai.Role(e.p.MidInstructions), openai.TextContent(e.instructions(t.Parts, path)))
		case ir.RoleModel:
			for next < len(e.req.Turns) && e.req.Turns[next].Role == ir.RoleModel {
				next++
			}
			err = e.writeAnswer(i, next)
		default:
			err = e.writeUser(t, i)
		}
		if err != nil {
			return err
		}
		i = next
	}
	if n := len(e.out.Messages); e.p.Prefill && n > 0 && e.out.Messages[n-1].Role == openai.RoleAssistant {
		prefix := true
		e.out.Messages[n-1].Prefix = &prefix
	}
	return nil
}

func (e *requestEncoder) say(role openai.Role, content openai.Content) {
	e.out.Messages = append(e.out.Messages, openai.Message{Role: role, Content: content})
}

// instructions joins what the model is told; each part was a paragraph.
func (e *requestEncoder) instructions(parts []ir.Part, path string) string {
	texts := make([]string, 0, len(parts))
	for _, p := range parts {
		if t, isText := p.(ir.Text); isText {
			texts = append(texts, t.Text)
			continue
		}
		e.drop(path, "instructions are text alone")
	}
	return strings.Join(texts, "\n\n")
}

// writeUser writes results of tools before anything else: each is a message
// that must follow the calls at once.
func (e *requestEncoder) writeUser(t ir.Turn, i int) error {
	var said []ir.Part
	var places []string
	results := 0
	for j, p := range t.Parts {
		result, isResult := p.(ir.ToolResult)
		if !isResult {
			said, places = append(said, p), append(places, t.PartAt(i, j))
			continue
		}
		results++
		for k, media := range e.writeResult(result) {
			said, places = append(said, media), append(places, fmt.Sprintf("%s.content.%d", t.PartAt(i, j), k))
		}
	}
	if len(said) == 0 && results > 0 {
		return nil
	}
	if results > 0 && e.p.AfterTools != "" {
		e.say(openai.RoleAssistant, openai.TextContent(e.p.AfterTools))
	}
	content, err := e.content(said, places)
	if err != nil {
		return err
	}
	m := openai.Message{Role: openai.RoleUser, Content: content}
	if t.Name != "" && e.p.has("message_name") {
		m.Name = t.Name
	} else if t.Name != "" {
		path, _ := t.At(i)
		e.drop(path+".name", notTaken)
	}
	e.out.Messages = append(e.out.Messages, m)
	return nil
}

// writeResult writes one tool message. Pictures cannot stand in it: they are
// given back, for the user's message that follows (reports F07).
func (e *requestEncoder) writeResult(r ir.ToolResult) (media []ir.Part) {
	var texts []string
	for _, p := range r.Content {
		switch p := p.(type) {
		case ir.Text:
			texts = append(texts, p.Text)
		default:
			media = append(media, p)
		}
	}
	text := strings.Join(texts, "\n")
	if r.Data != nil {
		text = string(rawjson.Compact(r.Data))
	}
	if r.IsError {
		if r.Data == nil {
			text = string(rawjson.String(text))
		}
		text = `{"error":` + text + `}`
	}
	m := openai.Message{Role: openai.RoleTool, Content: openai.TextContent(text), ToolCallID: openai.LooseString(e.names.callID(r.CallID))}
	if e.p.ToolParts && r.Data == nil && !r.IsError && len(texts) > 1 {
		m.Content = openai.PartsContent(textParts(texts))
	}
	if len(media) > 0 && text == "" {
		m.Content = openai.TextContent("The result follows in the next message.")
	}
	e.out.Messages = append(e.out.Messages, m)
	return media
}

func textParts(texts []string) []openai.ContentPart {
	parts := make([]openai.ContentPart, len(texts))
	for i := range texts {
		parts[i] = openai.ContentPart{Type: openai.ContentPartTypeText, Text: &texts[i]}
	}
	return parts
}

// content writes a single text as a string: every server takes that.
func (e *requestEncoder) content(parts []ir.Part, places []string) (openai.Content, error) {
	if len(parts) == 1 {
		if t, isText := parts[0].(ir.Text); isText {
			return openai.TextContent(t.Text), nil
		}
	}
	out := make([]openai.ContentPart, 0, len(parts))
	for i, p := range parts {
		at := places[i]
		switch p := p.(type) {
		case ir.Text:
			out = append(out, openai.ContentPart{Type: openai.ContentPartTypeText, Text: &p.Text})
		case ir.Media:
			part, err := e.media(p, at)
			if err != nil {
				return openai.Content{}, err
			}
			out = append(out, part)
		default:
			e.drop(at, "a user cannot say this")
		}
	}
	if len(out) == 0 {
		return openai.TextContent(""), nil // the turn is kept for the order of turns
	}
	return openai.PartsContent(out), nil
}
