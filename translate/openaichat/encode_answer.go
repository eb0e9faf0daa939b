package openaichat

import (
	"strings"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"
)

// writeAnswer writes what the model said: words, refusal, calls and, where
// the server wants them back, thoughts. Turns that follow each other are one
// message, since results must follow all calls at once: the chats of Google's
// SDKs keep each chunk of a stream as a turn (stream-ends-in-a-chunk-with-a-part).
func (e *requestEncoder) writeAnswer(begin, end int) error {
	a := answerMessage{Message: openai.Message{Role: openai.RoleAssistant}}
	for i, t := range e.req.Turns[begin:end] {
		for j, p := range t.Parts {
			if err := e.addAnswer(&a, p, t.PartAt(begin+i, j)); err != nil {
				return err
			}
		}
	}
	m, texts := &a.Message, a.texts
	switch {
	case len(texts) == 1 || len(texts) > 1 && (!e.p.ToolParts || end-begin > 1):
		m.Content = openai.TextContent(strings.Join(texts, ""))
	case len(texts) > 1:
		m.Content = openai.PartsContent(textParts(texts))
	case len(m.ToolCalls) > 0 || !m.Refusal.IsZero():
		m.Content = openai.NullContent()
	default:
		m.Content = openai.TextContent("")
	}
	e.writeThoughts(m, &a)
	e.out.Messages = append(e.out.Messages, *m)
	return nil
}

// answerMessage is an assistant's message that is being put together.
type answerMessage struct {
	openai.Message
	texts    []string
	thoughts strings.Builder
	thought  string // where the first of them stood
	seals    []ir.Seal
}

func (e *requestEncoder) addAnswer(a *answerMessage, p ir.Part, path string) error {
	switch p := p.(type) {
	case ir.Text:
		if p.Text != "" { // a stream's last chunk, or the place of a seal
			a.texts = append(a.texts, p.Text)
		}
		a.seals = appendSeal(a.seals, p.Seal)
	case ir.Reasoning:
		if p.Text != "" && a.thought == "" {
			a.thought = path
		}
		a.thoughts.WriteString(p.Text)
		a.seals = appendSeal(a.seals, p.Seal)
	case ir.Refusal:
		a.Refusal = openai.Some(p.Text)
	case ir.ToolCall:
		call, err := e.call(p, len(a.ToolCalls) == 0)
		if err != nil {
			return err
		}
		a.ToolCalls = append(a.ToolCalls, call)
	case ir.Media:
		e.answerMedia(&a.Message, p, path)
	default:
		e.drop(path, "the model cannot say this")
	}
	return nil
}

func appendSeal(seals []ir.Seal, s *ir.Seal) []ir.Seal {
	if s == nil {
		return seals
	}
	return append(seals, *s)
}

// writeThoughts gives thoughts and their proof back where the profile says
// that the server reads them; elsewhere they would be refused, or taken for
// something that was said (defects 29).
func (e *requestEncoder) writeThoughts(m *openai.Message, a *answerMessage) {
	for _, s := range a.seals {
		if s.Origin != e.p.SealOrigin {
			continue
		}
		switch s.Origin {
		case ir.OriginGoogle:
			m.ExtraContent = sealExtra(s.Token)
		case originOpenRouter:
			m.ReasoningDetails = []byte(s.Token)
		}
	}
	text := a.thoughts.String()
	wanted := e.p.ReasoningHistory == historyRequired || e.p.ReasoningHistory == historyTools && text != ""
	if !wanted || len(m.ToolCalls) == 0 {
		if text != "" {
			e.drop(a.thought, "the backend does not take thoughts back")
		}
		return
	}
	if e.p.ReasoningField == "reasoning" {
		m.Reasoning = &text
		return
	}
	m.ReasoningContent = &text
}

func sealExtra(token string) []byte {
	return []byte(`{"google":{"thought_signature":` + string(rawjson.String(token)) + `}}`)
}

// call writes one call. first says that it is the first of its turn, the
// only one on which a demanding server misses a proof (defects 24).
func (e *requestEncoder) call(c ir.ToolCall, first bool) (openai.ToolCall, error) {
	name := e.names.toServer(c.Name)
	out := openai.ToolCall{ID: openai.LooseString(e.names.callID(c.ID)), Type: openai.ToolTypeFunction}
	args := c.Args
	switch {
	case c.Custom && e.p.has("custom"):
		out.Type = openai.ToolTypeCustom
		out.Custom = &openai.CustomCall{Name: name, Input: &args}
	case c.Custom:
		raw, err := translate.EncodeJSON(map[string]string{customInput: args})
		if err != nil {
			return out, err
		}
		args = string(raw)
		fallthrough
	default:
		if args == "" {
			args = "{}"
		}
		arguments := openai.Arguments(args)
		out.Function = &openai.FunctionCall{Name: name, Arguments: &arguments}
	}
	switch {
	case c.Seal != nil && c.Seal.Origin == e.p.SealOrigin && e.p.SealOrigin == ir.OriginGoogle:
		out.ExtraContent = sealExtra(c.Seal.Token)
	case first && e.p.SealFiller != "" && modelMatches(e.req.Model, e.p.SealModels):
		out.ExtraContent = sealExtra(e.p.SealFiller)
	}
	return out, nil
}

// customInput is the one argument of a function that stands for a tool with
// free-form input.
const customInput = "input"

func (e *requestEncoder) answerMedia(m *openai.Message, p ir.Media, at string) {
	if p.Modality != ir.ModalityImage || !e.p.has("images") {
		e.drop(at, "earlier answers go back without media here")
		return
	}
	m.Images = append(m.Images, openai.OutputImage{Type: "image_url", ImageURL: &openai.ImageURL{URL: addressOf(p)}})
}
