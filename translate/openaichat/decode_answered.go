package openaichat

import (
	"fmt"
	"slices"
	"strings"

	"louter/gen/openai"
	"louter/translate/ir"
)

// placedParts are the parts of one message of the assistant, each with the
// member that holds it.
type placedParts struct {
	parts  []ir.Part
	places []string
}

func (p *placedParts) add(part ir.Part, place string) {
	p.parts, p.places = append(p.parts, part), append(p.places, place)
}

// readAnswer reads what the model said in an earlier turn: thoughts first,
// then words and pictures, then calls.
func (d *requestDecoder) readAnswer(m *openai.Message, path string) (placedParts, error) {
	var said placedParts
	for _, thought := range []struct {
		text   *string
		member string
	}{{m.ReasoningContent, "reasoning_content"}, {m.Reasoning, "reasoning"}} {
		if thought.text != nil && *thought.text != "" && len(said.parts) == 0 {
			said.add(ir.Reasoning{Text: *thought.text}, path+"."+thought.member)
		}
	}
	if m.Content.IsText() && (m.Content.Text != "" || len(m.ToolCalls) == 0 && m.FunctionCall == nil) {
		said.add(ir.Text{Text: m.Content.Text}, path+".content")
	}
	if m.Content.IsParts() {
		parts, err := d.readParts(m.Content.Parts, path+".content", speakerModel)
		if err != nil {
			return said, err
		}
		for i, p := range parts {
			said.add(p, fmt.Sprintf("%s.content.%d", path, i))
		}
	}
	if m.Refusal.Text != "" {
		said.add(ir.Refusal{Text: m.Refusal.Text}, path+".refusal")
	}
	for i, img := range m.Images {
		at := fmt.Sprintf("%s.images.%d", path, i)
		media, err := imageOf(img.ImageURL, at+".image_url.url")
		if err != nil {
			return said, err
		}
		if img.ImageURL.Detail != "" {
			d.out.Drop(at+".image_url.detail", "it is about pictures that a user sends")
		}
		said.add(media, at)
	}
	if m.Audio != nil {
		d.out.Drop(path+".audio", "it names sound that only its own provider holds")
	}
	said.seal(sealOf(m.ExtraContent), path+".extra_content")
	return said, d.readCalls(&said, m, path)
}

func thoughtsOf(texts ...*string) string {
	for _, t := range texts {
		if t != nil && *t != "" {
			return *t
		}
	}
	return ""
}

// seal puts the seal of a whole message where it came from: the last words of
// a Google answer, else its thoughts (defects 25).
func (p *placedParts) seal(seal *ir.Seal, place string) {
	if seal == nil {
		return
	}
	if seal.Origin == ir.OriginGoogle {
		for i := len(p.parts) - 1; i >= 0; i-- {
			if t, isText := p.parts[i].(ir.Text); isText && t.Seal == nil {
				t.Seal = seal
				p.parts[i] = t
				return
			}
		}
	}
	for i := range p.parts {
		if r, isReasoning := p.parts[i].(ir.Reasoning); isReasoning && r.Seal == nil {
			r.Seal = seal
			p.parts[i] = r
			return
		}
	}
	p.parts = slices.Insert(p.parts, 0, ir.Part(ir.Reasoning{Seal: seal}))
	p.places = slices.Insert(p.places, 0, place)
}

func (d *requestDecoder) readCalls(said *placedParts, m *openai.Message, path string) error {
	for i := range m.ToolCalls {
		at := fmt.Sprintf("%s.tool_calls.%d", path, i)
		call, err := readCall(&m.ToolCalls[i], at)
		if err != nil {
			return err
		}
		d.toolNames[call.ID] = call.Name
		said.add(call, at)
	}
	if f := m.FunctionCall; f != nil && f.Name != "" {
		id := fmt.Sprintf("call_%s", strings.ReplaceAll(path, ".", "_"))
		d.open[f.Name] = append(d.open[f.Name], id)
		d.toolNames[id] = f.Name
		said.add(ir.ToolCall{ID: id, Name: f.Name, Args: f.Arguments.String()}, path+".function_call")
	}
	if len(said.parts) == 0 {
		said.add(ir.Text{}, path) // the turn is kept for the order of turns
	}
	return nil
}
