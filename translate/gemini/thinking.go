package gemini

import (
	"slices"

	"louter/translate/ir"
)

// Google's own scale between words and tokens, from its OpenAI compatibility
// page (ai.google.dev/gemini-api/docs/openai, "Thinking").
const (
	budgetLow    = 1024
	budgetMedium = 8192
	budgetHigh   = 24576
	budgetMost   = 32768 // what the largest model takes
)

// effortRank orders the efforts of ir.ReasoningOptions.
var effortRank = []string{"none", "minimal", "low", "medium", "high", "xhigh"}

// thinkingPlan is what goes into thinkingConfig.
type thinkingPlan struct {
	budget  *int
	level   string // in lower case
	include *bool
	why     string // what could not be kept; empty: nothing
}

// planThinking fits what a client asks for to what the model takes
// (defects 27, 28).
func planThinking(t traits, o ir.ReasoningOptions) thinkingPlan {
	switch t.thinking {
	case thinkingNone:
		return planNone(o)
	case thinkingBudget:
		return planBudget(t, o)
	case thinkingLevel:
		return planLevel(t, o)
	}
	p := thinkingPlan{budget: o.Budget, include: o.Include}
	if o.Budget == nil {
		switch o.Effort {
		case "none":
			p.budget = new(int)
		case "xhigh":
			p.level = "high"
		default:
			p.level = o.Effort
		}
	}
	return p
}

func planNone(o ir.ReasoningOptions) thinkingPlan {
	asks := o.Effort != "" && o.Effort != "none" || o.Budget != nil && *o.Budget != 0 || o.Include != nil && *o.Include
	if !asks {
		return thinkingPlan{}
	}
	return thinkingPlan{why: "the model has no control of thinking"}
}

func planBudget(t traits, o ir.ReasoningOptions) thinkingPlan {
	p := thinkingPlan{include: o.Include}
	budget, asked := budgetOf(t, o)
	switch {
	case !asked:
		return p
	case budget == 0 && !t.canDisable:
		budget, p.why = t.minBudget, "the model cannot stop thinking; it thinks as little as it can"
	case budget > 0 && budget < t.minBudget:
		budget = t.minBudget
	case budget > t.maxBudget:
		budget = t.maxBudget
	}
	p.budget = &budget
	return p
}

// budgetOf turns an effort into tokens; a budget that the client names wins.
func budgetOf(t traits, o ir.ReasoningOptions) (int, bool) {
	if o.Budget != nil {
		return max(*o.Budget, -1), true
	}
	switch o.Effort {
	case "none":
		return 0, true
	case "minimal", "low":
		return budgetLow, true
	case "medium":
		return budgetMedium, true
	case "high":
		return budgetHigh, true
	case "xhigh":
		return min(t.maxBudget, budgetMost), true
	}
	return 0, false
}

func planLevel(t traits, o ir.ReasoningOptions) thinkingPlan {
	p := thinkingPlan{include: o.Include}
	effort := o.Effort
	if effort == "" && o.Budget != nil {
		effort = effortOf(*o.Budget)
	}
	if effort == "" {
		return p
	}
	p.level = nearestLevel(t.levels, effort)
	if effort == "none" {
		p.why = "the model cannot stop thinking; it thinks as little as it can"
	}
	return p
}

// effortOf turns tokens into an effort; -1 leaves it to the model.
func effortOf(budget int) string {
	switch {
	case budget < 0:
		return ""
	case budget == 0:
		return "none"
	case budget <= budgetLow:
		return "low"
	case budget <= budgetMedium:
		return "medium"
	}
	return "high"
}

// nearestLevel gives the lowest level that is at least the effort, else the
// highest there is.
func nearestLevel(levels []string, effort string) string {
	want := slices.Index(effortRank, effort)
	for _, l := range levels {
		if slices.Index(effortRank, l) >= want {
			return l
		}
	}
	return levels[len(levels)-1]
}
