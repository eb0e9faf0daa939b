package gemini

import (
	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// decodeLogprobs reads logprobsResult: the chosen tokens, and beside each its
// rivals.
func decodeLogprobs(r *gen.LogprobsResult) []ir.TokenLogprob {
	if r == nil {
		return nil
	}
	out := make([]ir.TokenLogprob, 0, len(r.ChosenCandidates))
	for i := range r.ChosenCandidates {
		token := decodeToken(&r.ChosenCandidates[i])
		if i < len(r.TopCandidates) {
			for j := range r.TopCandidates[i].Candidates {
				token.Top = append(token.Top, decodeToken(&r.TopCandidates[i].Candidates[j]))
			}
		}
		out = append(out, token)
	}
	return out
}

func decodeToken(c *gen.LogprobsCandidate) ir.TokenLogprob {
	t := ir.TokenLogprob{Token: deref(c.Token), ID: whole(c.TokenId)}
	if p := number(c.LogProbability); p != nil {
		t.Logprob = *p
	}
	return t
}

func encodeLogprobs(tokens []ir.TokenLogprob) *gen.LogprobsResult {
	if len(tokens) == 0 {
		return nil
	}
	out := &gen.LogprobsResult{}
	ranked := false
	for _, t := range tokens {
		out.ChosenCandidates = append(out.ChosenCandidates, encodeToken(t))
		var top gen.TopCandidates
		for _, rival := range t.Top {
			top.Candidates = append(top.Candidates, encodeToken(rival))
			ranked = true
		}
		out.TopCandidates = append(out.TopCandidates, top)
	}
	if !ranked {
		out.TopCandidates = nil
	}
	return out
}

func encodeToken(t ir.TokenLogprob) gen.LogprobsCandidate {
	return gen.LogprobsCandidate{Token: &t.Token, TokenId: int32Of(t.ID), LogProbability: &t.Logprob}
}
