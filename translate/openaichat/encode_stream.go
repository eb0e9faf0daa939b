package openaichat

import (
	"strings"
	"unicode/utf8"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// encoder turns events into chunks: each piece passes at once, the role goes
// first, the finish reason comes once at the end of its candidate, usage at
// the very end and only to clients that asked (defects 48, 50, 60, 61).
type encoder struct {
	req     *ir.Request
	mint    translate.Mint
	head    head
	begun   bool
	blocks  map[int]*outBlock
	choices map[int]*outChoice
	usage   *ir.Usage
	losses  ir.Losses
}

// outBlock is a block that is being sent.
type outBlock struct {
	part ir.Part
	call int // the index of a tool call
	text strings.Builder
}

// outChoice counts what one candidate has sent.
type outChoice struct {
	calls, images, characters int
}

var _ translate.Encoder = (*encoder)(nil)

// NewEncoder gives an encoder for one stream.
func (front) NewEncoder(req *ir.Request, mint translate.Mint) translate.Encoder {
	if req == nil {
		req = &ir.Request{}
	}
	return &encoder{req: req, mint: mint, blocks: map[int]*outBlock{}, choices: map[int]*outChoice{}}
}

// Dropped lists what chunks have no place for.
func (e *encoder) Dropped() []ir.Loss { return e.losses }

// Encode writes one event.
func (e *encoder) Encode(dst []wire.Frame, event ir.Event) ([]wire.Frame, error) {
	switch event := event.(type) {
	case ir.Start:
		e.begin(event)
	case ir.Open:
		return e.opened(dst, event)
	case ir.Delta:
		return e.added(dst, event)
	case ir.Close:
		return e.closed(dst, event)
	case ir.Tally:
		e.usage = &event.Usage
	case ir.Stop:
		return e.stopped(dst, event)
	case ir.Blocked:
		return e.wasBlocked(dst, event.Block)
	case ir.Fail:
		return e.failed(dst, event.Err)
	}
	return dst, nil
}

func (e *encoder) begin(s ir.Start) {
	if !e.begun {
		e.head, e.begun = newHead(s, e.req.Model, e.mint), true
	}
}

// send writes a chunk of one choice; the first chunk of a choice tells the role.
func (e *encoder) send(dst []wire.Frame, choice openai.ChunkChoice) ([]wire.Frame, error) {
	index := int(choice.Index)
	if e.choices[index] == nil {
		e.choices[index] = &outChoice{}
		role := openai.ChunkChoice{Index: choice.Index, Delta: openai.Delta{Role: openai.RoleAssistant, Content: openai.TextContent("")}}
		var err error
		if dst, err = e.frame(dst, []openai.ChunkChoice{role}, nil); err != nil {
			return dst, err
		}
	}
	return e.frame(dst, []openai.ChunkChoice{choice}, nil)
}

func (e *encoder) frame(dst []wire.Frame, choices []openai.ChunkChoice, usage *openai.Usage) ([]wire.Frame, error) {
	e.begin(ir.Start{})
	data, err := translate.EncodeJSON(&openai.ChatCompletionChunk{
		ID: openai.LooseString(e.head.id), Object: openai.ChatCompletionChunkObjectChatCompletionChunk,
		Created: e.head.created, Model: e.head.model, ServiceTier: e.head.tier, Choices: choices, Usage: usage,
	})
	if err != nil {
		return dst, err
	}
	return append(dst, wire.Frame{Data: data}), nil
}

func (e *encoder) choice(candidate int) *outChoice {
	if c := e.choices[candidate]; c != nil {
		return c
	}
	return &outChoice{}
}

func (e *encoder) opened(dst []wire.Frame, event ir.Open) ([]wire.Frame, error) {
	b := &outBlock{part: event.Part}
	e.blocks[event.Block] = b
	index := openai.LooseInt(event.Candidate)
	switch p := event.Part.(type) {
	case ir.ToolCall:
		b.call = e.choice(event.Candidate).calls
		call := encodeCall(p)
		if p.Custom {
			call.Custom.Input = &p.Args
		} else {
			args := openai.Arguments(p.Args)
			call.Function.Arguments = &args
		}
		number := openai.LooseInt(b.call)
		call.Index = &number
		dst, err := e.send(dst, openai.ChunkChoice{Index: index, Delta: openai.Delta{ToolCalls: []openai.ToolCall{call}}})
		e.choices[event.Candidate].calls++
		return dst, err
	case ir.Media:
		return e.media(dst, event.Candidate, p)
	case ir.Text:
		return e.said(dst, event.Candidate, b, p.Text, nil)
	case ir.Reasoning:
		return e.said(dst, event.Candidate, b, p.Text, nil)
	case ir.Refusal:
		return e.said(dst, event.Candidate, b, p.Text, nil)
	}
	return dst, nil
}

func (e *encoder) media(dst []wire.Frame, candidate int, p ir.Media) ([]wire.Frame, error) {
	choice := openai.ChunkChoice{Index: openai.LooseInt(candidate)}
	dropMediaExtras(p, e.losses.Drop)
	choice.Delta.ExtraContent = orSeal(nil, p.Seal)
	switch p.Modality {
	case ir.ModalityImage:
		choice.Delta.Images = []openai.OutputImage{outputImage(p, e.choice(candidate).images)}
		dst, err := e.send(dst, choice)
		e.choices[candidate].images++
		return dst, err
	case ir.ModalityAudio:
		id := p.ID
		if id == "" {
			id = e.mint.ID("audio_")
		}
		choice.Delta.Audio = &openai.AudioDelta{ID: openai.LooseString(id), Data: p.Data, Transcript: p.Transcript}
		return e.send(dst, choice)
	}
	e.losses.Drop("candidates.parts.media", noPlace)
	return dst, nil
}

func (e *encoder) added(dst []wire.Frame, event ir.Delta) ([]wire.Frame, error) {
	b := e.blocks[event.Block]
	if b == nil {
		return dst, nil
	}
	if call, isCall := b.part.(ir.ToolCall); isCall {
		if event.Text == "" {
			return dst, nil
		}
		return e.send(dst, openai.ChunkChoice{Index: openai.LooseInt(event.Candidate),
			Delta: openai.Delta{ToolCalls: []openai.ToolCall{argumentPiece(b.call, call.Custom, event.Text)}}})
	}
	return e.said(dst, event.Candidate, b, event.Text, event.Logprobs)
}

func argumentPiece(call int, custom bool, text string) openai.ToolCall {
	number := openai.LooseInt(call)
	out := openai.ToolCall{Index: &number}
	if custom {
		out.Custom = &openai.CustomCall{Input: &text}
		return out
	}
	args := openai.Arguments(text)
	out.Function = &openai.FunctionCall{Arguments: &args}
	return out
}

func (e *encoder) said(dst []wire.Frame, candidate int, b *outBlock, text string, logprobs []ir.TokenLogprob) ([]wire.Frame, error) {
	if text == "" && len(logprobs) == 0 {
		return dst, nil
	}
	choice := openai.ChunkChoice{Index: openai.LooseInt(candidate)}
	switch b.part.(type) {
	case ir.Reasoning:
		choice.Delta.ReasoningContent = &text
	case ir.Refusal:
		choice.Delta.Refusal = openai.Some(text)
	default:
		b.text.WriteString(text)
		choice.Delta.Content = openai.TextContent(text)
	}
	if len(logprobs) > 0 {
		choice.Logprobs = &openai.Logprobs{Content: encodeLogprobs(logprobs)}
	}
	return e.send(dst, choice)
}

// closed sends what is known of a part only at its end: its proof and its
// sources.
func (e *encoder) closed(dst []wire.Frame, event ir.Close) ([]wire.Frame, error) {
	b := e.blocks[event.Block]
	if b == nil {
		return dst, nil
	}
	delete(e.blocks, event.Block)
	choice := openai.ChunkChoice{Index: openai.LooseInt(event.Candidate)}
	seal := event.Seal
	switch p := b.part.(type) {
	case ir.ToolCall:
		if seal == nil { // an opened call's own proof went with it
			return dst, nil
		}
		// Clients that check a piece's shape demand its function, be it empty
		// (thinking-signature-in-a-stream-stands-beside-a-function).
		piece := argumentPiece(b.call, p.Custom, "")
		piece.ExtraContent = orSeal(nil, seal)
		choice.Delta.ToolCalls = []openai.ToolCall{piece}
		return e.send(dst, choice)
	case ir.Text:
		text := b.text.String()
		before := e.choice(event.Candidate).characters
		if len(event.Citations) > 0 {
			choice.Delta.Annotations = encodeCitations(event.Citations, text, before, e.losses.Drop)
		}
		if c := e.choices[event.Candidate]; c != nil {
			c.characters += utf8.RuneCountInString(text)
		}
		if seal == nil {
			seal = p.Seal
		}
	case ir.Reasoning:
		if seal == nil {
			seal = p.Seal
		}
	}
	if seal == nil && len(choice.Delta.Annotations) == 0 {
		return dst, nil
	}
	choice.Delta.ExtraContent = orSeal(nil, seal)
	return e.send(dst, choice)
}

func (e *encoder) stopped(dst []wire.Frame, event ir.Stop) ([]wire.Frame, error) {
	if event.Finish.Message != "" {
		e.losses.Drop("candidates.finishMessage", noPlace)
	}
	word, native := encodeFinish(event.Finish)
	return e.send(dst, openai.ChunkChoice{Index: openai.LooseInt(event.Candidate), FinishReason: &word, NativeFinishReason: native})
}

func (e *encoder) wasBlocked(dst []wire.Frame, b ir.Block) ([]wire.Frame, error) {
	dst, err := e.send(dst, openai.ChunkChoice{Delta: openai.Delta{Refusal: openai.Some(blockText(b))}})
	if err != nil {
		return dst, err
	}
	return e.stopped(dst, ir.Stop{Finish: ir.Finish{Reason: ir.FinishSafety, Native: b.Reason}})
}

func (e *encoder) failed(dst []wire.Frame, err *ir.Error) ([]wire.Frame, error) {
	data, encodeErr := translate.EncodeJSON(map[string]*openai.APIError{"error": apiError(err)})
	if encodeErr != nil {
		return dst, encodeErr
	}
	return append(dst, wire.Frame{Data: data}), nil
}

// Close sends the usage, if it was asked for, and the mark of a good end.
func (e *encoder) Close(dst []wire.Frame) ([]wire.Frame, error) {
	if e.req.StreamUsage && e.usage != nil {
		var err error
		if dst, err = e.frame(dst, []openai.ChunkChoice{}, encodeUsage(*e.usage, e.losses.Drop)); err != nil {
			return dst, err
		}
	}
	return append(dst, wire.Frame{Data: []byte("[DONE]")}), nil
}
