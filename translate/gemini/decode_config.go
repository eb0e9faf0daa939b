package gemini

import (
	"strconv"
	"strings"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

func (d *requestDecoder) config(in *gen.GenerateContentRequest) error {
	c := in.GenerationConfig
	if c == nil {
		return nil
	}
	d.sampling(c)
	d.dropConfig(c)
	if err := d.output(c); err != nil {
		return err
	}
	if err := d.modalities(c); err != nil {
		return err
	}
	return d.thinking(c.ThinkingConfig)
}

func (d *requestDecoder) sampling(c *gen.GenerationConfig) {
	d.req.Sampling = ir.Sampling{
		Temperature: number(c.Temperature), TopP: number(c.TopP), TopK: number(c.TopK),
		MaxTokens: whole(c.MaxOutputTokens), Stop: c.StopSequences, Candidates: whole(c.CandidateCount),
		Seed: whole(c.Seed), PresencePenalty: number(c.PresencePenalty), FrequencyPenalty: number(c.FrequencyPenalty),
		Logprobs: c.ResponseLogprobs, TopLogprobs: whole(c.Logprobs),
	}
}

// number keeps the decimal that the client wrote: 0.1 read as a float32 is
// not 0.1 as a float64.
func number[F float32 | float64](v *F) *float64 {
	if v == nil {
		return nil
	}
	wide := float64(*v)
	if _, narrow := any(*v).(float32); narrow {
		if exact, err := strconv.ParseFloat(strconv.FormatFloat(wide, 'g', -1, 32), 64); err == nil {
			wide = exact
		}
	}
	return &wide
}

func whole[I int | int32 | int64](v *I) *int64 {
	if v == nil {
		return nil
	}
	n := int64(*v)
	return &n
}

func (d *requestDecoder) dropConfig(c *gen.GenerationConfig) {
	const why = "has no counterpart"
	for _, extra := range []struct {
		told bool
		name string
	}{
		{c.EnableEnhancedCivicAnswers != nil, "enableEnhancedCivicAnswers"},
		{c.AudioTranscriptionConfig != nil, "audioTranscriptionConfig"},
		{c.ResponseFormat != nil, "responseFormat"},
		{c.EnableAffectiveDialog != nil, "enableAffectiveDialog"},
		{c.ModelSelectionConfig != nil, "modelSelectionConfig"},
		{c.TranslationConfig != nil, "translationConfig"},
	} {
		if extra.told {
			d.drop("generationConfig."+extra.name, why)
		}
	}
}

// output reads the form of the answer. A schema without a type of content
// asks for JSON as well.
func (d *requestDecoder) output(c *gen.GenerationConfig) error {
	const plain, own = "generationConfig.responseJsonSchema", "generationConfig.responseSchema"
	asked := c.ResponseJsonSchema
	if asked == nil {
		asked = c.ResponseJsonSchemaOrdered // the service's inner name for the same (its proto file)
	}
	schema, err := d.schema(asked, c.ResponseSchema, plain, own)
	if err != nil {
		return err
	}
	o := &d.req.Output
	o.Schema = schema
	switch kind := strings.ToLower(deref(c.ResponseMimeType)); kind {
	case "", "application/json":
		switch {
		case schema != nil:
			o.Kind = ir.OutputJSONSchema
		case kind != "":
			o.Kind = ir.OutputJSON
		}
	case "text/plain":
		o.Kind = ir.OutputText
	case "text/x.enum":
		if schema == nil {
			return ir.Invalid(own, "text/x.enum needs a schema with the values.")
		}
		o.Kind = ir.OutputEnum
	case "application/xml", "application/yaml":
		d.drop("generationConfig.responseMimeType", "has no counterpart")
	default:
		return ir.Invalid("generationConfig.responseMimeType", "allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.")
	}
	if o.Kind == ir.OutputText && schema != nil {
		return ir.Invalid("generationConfig.responseMimeType", "A response schema needs application/json or text/x.enum.")
	}
	return nil
}

func (d *requestDecoder) modalities(c *gen.GenerationConfig) error {
	for i, word := range c.ResponseModalities {
		m, known := outputModalities[gen.Modality(strings.ToUpper(string(word)))]
		if !known {
			return ir.Invalid(at("generationConfig.responseModalities", i), "Unknown response modality.")
		}
		d.req.Output.Modalities = append(d.req.Output.Modalities, m)
	}
	if s := c.SpeechConfig; s != nil {
		d.req.Output.Audio = d.speech(s)
	}
	if p := c.ImageConfig; p != nil {
		d.req.Output.Image = &ir.ImageOutput{AspectRatio: deref(p.AspectRatio), Size: deref(p.ImageSize)}
	}
	return nil
}

func (d *requestDecoder) speech(s *gen.SpeechConfig) *ir.AudioOutput {
	out := &ir.AudioOutput{Language: deref(s.LanguageCode)}
	if s.MultiSpeakerVoiceConfig != nil {
		d.drop("generationConfig.speechConfig.multiSpeakerVoiceConfig", "has no counterpart")
	}
	if v := s.VoiceConfig; v != nil {
		out.Voice = deref(v.Voice)
		if v.PrebuiltVoiceConfig != nil {
			out.Voice = deref(v.PrebuiltVoiceConfig.VoiceName)
		}
		if v.ReplicatedVoiceConfig != nil {
			d.drop("generationConfig.speechConfig.voiceConfig.replicatedVoiceConfig", "has no counterpart")
		}
	}
	return out
}

func (d *requestDecoder) thinking(c *gen.ThinkingConfig) error {
	if c == nil {
		return nil
	}
	o := &d.req.Reasoning
	o.Include = c.IncludeThoughts
	if c.ThinkingBudget != nil {
		budget := int(*c.ThinkingBudget)
		o.Budget = &budget
	}
	if c.ThinkingLevel != nil {
		effort, known := thinkingLevels[gen.ThinkingLevel(strings.ToUpper(string(*c.ThinkingLevel)))]
		if !known {
			return ir.Invalid("generationConfig.thinkingConfig.thinkingLevel", "Unknown thinking level.")
		}
		o.Effort = effort
	}
	return nil
}
