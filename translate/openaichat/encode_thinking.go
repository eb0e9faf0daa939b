package openaichat

import (
	"encoding/json"
	"slices"

	"louter/gen/openai"
	"louter/translate/ir"
)

// writeThinking says how much to think, in the server's own way.
func (e *requestEncoder) writeThinking() error {
	want := e.req.Reasoning
	level := levelOf(want)
	switch e.p.Thinking {
	case thinkingObject:
		e.writeReasoningObject(want)
	case thinkingGoogle:
		e.writeThinkingConfig(want, level)
	case thinkingSwitch:
		if level != "" {
			e.extraRaw(&e.out.Thinking, onOff(level != "none", "enabled", "disabled"))
		}
		if level != "none" {
			e.writeEffort(level)
		}
	case thinkingTemplate:
		if level != "" {
			e.extraRaw(&e.out.ChatTemplateKwargs, onOff(level != "none", `true`, `false`))
		}
		if want.Budget != nil && *want.Budget > 0 && e.p.has("thinking_budget_tokens") {
			n := int64(*want.Budget)
			e.out.ThinkingBudgetTokens = &n
		}
		if level != "none" {
			e.writeEffort(level)
		}
	default:
		e.writeEffort(level)
	}
	e.writeInclude(want)
	return nil
}

// onOff gives the object that turns thinking on or off, in the form that the
// words stand for.
func onOff(on bool, yes, no string) string {
	word := no
	if on {
		word = yes
	}
	if word == "true" || word == "false" {
		return `{"enable_thinking":` + word + `}`
	}
	return `{"type":"` + word + `"}`
}

func (e *requestEncoder) extraRaw(to *json.RawMessage, text string) { *to = []byte(text) }

// levelOf makes a word of a budget, by the table of Google's compatible
// endpoint: low 1,024 tokens, medium 8,192, high 24,576.
func levelOf(r ir.ReasoningOptions) string {
	switch {
	case r.Effort != "" || r.Budget == nil:
		return r.Effort
	case *r.Budget == 0:
		return "none"
	case *r.Budget < 0: // as much as the model likes
		return ""
	case *r.Budget <= 1024:
		return "low"
	case *r.Budget <= 8192:
		return "medium"
	}
	return "high"
}

// writeEffort sends the nearest word that the server knows.
func (e *requestEncoder) writeEffort(level string) {
	switch {
	case level == "":
		return
	case !e.p.has("reasoning_effort"):
		if level != "none" { // a model that cannot think does not
			e.drop("reasoning_effort", notTaken)
		}
		return
	}
	word := nearest(level, e.p.Efforts)
	if word == "" {
		e.drop("reasoning_effort", notTaken)
		return
	}
	if level == "none" && word != "none" {
		e.drop("reasoning_effort", "the model always thinks; it was asked to think least")
	}
	e.out.ReasoningEffort = openai.ReasoningEffort(word)
}

// nearest finds the word among those offered that is next to level, the
// stronger of two.
func nearest(level string, offered []string) string {
	at := slices.Index(efforts, level)
	best, distance := "", len(efforts)
	for _, word := range offered {
		d := slices.Index(efforts, word) - at
		if level != "none" && word == "none" {
			continue // asked to think little is not asked not to think
		}
		if d < 0 {
			d = -d
		}
		if d <= distance {
			best, distance = word, d
		}
	}
	return best
}

// writeReasoningObject writes OpenRouter's form; effort and max_tokens
// exclude each other.
func (e *requestEncoder) writeReasoningObject(want ir.ReasoningOptions) {
	o := map[string]any{}
	switch {
	case want.Budget != nil && *want.Budget > 0:
		o["max_tokens"] = *want.Budget
	case want.Effort != "":
		o["effort"] = want.Effort
	case want.Budget != nil && *want.Budget == 0:
		o["effort"] = "none"
	}
	if want.Include != nil {
		o["exclude"] = !*want.Include
	}
	if len(o) > 0 {
		e.extra = append(e.extra, extraMember{"reasoning", o})
	}
}

// writeThinkingConfig: Google's endpoint refuses reasoning_effort beside a
// thinking_config, so that only one of the two is written.
func (e *requestEncoder) writeThinkingConfig(want ir.ReasoningOptions, level string) {
	if want.Budget == nil && want.Include == nil {
		e.writeEffort(level)
		return
	}
	config := map[string]any{}
	switch {
	case want.Budget != nil:
		config["thinking_budget"] = *want.Budget
	case want.Effort != "":
		config["thinking_level"] = nearest(want.Effort, e.p.Efforts)
	}
	if want.Include != nil {
		config["include_thoughts"] = *want.Include
	}
	e.setGoogle("thinking_config", config)
}

func (e *requestEncoder) writeInclude(want ir.ReasoningOptions) {
	switch {
	case want.Include == nil:
	case e.p.has("include_reasoning"):
		e.out.IncludeReasoning = want.Include
	case *want.Include && !e.p.ShowsThinking:
		e.drop("include_reasoning", "the backend does not show what its models think")
	}
}
