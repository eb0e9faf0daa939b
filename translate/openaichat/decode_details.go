package openaichat

import (
	"strings"
	"unicode/utf8"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
)

// DecodeUsage reads the value of an answer's usage; nil: it counts nothing.
func DecodeUsage(raw []byte) *ir.Usage {
	var u openai.Usage
	if err := translate.ReadJSON(raw, &u); err != nil {
		return nil // it is only counted: the answer is passed all the same
	}
	usage := decodeUsage(&u)
	if usage.Total() == 0 {
		return nil
	}
	return &usage
}

// decodeUsage finds the details wherever a server puts them (reports F09).
func decodeUsage(u *openai.Usage) ir.Usage {
	out := ir.Usage{Input: int64(u.PromptTokens), Output: int64(u.CompletionTokens)}
	if in := u.PromptTokensDetails; in != nil {
		out.Cached = in.CachedTokens.Int64()
		out.InputBy = byModality(in.AudioTokens, in.ImageTokens, in.VideoTokens)
	}
	for _, cached := range []*openai.LooseInt{u.CachedTokens, u.PromptCacheHitTokens} {
		if out.Cached == 0 {
			out.Cached = cached.Int64()
		}
	}
	out.Reasoning = u.ReasoningTokens.Int64()
	if o := u.CompletionTokensDetails; o != nil {
		if n := o.ReasoningTokens.Int64(); n > 0 {
			out.Reasoning = n
		}
		out.AcceptedPrediction, out.RejectedPrediction = o.AcceptedPredictionTokens.Int64(), o.RejectedPredictionTokens.Int64()
		out.OutputBy = byModality(o.AudioTokens, o.ImageTokens, nil)
	}
	// xAI counts thoughts beside the answer and not within it; the total tells.
	if out.Reasoning > 0 && int64(u.TotalTokens) == out.Input+out.Output+out.Reasoning {
		out.Output += out.Reasoning
	}
	return out
}

func byModality(audio, image, video *openai.LooseInt) map[ir.Modality]int64 {
	var by map[ir.Modality]int64
	for _, m := range []struct {
		modality ir.Modality
		count    int64
	}{{ir.ModalityAudio, audio.Int64()}, {ir.ModalityImage, image.Int64()}, {ir.ModalityVideo, video.Int64()}} {
		if m.count == 0 {
			continue
		}
		if by == nil {
			by = map[ir.Modality]int64{}
		}
		by[m.modality] = m.count
	}
	return by
}

func decodeLogprobs(in []openai.TokenLogprob) []ir.TokenLogprob {
	if len(in) == 0 {
		return nil
	}
	out := make([]ir.TokenLogprob, len(in))
	for i, t := range in {
		out[i] = ir.TokenLogprob{Token: t.Token, ID: t.ID, Logprob: t.Logprob, Bytes: t.Bytes}
		for _, top := range t.TopLogprobs {
			out[i].Top = append(out[i].Top, ir.TokenLogprob{Token: top.Token, ID: top.ID, Logprob: top.Logprob, Bytes: top.Bytes})
		}
	}
	return out
}

// decodeCitations: Chat counts characters of the whole text, the model bytes of
// the block that begins at that byte.
func decodeCitations(in []openai.Annotation, text string, begin int) []ir.Citation {
	var out []ir.Citation
	for _, a := range in {
		if a.URLCitation == nil {
			continue
		}
		u := a.URLCitation
		out = append(out, ir.Citation{
			Start: max(byteOffset(text, int64(u.StartIndex))-begin, 0), End: max(byteOffset(text, int64(u.EndIndex))-begin, 0), URL: u.URL, Title: u.Title,
		})
	}
	return out
}

func byteOffset(text string, characters int64) int {
	at := 0
	for ; characters > 0 && at < len(text); characters-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// thinkSplitter parts thoughts in a leading tag from what is said.
type thinkSplitter struct {
	begin, finish string
	state         thinkState
	pending       string
}

type thinkState int

const (
	thinkStart thinkState = iota
	thinkInside
	thinkOutside
)

func newThinkSplitter(tag string) *thinkSplitter {
	if tag == "" {
		return &thinkSplitter{state: thinkOutside}
	}
	return &thinkSplitter{begin: "<" + tag + ">", finish: "</" + tag + ">"}
}

// feed gives what of the text is thought and what is said. It keeps back no
// more than what may become a tag.
func (t *thinkSplitter) feed(text string) (thought, said string) {
	if t.state == thinkOutside {
		return "", text
	}
	t.pending += text
	if t.state == thinkStart {
		lead := strings.TrimLeft(t.pending, " \t\r\n")
		switch {
		case strings.HasPrefix(lead, t.begin):
			t.state, t.pending = thinkInside, strings.TrimLeft(lead[len(t.begin):], "\r\n")
		case strings.HasPrefix(t.begin, lead):
			return "", ""
		default:
			t.state = thinkOutside
			return "", t.take()
		}
	}
	if at := strings.Index(t.pending, t.finish); at >= 0 {
		thought, said = t.pending[:at], strings.TrimLeft(t.pending[at+len(t.finish):], "\r\n")
		t.state, t.pending = thinkOutside, ""
		return thought, said
	}
	keep := overlap(t.pending, t.finish)
	thought, t.pending = t.pending[:len(t.pending)-keep], t.pending[len(t.pending)-keep:]
	return thought, ""
}

func (t *thinkSplitter) take() string {
	text := t.pending
	t.pending = ""
	return text
}

// end gives what was kept back.
func (t *thinkSplitter) end() (thought, said string) {
	if t.state == thinkInside {
		return t.take(), ""
	}
	if t.pending != "" {
		t.state = thinkOutside // it was no beginning of a tag
	}
	return "", t.take()
}

// overlap is the length of the longest end of text that begins word.
func overlap(text, word string) int {
	for n := min(len(text), len(word)-1); n > 0; n-- {
		if strings.HasSuffix(text, word[:n]) {
			return n
		}
	}
	return 0
}
