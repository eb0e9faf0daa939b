package openaichat

import (
	"encoding/json"
	"net/http"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"
)

// requestEncoder writes one request for one server.
type requestEncoder struct {
	req   *ir.Request
	p     *profile // as it is for the request's model
	names *toolNames
	shape answerShape
	out   openai.ChatCompletionRequest
	// extra holds members that the generated type does not have.
	extra  []extraMember
	google map[string]any // extra_body.google
}

type extraMember struct {
	name  string
	value any
}

// EncodeRequest writes a request as the backend's profile wants it. What it
// does not take is appended to req.Dropped; what would change the meaning of
// the whole is an error of kind Invalid.
func (b *back) EncodeRequest(req *ir.Request) (translate.Call, error) {
	p := b.profile.forModel(req.Model)
	e := requestEncoder{req: req, p: p, names: newToolNames(p, req), shape: shapeOf(p, req)}
	e.out.Model = req.Model
	for _, step := range []func() error{e.writeMessages, e.writeTools, e.writeChoice, e.writeOutput, e.writeSampling, e.writeThinking, e.writeRest} {
		if err := step(); err != nil {
			return translate.Call{}, err
		}
	}
	body, err := e.body()
	if err != nil {
		return translate.Call{}, err
	}
	return translate.Call{
		Operation: translate.OpGenerate,
		Method:    http.MethodPost,
		Path:      "/chat/completions",
		Header:    http.Header{"Content-Type": {"application/json"}},
		Body:      body,
		Model:     req.Model,
		Stream:    req.Stream,
	}, nil
}

func (e *requestEncoder) body() ([]byte, error) {
	if len(e.google) > 0 {
		raw, err := translate.EncodeJSON(map[string]any{"google": e.google})
		if err != nil {
			return nil, err
		}
		e.out.ExtraBody = raw
	}
	body, err := translate.EncodeJSON(&e.out)
	if err != nil || len(e.extra) == 0 {
		return body, err
	}
	body = body[:len(body)-1]
	for _, m := range e.extra {
		value, err := translate.EncodeJSON(m.value)
		if err != nil {
			return nil, err
		}
		body = append(append(body, ','), rawjson.String(m.name)...)
		body = append(append(body, ':'), value...)
	}
	return append(body, '}'), nil
}

// drop records that the server does not take a member.
func (e *requestEncoder) drop(member, why string) { e.req.Drop(member, why) }

const notTaken = "the backend does not take it"

// put sends a value if the server takes the member.
func put[T any](e *requestEncoder, member string, value *T, to **T) {
	switch {
	case value == nil:
	case e.p.has(member):
		*to = value
	default:
		e.drop(member, notTaken)
	}
}

func (e *requestEncoder) writeSampling() error {
	s := &e.req.Sampling
	e.writeTemperature(s)
	put(e, "top_p", s.TopP, &e.out.TopP)
	put(e, "top_k", wholeNumber(e, s.TopK), &e.out.TopK)
	put(e, "presence_penalty", s.PresencePenalty, &e.out.PresencePenalty)
	put(e, "frequency_penalty", s.FrequencyPenalty, &e.out.FrequencyPenalty)
	put(e, "logprobs", s.Logprobs, &e.out.Logprobs)
	put(e, "top_logprobs", s.TopLogprobs, &e.out.TopLogprobs)
	if s.Candidates == nil || *s.Candidates != 1 {
		put(e, "n", s.Candidates, &e.out.N)
	}
	if len(s.Stop) > 0 {
		if e.p.has("stop") {
			e.out.Stop = openai.StopAt(s.Stop)
		} else {
			e.drop("stop", notTaken)
		}
	}
	e.writeSeed(s.Seed)
	if s.MaxTokens != nil {
		for _, key := range maxTokensKeys(e.p.MaxTokensField, e.req.Model) {
			if key == string(maxTokensNew) {
				e.out.MaxCompletionTokens = s.MaxTokens
			} else {
				e.out.MaxTokens = s.MaxTokens
			}
		}
	}
	return nil
}

// writeTemperature: models that refuse to be steered take their own default,
// so that leaving it out loses nothing.
func (e *requestEncoder) writeTemperature(s *ir.Sampling) {
	if s.Temperature != nil && *s.Temperature == 1 && !e.p.has("temperature") {
		return
	}
	put(e, "temperature", s.Temperature, &e.out.Temperature)
}

// wholeNumber: the compatible servers read top_k as an integer.
func wholeNumber(e *requestEncoder, k *float64) *int64 {
	if k == nil {
		return nil
	}
	n := int64(*k)
	if float64(n) != *k {
		e.drop("top_k", "the backend takes a whole number; the fraction was cut off")
	}
	return &n
}

func (e *requestEncoder) writeSeed(seed *int64) {
	if seed != nil && e.p.has("seed") && e.p.SeedField != "seed" {
		e.extra = append(e.extra, extraMember{e.p.SeedField, *seed})
		return
	}
	put(e, "seed", seed, &e.out.Seed)
}

