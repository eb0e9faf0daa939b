package openaichat

import (
	"strings"
	"unicode/utf8"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
)

// noPlace is why most of what is lost to Chat clients is lost.
const noPlace = "the dialect has no place for it"

// head is what every chunk and the whole answer begin with.
type head struct {
	id      string
	model   string
	created openai.LooseInt
	tier    openai.ServiceTier
}

// newHead fills in what the backend has not said; the dialect demands it.
func newHead(s ir.Start, model string, mint translate.Mint) head {
	h := head{id: s.ID, model: s.Model, tier: openai.ServiceTier(s.ServiceTier)} // the model's words are OpenAI's
	if h.id == "" {
		h.id = mint.ID("chatcmpl-")
	}
	if h.model == "" {
		h.model = model
	}
	created := s.Created
	if created.IsZero() {
		created = mint.Now()
	}
	h.created = openai.LooseInt(created.Unix())
	return h
}

// EncodeResponse writes a whole answer for a Chat client.
func (front) EncodeResponse(req *ir.Request, resp *ir.Response, mint translate.Mint) ([]byte, error) {
	model := ""
	if req != nil {
		model = req.Model
	}
	wrapSound(req, resp)
	h := newHead(ir.Start{ID: resp.ID, Model: resp.Model, Created: resp.Created, ServiceTier: resp.ServiceTier}, model, mint)
	out := openai.ChatCompletion{
		ID: openai.LooseString(h.id), Object: openai.ChatCompletionObjectChatCompletion, Created: h.created, Model: h.model,
		ServiceTier: h.tier, Choices: make([]openai.Choice, 0, len(resp.Candidates)),
	}
	if resp.Block != nil && len(resp.Candidates) == 0 {
		out.Choices = append(out.Choices, blockedChoice(*resp.Block))
	}
	for _, c := range resp.Candidates {
		out.Choices = append(out.Choices, encodeChoice(c, resp, mint))
	}
	if resp.Usage != nil {
		out.Usage = encodeUsage(*resp.Usage, resp.Drop)
	}
	return translate.EncodeJSON(&out)
}

// blockedChoice: a refused prompt has no candidate, but agents read one.
func blockedChoice(b ir.Block) openai.Choice {
	word := openai.FinishReasonContentFilter
	native := b.Reason
	return openai.Choice{
		Message:      openai.Message{Role: openai.RoleAssistant, Content: openai.NullContent(), Refusal: openai.Some(blockText(b))},
		FinishReason: &word, NativeFinishReason: &native,
	}
}

func blockText(b ir.Block) string {
	if b.Message != "" {
		return b.Message
	}
	return "The prompt was blocked: " + b.Reason
}

func encodeChoice(c ir.Candidate, resp *ir.Response, mint translate.Mint) openai.Choice {
	m := openai.Message{Role: openai.RoleAssistant, Refusal: openai.Null()}
	var text, thoughts strings.Builder
	spoken := false
	for _, p := range c.Parts {
		switch p := p.(type) {
		case ir.Text:
			spoken = true
			m.Annotations = append(m.Annotations, encodeCitations(p.Citations, p.Text, utf8.RuneCountInString(text.String()), resp.Drop)...)
			text.WriteString(p.Text)
			m.ExtraContent = orSeal(dropSeal(m.ExtraContent, p.Seal, resp), p.Seal)
		case ir.Reasoning:
			thoughts.WriteString(p.Text)
			m.ExtraContent = orSeal(dropSeal(m.ExtraContent, p.Seal, resp), p.Seal)
		case ir.Refusal:
			m.Refusal = openai.Some(p.Text)
		case ir.ToolCall:
			m.ToolCalls = append(m.ToolCalls, encodeCall(p))
		case ir.Media:
			m.ExtraContent = orSeal(dropSeal(m.ExtraContent, p.Seal, resp), p.Seal)
			encodeAnswerMedia(&m, p, resp, mint)
		default:
			resp.Drop("candidates.parts", noPlace)
		}
	}
	m.Content = openai.NullContent()
	if spoken || len(m.ToolCalls) == 0 && m.Refusal.IsNull() && m.Audio == nil {
		m.Content = openai.TextContent(text.String())
	}
	if thoughts.Len() > 0 {
		said := thoughts.String()
		m.ReasoningContent = &said
	}
	out := openai.Choice{Index: openai.LooseInt(c.Index), Message: m}
	if len(c.Logprobs) > 0 {
		out.Logprobs = &openai.Logprobs{Content: encodeLogprobs(c.Logprobs)}
	}
	word, native := encodeFinish(c.Finish)
	out.FinishReason, out.NativeFinishReason = &word, native
	if c.Finish.Message != "" {
		resp.Drop("candidates.finishMessage", noPlace)
	}
	return out
}

func orSeal(slot []byte, s *ir.Seal) []byte {
	if s == nil {
		return slot
	}
	return sealExtra(s.Pack())
}

// dropSeal: the last proof of a message is the one that is asked for again.
func dropSeal(slot []byte, next *ir.Seal, resp *ir.Response) []byte {
	if slot != nil && next != nil {
		resp.Drop("candidates.parts.seal", "a message has room for one proof of thinking")
	}
	return slot
}

func encodeCall(c ir.ToolCall) openai.ToolCall {
	args := c.Args
	out := openai.ToolCall{ID: openai.LooseString(c.ID), Type: openai.ToolTypeFunction, ExtraContent: orSeal(nil, c.Seal)}
	if c.Custom {
		out.Type = openai.ToolTypeCustom
		out.Custom = &openai.CustomCall{Name: c.Name, Input: &args}
		return out
	}
	if args == "" {
		args = "{}"
	}
	arguments := openai.Arguments(args)
	out.Function = &openai.FunctionCall{Name: c.Name, Arguments: &arguments}
	return out
}

