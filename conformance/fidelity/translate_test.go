package fidelity

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"louter/translate"
	"louter/translate/gemini"
	"louter/translate/ir"
	"louter/translate/openaichat"
	"louter/translate/wire"
)

// result is what came of one document.
type result struct {
	doc    any // the other API's document
	losses []ir.Loss
	err    *ir.Error
	// failure is what the client reads where a provider's answer is an error.
	failure any
}

// side is one protocol with what its calls need beside a body.
type side struct {
	protocol translate.Protocol
	// model and path are those of a client's call.
	model string
	call  func(model string, doc any, body []byte) translate.Call
	// answer is one in this protocol, to see what a request asks of answers.
	answer []byte
	// end is what ends a stream, if anything does.
	end []byte
}

func geminiSide() side {
	return side{
		protocol: gemini.Protocol(), model: "gemini-2.5-pro",
		call: func(model string, _ any, body []byte) translate.Call {
			return translate.Call{Operation: translate.OpGenerate, Method: "POST", Path: "/models/" + model + ":streamGenerateContent",
				Query: "alt=sse", Model: model, Stream: true, Body: body}
		},
		answer: []byte(`{"candidates": [{"content": {"role": "model", "parts": [{"text": "Hm.", "thought": true}, {"text": "Yes."}]}, "finishReason": "STOP"}],
			"usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}, "modelVersion": "m", "responseId": "r"}`),
	}
}

func chatSide() side {
	return side{
		protocol: openaichat.Protocol(), model: "gpt-4.1",
		call: func(model string, doc any, body []byte) translate.Call {
			object, _ := doc.(map[string]any)
			stream, _ := object["stream"].(bool)
			return translate.Call{Operation: translate.OpGenerate, Method: "POST", Path: "/chat/completions", Model: model, Stream: stream, Body: body}
		},
		answer: []byte(`{"id": "r", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "logprobs": null,
			"message": {"role": "assistant", "reasoning_content": "Hm.", "content": "Yes."}}],
			"usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}`),
		end: []byte("[DONE]"),
	}
}

func fixedMint() translate.Mint {
	n := 0
	return translate.Mint{
		ID:  func(prefix string) string { n++; return fmt.Sprintf("%sminted%d", prefix, n) },
		Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	}
}

// translateRequest does what the server does with a client's request. The
// document is the backend's request, with the path of its call and the answer
// that the client gets: some members of a request only act on that.
func translateRequest(front, back side, to translate.Back, model string, doc any) result {
	req, call, failed := sendRequest(front, to, model, doc)
	if failed != nil {
		return result{err: failed}
	}
	sent, err := parse(call.Body)
	if err != nil {
		return result{err: ir.AsError(err)}
	}
	out := maps.Clone(sent.(map[string]any))
	out["(path)"] = call.Path
	answer := answerWhole
	if req.Stream {
		answer = answerStream
	}
	answered, err := parse(back.answer)
	if err != nil {
		return result{err: ir.AsError(err)}
	}
	got := answer(front, back, to, req, answered)
	out["(answer)"] = got.doc
	return result{doc: out, losses: req.Dropped, err: got.err}
}

func sendRequest(front side, to translate.Back, model string, doc any) (*ir.Request, translate.Call, *ir.Error) {
	body, err := json.Marshal(doc)
	if err != nil {
		return nil, translate.Call{}, ir.AsError(err)
	}
	req, err := front.protocol.Front.DecodeRequest(front.call(model, doc, body))
	if err != nil {
		return nil, translate.Call{}, ir.AsError(err)
	}
	req.Model = model
	inlineMedia(to, req.System)
	for _, turn := range req.Turns {
		inlineMedia(to, turn.Parts)
	}
	call, err := to.EncodeRequest(req)
	if err != nil {
		return nil, translate.Call{}, ir.AsError(err)
	}
	return req, call, nil
}

// inlineMedia stands in for the server's fetcher: the bytes tell where they
// are from.
func inlineMedia(to translate.Back, parts []ir.Part) {
	for i, p := range parts {
		switch p := p.(type) {
		case ir.Media:
			if p.URL != "" && !to.TakesURL(p) {
				p.Data, p.URL = base64.StdEncoding.EncodeToString([]byte(p.URL)), ""
				parts[i] = p
			}
		case ir.ToolResult:
			inlineMedia(to, p.Content)
		}
	}
}

func answerWhole(front, _ side, from translate.Back, req *ir.Request, doc any) result {
	body, err := json.Marshal(doc)
	if err != nil {
		return result{err: ir.AsError(err)}
	}
	mint := fixedMint()
	resp, err := from.DecodeResponse(req, body, mint)
	if err != nil {
		return result{err: ir.AsError(err)}
	}
	text, err := front.protocol.Front.EncodeResponse(req, resp, mint)
	if err != nil {
		return result{err: ir.AsError(err)}
	}
	out, err := parse(text)
	if err != nil {
		return result{err: ir.AsError(err)}
	}
	return result{doc: out, losses: resp.Dropped}
}

// answerStream takes one chunk, or a list of them.
func answerStream(front, back side, from translate.Back, req *ir.Request, doc any) result {
	chunks, isList := doc.([]any)
	if !isList {
		chunks = []any{doc}
	}
	var frames []wire.Frame
	for _, c := range chunks {
		data, err := json.Marshal(c)
		if err != nil {
			return result{err: ir.AsError(err)}
		}
		frames = append(frames, wire.Frame{Data: data})
	}
	if back.end != nil {
		frames = append(frames, wire.Frame{Data: back.end})
	}
	mint := fixedMint()
	s := stream{decoder: from.NewDecoder(req, mint), encoder: front.protocol.Front.NewEncoder(req, mint)}
	if err := s.run(frames); err != nil {
		return result{err: ir.AsError(err)}
	}
	return result{doc: s.out, losses: append(s.losses, s.encoder.Dropped()...)}
}

// stream takes frames through a decoder and an encoder, as the server does.
type stream struct {
	decoder translate.Decoder
	encoder translate.Encoder
	out     []any
	losses  []ir.Loss
}

func (s *stream) run(frames []wire.Frame) error {
	for _, f := range frames {
		events, err := s.decoder.Decode(nil, f)
		if err == nil {
			err = s.encode(events)
		}
		if err != nil {
			return err
		}
	}
	events, err := s.decoder.Close(nil)
	if err != nil {
		return err
	}
	if err := s.encode(events); err != nil {
		return err
	}
	last, err := s.encoder.Close(nil)
	return errors.Join(err, s.keep(last))
}

func (s *stream) encode(events []ir.Event) error {
	for _, e := range events {
		switch e := e.(type) {
		case ir.Dropped:
			s.losses = append(s.losses, e.Loss)
		case ir.Fail:
			return e.Err
		}
		frames, err := s.encoder.Encode(nil, e)
		if err == nil {
			err = s.keep(frames)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) keep(frames []wire.Frame) error {
	for _, f := range frames {
		if string(f.Data) == "[DONE]" {
			continue
		}
		doc, err := parse(f.Data)
		if err != nil {
			return err
		}
		s.out = append(s.out, doc)
	}
	return nil
}
