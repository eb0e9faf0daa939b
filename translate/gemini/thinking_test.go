package gemini

import (
	"testing"

	"louter/translate/ir"
)

// TestPlanThinking covers defects 27 and 28.
func TestPlanThinking(t *testing.T) {
	effort := func(e string) ir.ReasoningOptions { return ir.ReasoningOptions{Effort: e} }
	budget := func(n int) ir.ReasoningOptions { return ir.ReasoningOptions{Budget: &n} }
	cases := []struct {
		model  string
		ask    ir.ReasoningOptions
		budget int // -2: none
		level  string
		lossy  bool
	}{
		{"gemini-2.5-pro", budget(0), 128, "", true},
		{"gemini-2.5-pro", budget(5), 128, "", false},
		{"gemini-2.5-pro", budget(40000), 32768, "", false},
		{"gemini-2.5-pro", budget(-1), -1, "", false},
		{"gemini-2.5-pro", effort("none"), 128, "", true},
		{"gemini-2.5-pro", effort("xhigh"), 32768, "", false},
		{"gemini-2.5-flash", budget(0), 0, "", false},
		{"gemini-2.5-flash", effort("medium"), 8192, "", false},
		{"gemini-2.5-flash", effort("high"), 24576, "", false},
		{"gemini-2.5-flash-lite", budget(100), 512, "", false},
		{"models/gemini-2.5-flash-lite-preview-09-2025", effort("low"), 1024, "", false},
		{"gemini-2.5-flash-image", effort("low"), -2, "", true},
		{"gemini-2.0-flash", effort("low"), -2, "", true},
		{"gemini-2.0-flash", effort("none"), -2, "", false},
		{"gemini-2.0-flash", budget(0), -2, "", false},
		{"gemini-3-pro-preview", effort("medium"), -2, "high", false},
		{"gemini-3-pro-preview", effort("minimal"), -2, "low", false},
		{"gemini-3.1-pro-preview", effort("medium"), -2, "medium", false},
		{"gemini-3-flash-preview", effort("minimal"), -2, "minimal", false},
		{"gemini-3-flash-preview", effort("none"), -2, "minimal", true},
		{"gemini-3-flash-preview", budget(-1), -2, "", false},
		{"gemini-3-flash-preview", budget(500), -2, "low", false},
		{"gemini-3.1-flash-lite", budget(10000), -2, "high", false},
		{"gemini-3.8-flash", effort("minimal"), -2, "low", false},
		{"gemini-3.1-flash-image-preview", effort("low"), -2, "high", false},
		{"gemini-4-argon", effort("xhigh"), -2, "high", false},
		{"gemini-flash-latest", effort("high"), -2, "high", false},
		{"tuned/mine", effort("low"), -2, "low", false},
		{"tuned/mine", budget(7), 7, "", false},
		{"tuned/mine", effort("none"), 0, "", false},
		{"gemini-2.5-flash", effort(""), -2, "", false},
		{"gemini-3.8-flash", effort(""), -2, "", false},
	}
	for _, c := range cases {
		p := planThinking(modelTraits(c.model), c.ask)
		got := -2
		if p.budget != nil {
			got = *p.budget
		}
		if got != c.budget || p.level != c.level || (p.why != "") != c.lossy {
			t.Errorf("%s, %+v: got %d %q %q", c.model, c.ask, got, p.level, p.why)
		}
	}
}

func TestModelTraits(t *testing.T) {
	type want struct{ signatures, ids, schema, jsonTools, sampling, penalties bool }
	cases := map[string]want{
		"gemini-2.0-flash":           {false, false, false, false, true, true},
		"gemini-2.5-flash":           {false, false, true, false, true, false},
		"gemini-3-pro-preview":       {true, true, true, true, true, false},
		"gemini-3-pro-image-preview": {false, true, true, true, true, false},
		"gemini-3.5-flash":           {true, true, true, true, true, false},
		"gemini-3.5-flash-lite":      {true, true, true, true, false, false},
		"Gemini-3.6-Flash":           {true, true, true, true, false, false},
		"gemini-3.8-flash":           {true, true, true, true, false, false},
		"gemini-1.5-pro":             {false, false, false, false, true, true},
		"gemma-3-27b-it":             {false, false, false, false, true, false},
		"somebody-elses":             {false, false, false, true, true, true},
	}
	for model, w := range cases {
		m := modelTraits(model)
		if got := (want{m.signatures, m.callIDs, m.jsonSchema, m.jsonBesideTools, m.sampling, m.penalties}); got != w {
			t.Errorf("%s: got %+v, want %+v", model, got, w)
		}
	}
	if modelTraits("gemma-3-27b-it").system || !modelTraits("gemma-4-31b").system {
		t.Error("only Gemma 3 has no system instruction")
	}
}
