package ir

import (
	"time"

	"pgregory.net/rapid"
)

// anyResponse draws answers of every form that a decoder may give.
func anyResponse(t *rapid.T) *Response {
	r := &Response{
		ID:          rapid.String().Draw(t, "id"),
		Model:       rapid.String().Draw(t, "model"),
		Created:     time.Unix(rapid.Int64Range(0, 2e9).Draw(t, "created"), 0),
		ServiceTier: rapid.SampledFrom([]string{"", "default"}).Draw(t, "tier"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "losses") {
		r.Drop(rapid.String().Draw(t, "path"), rapid.String().Draw(t, "why"))
	}
	if rapid.Bool().Draw(t, "counted") {
		r.Usage = &Usage{Input: rapid.Int64().Draw(t, "input"), Output: rapid.Int64().Draw(t, "output"),
			InputBy: map[Modality]int64{ModalityText: rapid.Int64().Draw(t, "text")}}
	}
	if rapid.IntRange(0, 5).Draw(t, "blocked") == 0 {
		r.Block = &Block{Reason: rapid.String().Draw(t, "reason"), Message: rapid.String().Draw(t, "message")}
		return r
	}
	index := 0
	for range rapid.IntRange(1, 3).Draw(t, "candidates") {
		index += rapid.IntRange(0, 2).Draw(t, "gap")
		r.Candidates = append(r.Candidates, anyCandidate(t, index))
		index++
	}
	return r
}

func anyCandidate(t *rapid.T, index int) Candidate {
	c := Candidate{Index: index, Finish: Finish{
		Reason: FinishReason(rapid.IntRange(0, int(FinishOther)).Draw(t, "finish")),
		Native: rapid.String().Draw(t, "native"),
	}}
	scored := false
	for range rapid.IntRange(0, 4).Draw(t, "parts") {
		p := anyPart(t)
		if _, media := p.(Media); !media {
			scored = true
		}
		c.Parts = append(c.Parts, p)
	}
	for range rapid.IntRange(0, 3).Draw(t, "scores") {
		if scored {
			c.Logprobs = append(c.Logprobs, TokenLogprob{Token: rapid.String().Draw(t, "token"), Logprob: -1})
		}
	}
	return c
}

func anyPart(t *rapid.T) Part {
	var seal *Seal
	if rapid.Bool().Draw(t, "sealed") {
		seal = &Seal{Origin: OriginGoogle, Token: rapid.String().Draw(t, "token")}
	}
	text := rapid.String().Draw(t, "text")
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		p := Text{Text: text, Seal: seal}
		for range rapid.IntRange(0, 2).Draw(t, "citations") {
			p.Citations = append(p.Citations, Citation{URL: rapid.String().Draw(t, "url")})
		}
		return p
	case 1:
		return Reasoning{Text: text, Seal: seal}
	case 2:
		return Refusal{Text: text}
	case 3:
		return ToolCall{ID: rapid.String().Draw(t, "call"), Name: rapid.String().Draw(t, "name"), Args: text,
			Custom: rapid.Bool().Draw(t, "custom"), Seal: seal}
	default:
		return Media{Modality: ModalityImage, MIME: "image/png", Data: text, Seal: seal}
	}
}

// cutDeltas cuts text at random places, as a stream does.
func cutDeltas(t *rapid.T, events []Event) []Event {
	var out []Event
	for _, e := range events {
		d, isDelta := e.(Delta)
		if !isDelta {
			out = append(out, e)
			continue
		}
		at := rapid.IntRange(0, len(d.Text)).Draw(t, "cut")
		scores := rapid.IntRange(0, len(d.Logprobs)).Draw(t, "cut scores")
		head, tail := d, d
		head.Text, tail.Text = d.Text[:at], d.Text[at:]
		head.Logprobs, tail.Logprobs = d.Logprobs[:scores], d.Logprobs[scores:]
		out = append(out, head, tail)
	}
	return out
}
