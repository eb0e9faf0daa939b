package gemini

import (
	"iter"
	"slices"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

func (e *requestEncoder) config() error {
	var c gen.GenerationConfig
	e.sampling(&c)
	if err := e.output(&c); err != nil {
		return err
	}
	e.modalities(&c)
	e.thinking(&c)
	e.resolution(&c)
	if !isZero(c) {
		e.out.GenerationConfig = &c
	}
	return nil
}

func (e *requestEncoder) sampling(c *gen.GenerationConfig) {
	s := e.req.Sampling
	c.MaxOutputTokens = int32Of(s.MaxTokens)
	c.CandidateCount = int32Of(s.Candidates)
	c.Seed = foldSeed(s.Seed)
	c.ResponseLogprobs = s.Logprobs
	c.Logprobs = int32Of(s.TopLogprobs)
	for i, word := range s.Stop {
		if word == "" {
			e.dropEach(at("stop", i), "an empty stop sequence is not taken")
			continue
		}
		c.StopSequences = append(c.StopSequences, word)
	}
	if e.traits.sampling {
		c.Temperature, c.TopP, c.TopK = s.Temperature, s.TopP, s.TopK
	} else {
		const why = "the model has fixed sampling"
		for _, n := range []struct {
			name string
			v    *float64
		}{{"temperature", s.Temperature}, {"top_p", s.TopP}, {"top_k", s.TopK}} {
			if n.v != nil {
				e.dropEach(n.name, why)
			}
		}
	}
	if e.traits.penalties {
		c.PresencePenalty, c.FrequencyPenalty = s.PresencePenalty, s.FrequencyPenalty
	} else {
		e.dropPenalty("presence_penalty", s.PresencePenalty)
		e.dropPenalty("frequency_penalty", s.FrequencyPenalty)
	}
}

// dropPenalty: a penalty of zero asks for nothing.
func (e *requestEncoder) dropPenalty(name string, v *float64) {
	if v != nil && *v != 0 {
		e.dropEach(name, "the model takes no penalties")
	}
}

// foldSeed keeps a 64-bit seed within the 32 bits there are: the same seed
// still gives the same answer.
func foldSeed(seed *int64) *int32 {
	if seed == nil {
		return nil
	}
	n := int32(*seed)
	if int64(n) != *seed {
		n = int32((*seed ^ *seed>>32) & (1<<31 - 1))
	}
	return &n
}

func int32Of(v *int64) *int32 {
	if v == nil {
		return nil
	}
	n := int32(min(max(*v, -1<<31), 1<<31-1))
	return &n
}

func (e *requestEncoder) output(c *gen.GenerationConfig) error {
	o := e.req.Output
	if o.Verbosity != "" {
		e.drop("verbosity", "Gemini has no control of verbosity")
	}
	if o.Description != "" {
		e.drop("response_format.json_schema.description", "Gemini has no description of the answer's form")
	}
	kind := ""
	switch o.Kind {
	case ir.OutputText:
		kind = "text/plain"
	case ir.OutputJSON, ir.OutputJSONSchema:
		kind = "application/json"
	case ir.OutputEnum:
		kind = "text/x.enum"
	default:
		return nil
	}
	if kind != "text/plain" && len(e.out.Tools) > 0 && !e.traits.jsonBesideTools {
		// "Function calling with a response mime type: 'application/json' is
		// unsupported" (defects 22b): the tools are what cannot be done without.
		e.dropEach("response_format", "the model takes no form of the answer beside tools")
		return nil
	}
	c.ResponseMimeType = &kind
	if o.Kind != ir.OutputJSONSchema && o.Kind != ir.OutputEnum {
		return nil
	}
	t := e.traits
	t.jsonSchema = t.jsonSchema && o.Kind == ir.OutputJSONSchema // defects 38
	s, err := encodeSchema(o.Schema, t, "response_format.json_schema.schema", e.dropEach)
	switch {
	case err != nil:
		return err
	case s.isJSON:
		c.ResponseJsonSchema = s.raw
	default:
		c.ResponseSchema = s.raw
	}
	return nil
}

func (e *requestEncoder) modalities(c *gen.GenerationConfig) {
	o := e.req.Output
	for i, m := range o.Modalities {
		word, known := outputModalityWords[m]
		if !known {
			e.dropEach(at("modalities", i), "Gemini gives no such output")
			continue
		}
		c.ResponseModalities = append(c.ResponseModalities, word)
	}
	if a := o.Audio; a != nil {
		c.SpeechConfig = &gen.SpeechConfig{LanguageCode: some(a.Language)}
		if a.Voice != "" {
			c.SpeechConfig.VoiceConfig = &gen.VoiceConfig{PrebuiltVoiceConfig: &gen.PrebuiltVoiceConfig{VoiceName: &a.Voice}}
		}
		switch a.Format {
		case "", "pcm16", "wav": // a WAV file is the same samples behind a header
		default:
			e.drop("audio.format", "Gemini's sound is 16-bit PCM")
		}
	}
	if p := o.Image; p != nil {
		c.ImageConfig = &gen.ImageConfig{AspectRatio: some(p.AspectRatio), ImageSize: some(p.Size)}
	}
}

func (e *requestEncoder) thinking(c *gen.GenerationConfig) {
	plan := planThinking(e.traits, e.req.Reasoning)
	if plan.why != "" {
		e.drop("reasoning_effort", plan.why)
	}
	if plan.budget == nil && plan.level == "" && plan.include == nil {
		return
	}
	out := &gen.ThinkingConfig{IncludeThoughts: plan.include}
	if plan.budget != nil {
		budget := int32(min(max(*plan.budget, -1), 1<<31-1))
		out.ThinkingBudget = &budget
	}
	for word, effort := range thinkingLevels {
		if effort == plan.level && effort != "" {
			out.ThinkingLevel = &word
		}
	}
	c.ThinkingConfig = out
}

// resolution says once for the request what the model takes only there. Where
// media differ the finest counts.
func (e *requestEncoder) resolution(c *gen.GenerationConfig) {
	if e.traits.partResolution {
		return
	}
	ranks := []string{"", "low", "medium", "high", "ultra_high", "original"}
	finest, differ := 0, false
	for m := range e.media() {
		if rank := slices.Index(ranks, m.Detail); rank > 0 {
			differ = differ || finest > 0 && rank != finest
			finest = max(finest, rank)
		}
	}
	if finest == 0 {
		return
	}
	if differ {
		e.drop("detail", "the model takes one resolution for all media; the finest is used")
	}
	level := resolutionWords[ranks[finest]]
	c.MediaResolution = &level
}

// media yields what the turns hold, in results too.
func (e *requestEncoder) media() iter.Seq[ir.Media] {
	return func(yield func(ir.Media) bool) {
		for _, turn := range e.req.Turns {
			for _, p := range turn.Parts {
				inner := []ir.Part{p}
				if r, isResult := p.(ir.ToolResult); isResult {
					inner = r.Content
				}
				for _, p := range inner {
					if m, isMedia := p.(ir.Media); isMedia && !yield(m) {
						return
					}
				}
			}
		}
	}
}
