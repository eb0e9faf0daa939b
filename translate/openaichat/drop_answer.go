package openaichat

import (
	"fmt"

	"louter/gen/openai"
)

// The members of answers that no other protocol has are told as lost, as
// those of requests are (promise 3). What only repeats another member is not:
// object, obfuscation, totals, indexes and types.

const noCounterpart = "has no counterpart"

// extra is a member that is lost where it is there.
type extra struct {
	there bool
	name  string
}

func (d *decoder) dropThere(prefix string, extras ...extra) {
	for _, e := range extras {
		if e.there {
			d.drop(prefix+e.name, noCounterpart)
		}
	}
}

func (d *decoder) dropExtras(c *chunk) {
	d.dropThere("",
		extra{c.SystemFingerprint != "", "system_fingerprint"}, extra{c.Provider != "", "provider"},
		extra{!isNull(c.Citations), "citations"}, extra{!isNull(c.SearchResults), "search_results"},
		extra{!isNull(c.PromptFilterResults), "prompt_filter_results"}, extra{!isNull(c.Timings), "timings"},
		extra{c.Moderation != nil, "moderation"},
	)
	if x := c.XGroq; x != nil {
		d.dropThere("x_groq.", extra{x.ID != "", "id"}, extra{x.Seed != nil, "seed"})
	}
}

// at names a member of the choice's message as the server wrote it.
func (c *choice) at(name string) string {
	return fmt.Sprintf("choices.%d.%s.%s", c.index, c.member, name)
}

func (c *choice) dropExtras(in *openai.ChunkChoice, delta *openai.Delta) {
	if !isNull(in.ContentFilterResults) {
		c.d.drop(fmt.Sprintf("choices.%d.content_filter_results", c.index), noCounterpart)
	}
	if in.Logprobs != nil && len(in.Logprobs.Refusal) > 0 {
		c.d.drop(fmt.Sprintf("choices.%d.logprobs.refusal", c.index), noCounterpart)
	}
	if !isNull(delta.Citations) {
		c.d.drop(c.at("citations"), "addresses without places in the text")
	}
	if !isNull(delta.ReasoningDetails) && c.d.p.SealOrigin != originOpenRouter {
		c.d.drop(c.at("reasoning_details"), "only the service that wrote it can read it")
	}
	if delta.Audio != nil && delta.Audio.ID != "" {
		c.d.drop(c.at("audio.id"), "the sound itself goes back with the next request")
	}
	if delta.Audio != nil && delta.Audio.ExpiresAt != nil {
		c.d.drop(c.at("audio.expires_at"), noCounterpart)
	}
}

func (c *choice) dropPartExtras(p *openai.ContentPart, at string) {
	if p.Signature != nil {
		c.d.drop(at+".signature", "only the service that wrote it can read it")
	}
	for _, t := range p.Thinking.Parts {
		if !isNull(t.ReferenceIDs) {
			c.d.drop(at+".thinking.reference_ids", noCounterpart)
		}
	}
}

func (d *decoder) dropUsageExtras(u *openai.Usage, path string) {
	d.dropThere(path+".",
		extra{!isNull(u.Cost), "cost"}, extra{u.QueueTime != nil, "queue_time"}, extra{u.PromptTime != nil, "prompt_time"},
		extra{u.CompletionTime != nil, "completion_time"}, extra{u.TotalTime != nil, "total_time"},
	)
	if in := u.PromptTokensDetails; in != nil && in.CacheWriteTokens.Int64() > 0 {
		d.drop(path+".prompt_tokens_details.cache_write_tokens", noCounterpart)
	}
}
