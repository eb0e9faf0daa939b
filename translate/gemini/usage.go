package gemini

import (
	"slices"

	"louter/translate"
	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// usageTally adds up what the chunks of an answer say. Early chunks may know
// only a part of it (reports F10), and some hold a placeholder of zeros
// (defects 62): what is named later wins, what is not named stays.
type usageTally struct {
	prompt, toolUse, cached, candidates, thoughts int64
	promptBy, toolUseBy, cachedBy, candidatesBy   map[ir.Modality]int64
}

// add takes one usageMetadata and says whether anything changed.
func (t *usageTally) add(u *gen.UsageMetadata) bool {
	if u == nil {
		return false
	}
	changed := false
	for _, c := range []struct {
		own *int64
		got int64
	}{
		{&t.prompt, count(u.PromptTokenCount)}, {&t.toolUse, count(u.ToolUsePromptTokenCount)},
		{&t.cached, count(u.CachedContentTokenCount)}, {&t.candidates, count(u.CandidatesTokenCount)},
		{&t.thoughts, count(u.ThoughtsTokenCount)},
	} {
		if c.got > 0 && c.got != *c.own {
			*c.own, changed = c.got, true
		}
	}
	for _, c := range []struct {
		own *map[ir.Modality]int64
		got []gen.ModalityTokenCount
	}{
		{&t.promptBy, u.PromptTokensDetails}, {&t.toolUseBy, u.ToolUsePromptTokensDetails},
		{&t.cachedBy, u.CacheTokensDetails}, {&t.candidatesBy, u.CandidatesTokensDetails},
	} {
		if len(c.got) > 0 {
			*c.own, changed = decodeCounts(c.got), true
		}
	}
	return changed
}

// usage is what the model counts: tokens of tools that ran at the provider
// are input (defects 58), thoughts are output (defects 56), cached tokens are
// a part of the prompt already (defects 57).
func (t *usageTally) usage() ir.Usage {
	return ir.Usage{
		Input: t.prompt + t.toolUse, Output: t.candidates + t.thoughts,
		Cached: t.cached, ToolUse: t.toolUse, Reasoning: t.thoughts,
		InputBy: sum(t.promptBy, t.toolUseBy), OutputBy: t.candidatesBy, CachedBy: t.cachedBy,
	}
}

// DecodeUsage reads the value of an answer's usageMetadata; nil: it counts nothing.
func DecodeUsage(raw []byte) *ir.Usage {
	var u gen.UsageMetadata
	if err := translate.ReadJSON(raw, &u); err != nil {
		return nil // it is only counted: the answer is passed all the same
	}
	var t usageTally
	if !t.add(&u) {
		return nil
	}
	usage := t.usage()
	return &usage
}

func count[I int | int32 | int64](v *I) int64 {
	if v == nil || *v < 0 {
		return 0
	}
	return int64(*v)
}

func decodeCounts(list []gen.ModalityTokenCount) map[ir.Modality]int64 {
	by := make(map[ir.Modality]int64, len(list))
	for _, c := range list {
		m, known := modalities[deref(c.Modality)]
		if !known {
			m = ir.ModalityFile
		}
		by[m] += count(c.TokenCount)
	}
	return by
}

func sum(a, b map[ir.Modality]int64) map[ir.Modality]int64 {
	if len(b) == 0 {
		return a
	}
	total := make(map[ir.Modality]int64, len(a)+len(b))
	for m, n := range a {
		total[m] += n
	}
	for m, n := range b {
		total[m] += n
	}
	return total
}

// encodeUsage is the way back. What tools used is told apart from the prompt
// only as a whole, so its share is taken from the text.
func encodeUsage(u *ir.Usage) *gen.UsageMetadata {
	if u == nil || u.Total() == 0 {
		return nil // zeros are a placeholder and no usage (defects 62)
	}
	out := &gen.UsageMetadata{
		PromptTokenCount:        tokens(u.Input - u.ToolUse),
		CandidatesTokenCount:    tokens(u.Output - u.Reasoning),
		TotalTokenCount:         tokens(u.Total()),
		PromptTokensDetails:     encodeCounts(u.InputBy, u.ToolUse),
		CandidatesTokensDetails: encodeCounts(u.OutputBy, 0),
		CacheTokensDetails:      encodeCounts(u.CachedBy, 0),
	}
	if u.Cached > 0 {
		out.CachedContentTokenCount = tokens(u.Cached)
	}
	if u.ToolUse > 0 {
		out.ToolUsePromptTokenCount = tokens(u.ToolUse)
		out.ToolUsePromptTokensDetails = encodeCounts(map[ir.Modality]int64{ir.ModalityText: u.ToolUse}, 0)
	}
	if u.Reasoning > 0 {
		out.ThoughtsTokenCount = tokens(u.Reasoning)
	}
	return out
}

func tokens(n int64) *int32 {
	v := int32(min(max(n, 0), 1<<31-1))
	return &v
}

func encodeCounts(by map[ir.Modality]int64, lessText int64) []gen.ModalityTokenCount {
	var out []gen.ModalityTokenCount
	for _, m := range sortedModalities(by) {
		n := by[m]
		if m == ir.ModalityText {
			n -= lessText
		}
		if n <= 0 {
			continue // nothing of that kind is left to tell
		}
		word := modalityWords[m]
		out = append(out, gen.ModalityTokenCount{Modality: &word, TokenCount: tokens(n)})
	}
	return out
}

func sortedModalities(by map[ir.Modality]int64) []ir.Modality {
	keys := make([]ir.Modality, 0, len(by))
	for m := range by {
		keys = append(keys, m)
	}
	slices.Sort(keys)
	return keys
}