func encodeAnswerMedia(m *openai.Message, p ir.Media, resp *ir.Response, mint translate.Mint) {
	dropMediaExtras(p, resp.Drop)
	switch p.Modality {
	case ir.ModalityImage:
		m.Images = append(m.Images, outputImage(p, len(m.Images)))
	case ir.ModalityAudio:
		id := p.ID
		if id == "" {
			id = mint.ID("audio_")
		}
		m.Audio = &openai.Audio{ID: openai.LooseString(id), Data: &p.Data, Transcript: &p.Transcript}
	default:
		resp.Drop("candidates.parts.media", noPlace)
	}
}

// dropMediaExtras records what a picture or a sound in an answer cannot have.
func dropMediaExtras(p ir.Media, drop func(path, why string)) {
	if p.Name != "" {
		drop("candidates.parts.media.name", noPlace)
	}
	if p.Clip != nil {
		drop("candidates.parts.media.clip", noPlace)
	}
	if p.Detail != "" {
		drop("candidates.parts.media.detail", noPlace)
	}
}

func outputImage(p ir.Media, place int) openai.OutputImage {
	index := openai.LooseInt(place)
	return openai.OutputImage{Type: "image_url", Index: &index, ImageURL: &openai.ImageURL{URL: addressOf(p)}}
}

// encodeFinish keeps the provider's own word where it says more.
func encodeFinish(f ir.Finish) (openai.FinishReason, *string) {
	word, known := finishWords[f.Reason]
	if !known {
		word = openai.FinishReasonError
		if f.Reason == ir.FinishUnset {
			word = openai.FinishReasonStop
		}
	}
	if f.Native == "" || strings.EqualFold(f.Native, string(word)) {
		return word, nil
	}
	return word, &f.Native
}

// encodeUsage always writes the details: codex drops a turn without them
// (reports F09).
func encodeUsage(u ir.Usage, drop func(path, why string)) *openai.Usage {
	loose := func(n int64) *openai.LooseInt { v := openai.LooseInt(n); return &v }
	some := func(n int64) *openai.LooseInt {
		if n == 0 {
			return nil // few servers tell it, and few clients know it
		}
		return loose(n)
	}
	if len(u.CachedBy) > 0 {
		drop("usage.cached_by_modality", noPlace)
	}
	if u.ToolUse > 0 {
		drop("usage.tool_use", "it is counted within the prompt")
	}
	return &openai.Usage{
		PromptTokens: openai.LooseInt(u.Input), CompletionTokens: openai.LooseInt(u.Output), TotalTokens: openai.LooseInt(u.Total()),
		PromptTokensDetails: &openai.PromptTokensDetails{
			CachedTokens: loose(u.Cached), AudioTokens: loose(u.InputBy[ir.ModalityAudio]),
			ImageTokens: some(u.InputBy[ir.ModalityImage]), VideoTokens: some(u.InputBy[ir.ModalityVideo]),
		},
		CompletionTokensDetails: &openai.CompletionTokensDetails{
			ReasoningTokens: loose(u.Reasoning), AudioTokens: loose(u.OutputBy[ir.ModalityAudio]), ImageTokens: some(u.OutputBy[ir.ModalityImage]),
			AcceptedPredictionTokens: loose(u.AcceptedPrediction), RejectedPredictionTokens: loose(u.RejectedPrediction),
		},
	}
}

func encodeLogprobs(in []ir.TokenLogprob) []openai.TokenLogprob {
	out := make([]openai.TokenLogprob, len(in))
	for i, t := range in {
		out[i] = openai.TokenLogprob{Token: t.Token, ID: t.ID, Logprob: t.Logprob, Bytes: bytesOf(t), TopLogprobs: []openai.TopLogprob{}}
		for _, top := range t.Top {
			out[i].TopLogprobs = append(out[i].TopLogprobs, openai.TopLogprob{Token: top.Token, ID: top.ID, Logprob: top.Logprob, Bytes: bytesOf(top)})
		}
	}
	return out
}

func bytesOf(t ir.TokenLogprob) []int {
	if t.Bytes != nil || t.Token == "" {
		return t.Bytes
	}
	out := make([]int, len(t.Token))
	for i := range len(t.Token) {
		out[i] = int(t.Token[i])
	}
	return out
}

// encodeCitations: the model counts bytes of its part, Chat characters of the
// whole message, of which before come first.
func encodeCitations(in []ir.Citation, text string, before int, drop func(path, why string)) []openai.Annotation {
	var out []openai.Annotation
	for _, c := range in {
		if c.License != "" {
			drop("candidates.parts.citations.license", noPlace)
		}
		if c.URL == "" {
			drop("candidates.parts.citations", "a source without a URL has no place in the dialect")
			continue
		}
		start, end := min(max(c.Start, 0), len(text)), min(max(c.End, 0), len(text))
		out = append(out, openai.Annotation{Type: openai.AnnotationTypeURLCitation, URLCitation: &openai.URLCitation{
			StartIndex: openai.LooseInt(before + utf8.RuneCountInString(text[:start])),
			EndIndex:   openai.LooseInt(before + utf8.RuneCountInString(text[:end])), URL: c.URL, Title: c.Title,
		}})
	}
	return out
}
