package gemini

import (
	"net/http"

	"louter/translate"
	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// EncodeRequest writes a request for req.Model. What model or server do not
// take is left out and recorded.
func (b Back) EncodeRequest(req *ir.Request) (translate.Call, error) {
	p, t := b.target(req.Model)
	e := requestEncoder{req: req, profile: p, traits: t, dropped: map[string]bool{}}
	steps := []func() error{e.contents, e.tools, e.config, e.rest}
	for _, step := range steps {
		if err := step(); err != nil {
			return translate.Call{}, err
		}
	}
	body, err := translate.EncodeJSON(&e.out)
	if err != nil {
		return translate.Call{}, err
	}
	call := translate.Call{
		Operation: translate.OpGenerate, Method: http.MethodPost, Model: req.Model, Stream: req.Stream,
		Path: modelPath(req.Model, actionGenerate), Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}
	if req.Stream {
		call.Path, call.Query = modelPath(req.Model, actionStream), "alt=sse"
	}
	return call, nil
}

// requestEncoder writes one request.
type requestEncoder struct {
	req     *ir.Request
	profile profile
	traits  traits
	out     gen.GenerateContentRequest
	dropped map[string]bool
}

// drop records a loss; what happens in many turns for one reason is recorded
// once, with the first place.
func (e *requestEncoder) drop(path, why string) {
	if !e.dropped[why] {
		e.req.Drop(path, why)
		e.dropped[why] = true
	}
}

// dropEach records a loss of its own for each place.
func (e *requestEncoder) dropEach(path, why string) { e.req.Drop(path, why) }

func (e *requestEncoder) rest() error {
	e.cachedContent()
	e.safety()
	e.labels()
	if tier := e.req.ServiceTier; tier != "" && tier != "auto" {
		if word, known := serviceTierWords[tier]; known {
			e.out.ServiceTier = &word
		} else {
			e.drop("service_tier", "Gemini has no such service tier")
		}
	}
	if p := e.req.ParallelToolCalls; p != nil && !*p && len(e.out.Tools) > 0 {
		e.drop("parallel_tool_calls", "Gemini cannot be told to call one function at a time")
	}
	return nil
}

// cachedContent holds its own instructions and tools: "CachedContent can not
// be used with GenerateContent request setting system_instruction, tools or
// tool_config" (defects 79).
func (e *requestEncoder) cachedContent() {
	if e.req.CachedContent == "" {
		return
	}
	e.out.CachedContent = &e.req.CachedContent
	const why = "stands in the cached content already"
	if e.out.SystemInstruction != nil {
		e.out.SystemInstruction = nil
		e.dropEach("system", why)
	}
	if e.out.Tools != nil {
		e.out.Tools = nil
		e.dropEach("tools", why)
	}
	if e.out.ToolConfig != nil {
		e.out.ToolConfig = nil
		e.dropEach("tool_choice", why)
	}
}

func (e *requestEncoder) safety() {
	for i, s := range e.req.Safety {
		if s.Category == "" || s.Threshold == "" {
			e.dropEach(at("safety_settings", i), "a safety setting needs a category and a threshold")
			continue
		}
		category, threshold := gen.HarmCategory(s.Category), gen.HarmBlockThreshold(s.Threshold)
		e.out.SafetySettings = append(e.out.SafetySettings, gen.SafetySetting{Category: &category, Threshold: &threshold})
	}
}

// labels must look like Google Cloud's: lower case, 63 characters.
func (e *requestEncoder) labels() {
	for _, key := range sortedKeys(e.req.Labels) {
		switch value := e.req.Labels[key]; {
		case e.profile.noLabels:
			e.drop("metadata", "the server takes no labels")
		case !isLabel(key) || key[0] < 'a' || !isLabel(value) && value != "":
			e.dropEach("metadata."+showName(key), "not of the form of a Google Cloud label")
		default:
			if e.out.Labels == nil {
				e.out.Labels = map[string]string{}
			}
			e.out.Labels[key] = value
		}
	}
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	for _, c := range []byte(s) {
		if c != '_' && c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
