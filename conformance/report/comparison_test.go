package report

import (
	"bytes"
	"strings"
	"testing"

	"louter/conformance/compare"
	"louter/conformance/scenario"
	"louter/conformance/suite"
)

// TestComparisonCountsWhatEachWasAsked, from the JSON of their runs.
func TestComparisonCountsWhatEachWasAsked(t *testing.T) {
	chat := scenario.Pair{Front: scenario.OpenAIChat, Back: scenario.OpenAIChat}
	cross := scenario.Pair{Front: scenario.OpenAIChat, Back: scenario.Gemini}
	runs := []Report{
		{Gateway: "Ours 1", Results: []suite.Result{
			{Case: "tools-a", Pair: chat, Outcome: suite.Passed}, {Case: "tool-b", Pair: cross, Outcome: suite.Passed}, {Case: "usage-c", Pair: cross, Outcome: suite.Passed}}},
		{Gateway: "Theirs 2", Tweaks: []*suite.Tweak{{Ignore: compare.KindIDs, Says: "call 0", Why: "has none"}}, Results: []suite.Result{
			{Case: "tools-a", Pair: chat, Outcome: suite.Skipped, Why: "the gateway has no such pair"},
			{Case: "tool-b", Pair: cross, Outcome: suite.KnownFailing, Why: "its issue 7"}, {Case: "usage-c", Pair: cross, Outcome: suite.Failed}}},
	}
	var all []Standing
	for _, r := range runs {
		var b bytes.Buffer
		if err := r.JSON(&b); err != nil {
			t.Fatal(err)
		}
		s, err := ReadStanding(&b)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	var page strings.Builder
	if err := Comparison(&page, all); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| Ours 1 | – | – | **2**/2 | **1**/1 | **3**/3 |", "| Theirs 2 | – | – | 0/2 | – | 0/2 |",
		"| tools | **1**/1 | 0/1 |", "| usage | **1**/1 | 0/1 |",
		"<summary>Theirs 2: 2</summary>", "- its issue 7: `tool-b` (openaichat → gemini)", "- not looked into yet: `usage-c`",
		"- ids (`call 0`): has none", "<summary>Ours 1: 0</summary>",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in\n%s", want, page.String())
		}
	}
	for _, wrong := range []string{"{", "{}", `{"gateway":"x"}`} {
		if _, err := ReadStanding(strings.NewReader(wrong)); err == nil {
			t.Errorf("%s is no fault", wrong)
		}
	}
}
