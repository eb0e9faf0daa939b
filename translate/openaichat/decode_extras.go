package openaichat

import (
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"

	"louter/translate/ir"
)

// readReasoning takes the official reasoning_effort and what clients of the
// compatible servers say instead. The first that speaks counts.
func (d *requestDecoder) readReasoning() error {
	in, r := &d.in, &d.out.Reasoning
	if in.ReasoningEffort != "" {
		effort, known := reasoningEfforts[in.ReasoningEffort]
		if !known {
			return ir.Invalid("reasoning_effort", "Invalid value for 'reasoning_effort': expected none, minimal, low, medium, high or xhigh.")
		}
		r.Effort = effort
	}
	d.readReasoningObject(gjson.ParseBytes(in.Reasoning))
	thinking := gjson.ParseBytes(in.Thinking)
	switch thinking.Get("type").String() {
	case "disabled":
		setBudget(r, 0)
	case "enabled", "adaptive":
		if budget := thinking.Get("budget_tokens"); budget.Type == gjson.Number {
			setBudget(r, budget.Int())
		}
	}
	for _, budget := range []*int64{in.ThinkingBudget, in.ThinkingBudgetTokens} {
		if budget != nil {
			setBudget(r, *budget)
		}
	}
	enabled := in.EnableThinking
	if kwarg := gjson.GetBytes(in.ChatTemplateKwargs, "enable_thinking"); kwarg.IsBool() && enabled == nil {
		on := kwarg.Bool()
		enabled = &on
	}
	if enabled != nil && !*enabled {
		setBudget(r, 0)
	}
	if in.IncludeReasoning != nil {
		r.Include = in.IncludeReasoning
	}
	d.readReasoningFormat()
	return nil
}

// readReasoningFormat reads Groq's word for where thoughts stand: "parsed" is
// what Louter does (https://console.groq.com/docs/reasoning).
func (d *requestDecoder) readReasoningFormat() {
	switch d.in.ReasoningFormat {
	case "", "parsed":
	case "hidden":
		if d.out.Reasoning.Include == nil {
			hidden := false
			d.out.Reasoning.Include = &hidden
		}
	default:
		d.out.Drop("reasoning_format", "thoughts have a member of their own in every answer")
	}
}

// readReasoningObject reads OpenRouter's form.
func (d *requestDecoder) readReasoningObject(o gjson.Result) {
	r := &d.out.Reasoning
	if effort := o.Get("effort").String(); r.Effort == "" && slices.Contains(efforts, effort) {
		r.Effort = effort
	}
	if budget := o.Get("max_tokens"); budget.Type == gjson.Number {
		setBudget(r, budget.Int())
	}
	if on := o.Get("enabled"); on.IsBool() && !on.Bool() {
		setBudget(r, 0)
	}
	if exclude := o.Get("exclude"); exclude.IsBool() {
		include := !exclude.Bool()
		r.Include = &include
	}
}

func setBudget(r *ir.ReasoningOptions, tokens int64) {
	if r.Budget == nil && tokens >= -1 && tokens <= maxBudget {
		n := int(tokens)
		r.Budget = &n
	}
}

const maxBudget = 1 << 30

// readExtras takes what Google's clients put beside the official members:
// into extra_body.google, google, or the top level.
func (d *requestDecoder) readExtras() error {
	d.readTier()
	d.readLabels()
	body := gjson.ParseBytes(d.body)
	for _, at := range []gjson.Result{gjson.GetBytes(d.in.ExtraBody, "google"), body.Get("google"), body} {
		if err := d.readGoogle(at); err != nil {
			return err
		}
	}
	return nil
}

// either gives the first of two spellings that is there.
func either(o gjson.Result, snake, camel string) gjson.Result {
	if r := o.Get(snake); r.Exists() {
		return r
	}
	return o.Get(camel)
}

func (d *requestDecoder) readGoogle(o gjson.Result) error {
	if !o.IsObject() {
		return nil
	}
	if cached := either(o, "cached_content", "cachedContent"); d.out.CachedContent == "" && cached.Type == gjson.String {
		d.out.CachedContent = cached.String()
	}
	if safety := either(o, "safety_settings", "safetySettings"); len(d.out.Safety) == 0 && safety.IsArray() {
		for _, s := range safety.Array() {
			category, threshold := s.Get("category").String(), s.Get("threshold").String()
			if category == "" || threshold == "" {
				return ir.Invalid("safety_settings", "Invalid value for 'safety_settings': each has a category and a threshold.")
			}
			d.out.Safety = append(d.out.Safety, ir.SafetySetting{Category: category, Threshold: threshold})
		}
	}
	if thinking := either(o, "thinking_config", "thinkingConfig"); thinking.IsObject() {
		d.readThinkingConfig(thinking)
	}
	if image := either(o, "image_config", "imageConfig"); d.out.Output.Image == nil && image.IsObject() {
		d.out.Output.Image = &ir.ImageOutput{
			AspectRatio: either(image, "aspect_ratio", "aspectRatio").String(),
			Size:        either(image, "image_size", "imageSize").String(),
		}
	}
	return nil
}

func (d *requestDecoder) readThinkingConfig(o gjson.Result) {
	r := &d.out.Reasoning
	if budget := either(o, "thinking_budget", "thinkingBudget"); budget.Type == gjson.Number {
		setBudget(r, budget.Int())
	}
	if level := either(o, "thinking_level", "thinkingLevel").String(); r.Effort == "" && slices.Contains(efforts, level) {
		r.Effort = level
	}
	if include := either(o, "include_thoughts", "includeThoughts"); include.IsBool() && r.Include == nil {
		wanted := include.Bool()
		r.Include = &wanted
	}
}

func (d *requestDecoder) readTier() {
	if d.in.ServiceTier == "" {
		return
	}
	tier, known := serviceTiers[d.in.ServiceTier]
	if !known {
		d.out.Drop("service_tier", "the tier is not known")
		return
	}
	d.out.ServiceTier = tier
}

func (d *requestDecoder) readLabels() {
	if isNull(d.in.Metadata) {
		return
	}
	var labels map[string]string
	if err := json.Unmarshal(d.in.Metadata, &labels); err != nil {
		d.out.Drop("metadata", "it is not an object of strings")
		return
	}
	if len(labels) > 0 {
		d.out.Labels = labels
	}
}

// sealOf reads the proof of a thought out of extra_content.
func sealOf(extra []byte) *ir.Seal {
	if isNull(extra) {
		return nil
	}
	for _, family := range []string{"google", "vertex"} { // Vertex names itself: github.com/earendil-works/pi/issues/6733
		if slot := gjson.GetBytes(extra, family+".thought_signature"); slot.Type == gjson.String && slot.Str != "" {
			seal := ir.UnpackSeal(slot.Str)
			return &seal
		}
	}
	return nil
}