func (e *requestEncoder) writeOutput() error {
	out := &e.req.Output
	if e.shape.lost != "" {
		e.drop("response_format", e.shape.lost)
	}
	if e.shape.format != "" {
		format, err := e.format(out)
		if err != nil {
			return err
		}
		e.out.ResponseFormat = format
	}
	e.writeModalities(out)
	if out.Image != nil {
		if e.p.has("image_config") {
			e.extra = append(e.extra, extraMember{"image_config", imageConfig(*out.Image)})
		} else {
			e.drop("image_config", notTaken)
		}
	}
	if out.Verbosity != "" {
		if e.p.has("verbosity") {
			e.out.Verbosity = openai.Verbosity(out.Verbosity)
		} else {
			e.drop("verbosity", notTaken)
		}
	}
	return nil
}

func imageConfig(i ir.ImageOutput) map[string]string {
	config := map[string]string{}
	if i.AspectRatio != "" {
		config["aspect_ratio"] = i.AspectRatio
	}
	if i.Size != "" {
		config["image_size"] = i.Size
	}
	return config
}

func (e *requestEncoder) format(out *ir.Output) (*openai.ResponseFormat, error) {
	format := &openai.ResponseFormat{Type: openai.ResponseFormatType(e.shape.format)}
	if e.shape.format != string(openai.ResponseFormatTypeJSONSchema) {
		return format, nil
	}
	schema, err := e.schema(e.shape.schema, "response_format.json_schema.schema")
	if err != nil {
		return nil, err
	}
	name := fitName(out.Name, 64)
	if name == "" {
		name = "answer"
	}
	format.JSONSchema = &openai.JSONSchemaFormat{Name: name, Description: out.Description, Schema: schema, Strict: out.Strict}
	if e.shape.plain { // one of a few words: nothing else may come
		strict := true
		format.JSONSchema.Strict = &strict
	}
	return format, nil
}

func (e *requestEncoder) writeModalities(out *ir.Output) {
	kinds := make([]openai.Modality, 0, len(out.Modalities))
	plain := true
	for _, m := range out.Modalities {
		plain = plain && m == ir.ModalityText
		kinds = append(kinds, keyOf(modalities, m))
	}
	switch {
	case plain:
	case e.p.has("modalities"):
		e.out.Modalities = kinds
	default:
		e.drop("modalities", notTaken)
	}
	if out.Audio == nil {
		return
	}
	if !e.p.has("audio") {
		e.drop("audio", notTaken)
		return
	}
	format := openai.AudioFormat(out.Audio.Format)
	if _, known := outputAudioTypes[format]; !known {
		format = openai.AudioFormatWAV
		if e.req.Stream {
			format = openai.AudioFormatPCM16 // the only one that OpenAI streams
		}
	}
	e.out.Audio = &openai.AudioOutput{Voice: openai.Voice{Name: out.Audio.Voice}, Format: format}
	if out.Audio.Language != "" {
		e.drop("audio.language", notTaken)
	}
}

// writeRest writes the stream's flags and what stands for itself.
func (e *requestEncoder) writeRest() error {
	if e.req.Stream {
		on := true
		e.out.Stream = &on
		// Usage is always asked for: limits and bills count it, and the
		// front hides it from clients that did not ask (reports F22).
		if e.p.has("stream_options") {
			e.out.StreamOptions = &openai.StreamOptions{IncludeUsage: &on}
		}
	}
	if e.req.CachedContent != "" {
		if !e.p.has("cached_content") {
			return ir.Invalid(e.req.Named("cached_content"), "The backend cannot read a cached context of another provider; without it the prompt would be incomplete.")
		}
		e.setGoogle("cached_content", e.req.CachedContent)
	}
	e.writeSafety()
	if len(e.req.Labels) > 0 {
		if !e.p.has("metadata") {
			e.drop("metadata", notTaken)
		} else if raw, err := json.Marshal(e.req.Labels); err == nil {
			e.out.Metadata = raw
		}
	}
	if tier := e.req.ServiceTier; tier != "" {
		if tier == "standard" {
			tier = "default"
		}
		if e.p.has("service_tier") {
			e.out.ServiceTier = openai.ServiceTier(tier)
		} else {
			e.drop("service_tier", notTaken)
		}
	}
	return nil
}

func (e *requestEncoder) writeSafety() {
	if len(e.req.Safety) == 0 {
		return
	}
	if !e.p.has("safety_settings") {
		e.drop("safety_settings", notTaken)
		return
	}
	all := make([]map[string]string, len(e.req.Safety))
	for i, s := range e.req.Safety {
		all[i] = map[string]string{"category": s.Category, "threshold": s.Threshold}
	}
	e.setGoogle("safety_settings", all)
}

func (e *requestEncoder) setGoogle(name string, value any) {
	if e.google == nil {
		e.google = map[string]any{}
	}
	e.google[name] = value
}
