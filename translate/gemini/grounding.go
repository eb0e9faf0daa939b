package gemini

import (
	"slices"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// span is one source for a range of a candidate's text, counted in bytes from
// the text's beginning; whole says that it stands for all of it.
type span struct {
	ir.Citation
	whole bool
}

// decodeGrounding reads groundingMetadata. starts gives where in the
// candidate's text its parts begin: segments count from their part.
func decodeGrounding(g *gen.GroundingMetadata, starts []int) []span {
	var spans []span
	used := make([]bool, len(g.GroundingChunks))
	for _, s := range g.GroundingSupports {
		for _, index := range s.GroundingChunkIndices {
			if int(index) < 0 || int(index) >= len(g.GroundingChunks) {
				continue // a source that the answer does not name
			}
			c, found := decodeSource(&g.GroundingChunks[index])
			if !found {
				continue
			}
			used[index] = true
			spans = append(spans, decodeSegment(c, s.Segment, starts))
		}
	}
	for i := range g.GroundingChunks {
		if c, found := decodeSource(&g.GroundingChunks[i]); found && !used[i] {
			spans = append(spans, span{Citation: c, whole: true})
		}
	}
	return spans
}

func decodeSegment(c ir.Citation, s *gen.Segment, starts []int) span {
	if s == nil || deref(s.EndIndex) <= deref(s.StartIndex) {
		return span{Citation: c, whole: true}
	}
	begin, part := 0, int(deref(s.PartIndex))
	if part > 0 && part < len(starts) {
		begin = starts[part]
	}
	c.Start, c.End = begin+int(deref(s.StartIndex)), begin+int(deref(s.EndIndex))
	return span{Citation: c}
}

func decodeSource(c *gen.GroundingChunk) (ir.Citation, bool) {
	switch {
	case c.Web != nil:
		return ir.Citation{URL: deref(c.Web.Uri), Title: deref(c.Web.Title)}, true
	case c.RetrievedContext != nil:
		return ir.Citation{URL: deref(c.RetrievedContext.Uri), Title: deref(c.RetrievedContext.Title)}, true
	case c.Maps != nil:
		return ir.Citation{URL: deref(c.Maps.Uri), Title: deref(c.Maps.Title)}, true
	case c.Image != nil:
		return ir.Citation{URL: deref(c.Image.SourceUri), Title: deref(c.Image.Title)}, true
	}
	return ir.Citation{}, false
}

// decodeCitations reads citationMetadata, whose places count from the
// beginning of the text.
func decodeCitations(m *gen.CitationMetadata) []span {
	var spans []span
	for _, c := range slices.Concat(m.CitationSources, m.Citations) {
		s := span{Citation: ir.Citation{
			Start: int(deref(c.StartIndex)), End: int(deref(c.EndIndex)),
			URL: deref(c.Uri), Title: deref(c.Title), License: deref(c.License),
		}}
		s.whole = s.End <= s.Start
		spans = append(spans, s)
	}
	return spans
}

// sources are what a candidate's text rests on, as far as known. They may come
// with the last chunk, or grow from chunk to chunk.
type sources struct {
	grounded []span
	cited    []span
	told     map[ir.Citation]bool // those of the whole text, once
}

// ground takes the newest grounding, which replaces what was known; late says
// that a span lies in text that is closed already.
func (s *sources) ground(spans []span, said int) (late bool) {
	s.grounded = spans
	return endBefore(spans, said)
}

// cite adds citations; some services repeat those of earlier chunks.
func (s *sources) cite(spans []span, said int) (late bool) {
	var fresh []span
	for _, c := range spans {
		if !slices.Contains(s.cited, c) {
			fresh = append(fresh, c)
		}
	}
	s.cited = append(s.cited, fresh...)
	return endBefore(fresh, said)
}

func endBefore(spans []span, said int) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return !s.whole && s.End <= said })
}

// within gives the sources for one block of the text; what reaches over its
// borders is cut to it, what stands for the whole goes to the first block.
func (s *sources) within(begin, length int) []ir.Citation {
	var out []ir.Citation
	for _, list := range [][]span{s.cited, s.grounded} {
		for _, one := range list {
			c := one.Citation
			if one.whole {
				c.Start, c.End = 0, 0
				if s.told[c] {
					continue // stands at an earlier block
				}
				if s.told == nil {
					s.told = map[ir.Citation]bool{}
				}
				s.told[c] = true
			} else if c.Start, c.End = max(c.Start-begin, 0), min(c.End-begin, length); c.End <= c.Start {
				continue // of another block
			}
			out = append(out, c)
		}
	}
	return out
}

// grounding collects the sources of a candidate for a client. Those with a
// licence, or which were a citation of Google's own, go into
// citationMetadata, the others into groundingMetadata.
type grounding struct {
	chunks    []gen.GroundingChunk
	supports  []gen.GroundingSupport
	citations []gen.CitationSource
	indexes   map[[2]string]int32
}

// add takes the sources of one text part. part counts the parts of the
// candidate, begin the bytes of text before it.
func (g *grounding) add(citations []ir.Citation, part, begin int, text string) {
	for _, c := range citations {
		if c.License != "" {
			g.citations = append(g.citations, encodeCitation(c, begin))
			continue
		}
		index := g.chunk(c)
		if c.End <= c.Start {
			continue // of the whole: the chunk alone says it
		}
		start, end, n := int32(c.Start), int32(c.End), int32(part)
		segment := &gen.Segment{EndIndex: &end, StartIndex: some(start), PartIndex: some(n)}
		if c.End <= len(text) {
			segment.Text = some(text[c.Start:c.End])
		}
		g.supports = append(g.supports, gen.GroundingSupport{GroundingChunkIndices: []int32{index}, Segment: segment})
	}
}

func (g *grounding) chunk(c ir.Citation) int32 {
	key := [2]string{c.URL, c.Title}
	if i, known := g.indexes[key]; known {
		return i
	}
	if g.indexes == nil {
		g.indexes = map[[2]string]int32{}
	}
	i := int32(len(g.chunks))
	g.indexes[key] = i
	g.chunks = append(g.chunks, gen.GroundingChunk{Web: &gen.GroundingChunkWeb{Uri: some(c.URL), Title: some(c.Title)}})
	return i
}

func encodeCitation(c ir.Citation, begin int) gen.CitationSource {
	out := gen.CitationSource{Uri: some(c.URL), Title: some(c.Title), License: some(c.License)}
	if c.End > c.Start {
		start, end := int32(begin+c.Start), int32(begin+c.End)
		out.StartIndex, out.EndIndex = some(start), &end
	}
	return out
}

// put writes what was collected into a candidate.
func (g *grounding) put(c *gen.Candidate) {
	if len(g.chunks) > 0 {
		c.GroundingMetadata = &gen.GroundingMetadata{GroundingChunks: g.chunks, GroundingSupports: g.supports}
	}
	if len(g.citations) > 0 {
		c.CitationMetadata = &gen.CitationMetadata{CitationSources: g.citations}
	}
}
