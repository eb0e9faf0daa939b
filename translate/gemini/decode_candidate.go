package gemini

import (
	"slices"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// candidate is one alternative under way.
type candidate struct {
	index    int
	open     *openBlock
	partial  *partialCall
	calls    bool // a function call was seen
	finished bool
	finish   ir.Finish
	said     int // bytes of text in blocks that are closed
	sources  sources
	logprobs []ir.TokenLogprob // that wait for a delta
}

// openBlock is the block that is being filled. A text block stays open after
// its seal came, for the sources that come last; nothing is added to it then.
type openBlock struct {
	number int
	part   ir.Part
	length int
	seal   *ir.Seal
	full   bool
	ours   bool // text that the service did not say as such: its places do not count
}

// maxCandidate bounds the indexes that an answer may use; the service gives at
// most eight candidates.
const maxCandidate = 1023

func (d *decoder) candidate(in *gen.Candidate, where place) error {
	if d.blocked {
		return badChunk(errAfterBlock)
	}
	index := int(deref(in.Index))
	if index < 0 || index > maxCandidate {
		return badChunk(errIndex)
	}
	c := d.find(index)
	d.dropCandidateExtras(in, where)
	c.logprobs = append(c.logprobs, decodeLogprobs(in.LogprobsResult)...)
	d.sources(c, in, where)
	if in.Content != nil {
		for i := range in.Content.Parts {
			if err := d.part(c, &in.Content.Parts[i], where.in("content.parts", i)); err != nil {
				return err
			}
		}
	}
	if len(c.logprobs) > 0 && c.open != nil && !c.open.full {
		d.delta(c, "")
	}
	if word := deref(in.FinishReason); word != "" && word != "FINISH_REASON_UNSPECIFIED" {
		// STOP in a later chunk hides nothing that was said before (defects 5).
		if next := decodeFinish(word, deref(in.FinishMessage), false); !c.finished || next.Reason != ir.FinishStop {
			c.finish = next
		}
		c.finished = true
	}
	return nil
}

// counts says whether places in the text count this block.
func (b *openBlock) counts() bool {
	_, isText := b.part.(ir.Text)
	return isText && !b.ours
}

// sources reads them before the parts beside them, whose blocks they go to.
func (d *decoder) sources(c *candidate, in *gen.Candidate, where place) {
	late := false
	if g := in.GroundingMetadata; g != nil && len(g.GroundingChunks) > 0 {
		// In a stream the parts are pieces, and segments count from the text.
		starts := []int{0}
		if d.whole {
			starts = partStarts(in.Content)
		}
		late = c.sources.ground(decodeGrounding(g, starts), c.said)
	}
	if in.CitationMetadata != nil {
		late = c.sources.cite(decodeCitations(in.CitationMetadata), c.said) || late
	}
	if late {
		d.drop(where.at("groundingMetadata"), "sources of text that had been sent already")
	}
}

// partStarts gives the bytes of text before each part.
func partStarts(content *gen.Content) []int {
	if content == nil {
		return nil
	}
	starts, length := make([]int, len(content.Parts)), 0
	for i := range content.Parts {
		starts[i] = length
		if !deref(content.Parts[i].Thought) {
			length += len(deref(content.Parts[i].Text))
		}
	}
	return starts
}

func (d *decoder) dropCandidateExtras(in *gen.Candidate, where place) {
	const why = "has no counterpart"
	if len(in.SafetyRatings) > 0 {
		d.drop(where.at("safetyRatings"), why)
	}
	if in.AvgLogprobs != nil {
		d.drop(where.at("avgLogprobs"), why)
	}
	if in.TokenCount != nil {
		d.drop(where.at("tokenCount"), "tokens are counted for the whole answer")
	}
	if in.UrlContextMetadata != nil {
		d.drop(where.at("urlContextMetadata"), why)
	}
	if in.ContinuationToken != nil {
		d.drop(where.at("continuationToken"), "an answer can only be continued where it began")
	}
	if len(in.GroundingAttributions) > 0 {
		d.drop(where.at("groundingAttributions"), why)
	}
	if in.LogprobsResult != nil && in.LogprobsResult.LogProbabilitySum != nil {
		d.drop(where.at("logprobsResult.logProbabilitySum"), why)
	}
	if in.GroundingMetadata != nil {
		d.dropGroundingExtras(in.GroundingMetadata, where)
	}
	if in.CitationMetadata != nil {
		dated := func(c gen.CitationSource) bool { return c.PublicationDate != nil }
		if slices.ContainsFunc(in.CitationMetadata.CitationSources, dated) {
			d.drop(where.at("citationMetadata.citationSources[].publicationDate"), why)
		}
		if slices.ContainsFunc(in.CitationMetadata.Citations, dated) {
			d.drop(where.at("citationMetadata.citations[].publicationDate"), why)
		}
	}
}

// dropGroundingExtras: sources and spans are carried, how they were found is not.
func (d *decoder) dropGroundingExtras(g *gen.GroundingMetadata, where place) {
	for _, extra := range []struct {
		told bool
		name string
	}{
		{len(g.WebSearchQueries) > 0, "webSearchQueries"},
		{g.SearchEntryPoint != nil, "searchEntryPoint"},
		{len(g.ImageSearchQueries) > 0, "imageSearchQueries"},
		{g.GoogleMapsWidgetContextToken != nil, "googleMapsWidgetContextToken"},
		{g.RetrievalMetadata != nil, "retrievalMetadata"},
		{slices.ContainsFunc(g.GroundingSupports, func(s gen.GroundingSupport) bool { return len(s.ConfidenceScores) > 0 }), "groundingSupports[].confidenceScores"},
		{slices.ContainsFunc(g.GroundingSupports, func(s gen.GroundingSupport) bool { return len(s.RenderedParts) > 0 }), "groundingSupports[].renderedParts"},
		{slices.ContainsFunc(g.GroundingChunks, func(c gen.GroundingChunk) bool { return c.Image != nil && c.Image.ImageUri != nil }), "groundingChunks[].image.imageUri"},
		{slices.ContainsFunc(g.GroundingChunks, func(c gen.GroundingChunk) bool { return c.Image != nil && c.Image.Domain != nil }), "groundingChunks[].image.domain"},
	} {
		if extra.told {
			d.drop(where.at("groundingMetadata."+extra.name), "has no counterpart")
		}
	}
}

// part maps every part of a chunk, whatever stands beside it (defects 22a).
func (d *decoder) part(c *candidate, p *gen.Part, where place) error {
	if p.FunctionCall != nil {
		dropPartExtras(p, where, d.drop)
		return d.call(c, p)
	}
	if err := d.endPartial(c); err != nil {
		return err
	}
	if p.FunctionResponse != nil {
		d.drop(where.at("functionResponse"), "an answer holds no results")
		return nil
	}
	switch said := decodeSaid(p, where, "", d.drop).(type) {
	case ir.Text:
		d.say(c, ir.Text{}, said.Text, said.Seal, p.ExecutableCode != nil || p.CodeExecutionResult != nil)
	case ir.Reasoning:
		d.say(c, ir.Reasoning{}, said.Text, said.Seal, false)
	case ir.Media:
		d.closeBlock(c)
		seal := said.Seal
		said.Seal = nil
		d.open(c, said)
		c.open.seal = seal
		d.closeBlock(c)
	}
	return nil
}

// say adds text or thinking. A seal ends its block, since each belongs to one
// part (defects 25); one on an empty part is that of the text before it.
func (d *decoder) say(c *candidate, kind ir.Part, text string, seal *ir.Seal, alone bool) {
	if text == "" && seal == nil && c.open == nil && len(c.logprobs) == 0 {
		return // the empty part beside a finish reason says nothing
	}
	if c.open == nil || c.open.full || alone || !sameKind(c.open.part, kind) {
		if text == "" && seal == nil && len(c.logprobs) == 0 {
			return
		}
		d.closeBlock(c)
		d.open(c, kind)
		c.open.ours = alone
	}
	if text != "" || len(c.logprobs) > 0 {
		d.delta(c, text)
	}
	if seal != nil || alone {
		c.open.seal, c.open.full = seal, true
		if _, isText := kind.(ir.Text); !isText {
			d.closeBlock(c)
		}
	}
}

func sameKind(a, b ir.Part) bool {
	_, aText := a.(ir.Text)
	_, bText := b.(ir.Text)
	_, aThought := a.(ir.Reasoning)
	_, bThought := b.(ir.Reasoning)
	return aText == bText && aThought == bThought
}

func (d *decoder) open(c *candidate, part ir.Part) {
	c.open = &openBlock{number: d.blocks, part: part}
	d.blocks++
	d.out = append(d.out, ir.Open{Candidate: c.index, Block: c.open.number, Part: part})
}

func (d *decoder) delta(c *candidate, text string) {
	c.open.length += len(text)
	d.out = append(d.out, ir.Delta{Candidate: c.index, Block: c.open.number, Text: text, Logprobs: c.logprobs})
	c.logprobs = nil
}

// closeBlock ends the open block, with the sources that are known by then.
func (d *decoder) closeBlock(c *candidate) {
	b := c.open
	if b == nil {
		return
	}
	c.open = nil
	end := ir.Close{Candidate: c.index, Block: b.number, Seal: b.seal}
	if b.counts() {
		end.Citations = c.sources.within(c.said, b.length)
		c.said += b.length
	}
	d.out = append(d.out, end)
}
