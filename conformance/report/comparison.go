package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"louter/conformance/scenario"
	"louter/conformance/suite"
)

// Standing is what the JSON of one run says of its gateway.
type Standing struct{ r jsonReport }

// ReadStanding reads what JSON wrote.
func ReadStanding(from io.Reader) (Standing, error) {
	var s Standing
	d := json.NewDecoder(from)
	if err := d.Decode(&s.r); err != nil {
		return s, fmt.Errorf("report: %w", err)
	}
	if s.r.Gateway == "" || len(s.r.Results) == 0 {
		return s, fmt.Errorf("report: it names no gateway, or has no result")
	}
	return s, nil
}

// groups of cases by the first word of their names; what is in none is of the
// first.
var groups = []struct {
	title string
	words []string
}{
	{"requests and texts", nil},
	{"tools", []string{"tool", "tools", "calls"}},
	{"schemas, structured output", []string{"schema", "structured"}},
	{"thinking", []string{"thinking"}},
	{"media", []string{"audio", "csv", "image", "media", "pdf", "plain", "several", "video"}},
	{"streams", []string{"stream"}},
	{"finish reasons", []string{"finish"}},
	{"usage", []string{"usage"}},
	{"errors of providers", []string{"error", "blocked", "refusal"}},
	{"requests to refuse", []string{"refused", "cached", "strict"}},
}

func groupOf(name string) int {
	word, _, _ := strings.Cut(name, "-")
	for i, g := range groups {
		if slices.Contains(g.words, word) {
			return i
		}
	}
	return 0
}

// tally counts what was asked and what passed.
type tally struct{ asked, passed int }

func (t tally) String() string {
	switch {
	case t.asked == 0:
		return "–"
	case t.passed == t.asked:
		return fmt.Sprintf("**%d**/%d", t.passed, t.asked)
	}
	return fmt.Sprintf("%d/%d", t.passed, t.asked)
}

// count the results that a filter takes.
func (s Standing) count(takes func(jsonResult) bool) tally {
	var t tally
	for _, x := range s.r.Results {
		if x.Outcome == suite.Skipped || !takes(x) {
			continue
		}
		t.asked++
		if x.Outcome == suite.Passed || x.Outcome == suite.UnexpectedPass {
			t.passed++
		}
	}
	return t
}

// Comparison writes a page of several gateways' results side by side.
func Comparison(w io.Writer, all []Standing) error {
	var b strings.Builder
	var first time.Time
	for _, s := range all {
		if first.IsZero() || s.r.Started.Before(first) {
			first = s.r.Started
		}
	}
	fmt.Fprintf(&b, comparisonHead, first.UTC().Format("2 January 2006"))
	overall(&b, all)
	for _, p := range columns() {
		byGroup(&b, all, p)
	}
	b.WriteString("\n## What fails, and why\n")
	for _, s := range all {
		s.failures(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const comparisonHead = `# Gateways by the conformance suite

Written by ` + "`make peers`" + ` on %s; not by hand.

Each gateway ran as a process of its own, in the configuration that serves it best, with the suite's replayer as its only provider. All of them, Louter too, were asked the same cases over the same sockets and judged by the same rule: an answer must mean what the provider's answer means, a request must mean what the client's does, and what is translated must be what the API's description allows. What each target file tolerates, and why, is below; the files and the way to run them are in [conformance/targets](../conformance/targets/README.md).

The cases were written while Louter was built, many of them after defects that were reported of such gateways. So the numbers say how a gateway does on what Louter's authors looked at, and not how good it is. Cases that need a configuration of Louter's, or that are its own choice, are asked of none. A count is passed/asked; – is a pair that the gateway does not serve.
`

func overall(b *strings.Builder, all []Standing) {
	b.WriteString("\n| gateway |")
	rule := "|---|"
	for _, p := range columns() {
		fmt.Fprintf(b, " %s |", arrow(p))
		rule += "--:|"
	}
	fmt.Fprintf(b, " all |\n%s--:|\n", rule)
	for _, s := range all {
		fmt.Fprintf(b, "| %s |", s.r.Gateway)
		for _, p := range columns() {
			fmt.Fprintf(b, " %s |", s.count(func(x jsonResult) bool { return x.Pair == p.String() }))
		}
		fmt.Fprintf(b, " %s |\n", s.count(func(jsonResult) bool { return true }))
	}
}

func byGroup(b *strings.Builder, all []Standing, p scenario.Pair) {
	fmt.Fprintf(b, "\n## %s\n\n| cases |", arrow(p))
	rule := "|---|"
	for _, s := range all {
		fmt.Fprintf(b, " %s |", s.r.Gateway)
		rule += "--:|"
	}
	b.WriteString("\n" + rule + "\n")
	for i, g := range groups {
		row, asked := "| "+g.title+" |", 0
		for _, s := range all {
			t := s.count(func(x jsonResult) bool { return x.Pair == p.String() && groupOf(x.Case) == i })
			row += fmt.Sprintf(" %s |", t)
			asked += t.asked
		}
		if asked > 0 {
			b.WriteString(row + "\n")
		}
	}
}

// failures lists what fails under its reason, and what is tolerated.
func (s Standing) failures(b *strings.Builder) {
	under := map[string][]string{}
	var reasons []string
	failed := 0
	for _, x := range s.r.Results {
		if x.Outcome != suite.Failed && x.Outcome != suite.KnownFailing {
			continue
		}
		why := x.Why
		if why == "" {
			why = "not looked into yet"
		}
		if under[why] == nil {
			reasons = append(reasons, why)
		}
		under[why] = append(under[why], fmt.Sprintf("`%s` (%s)", x.Case, strings.ReplaceAll(x.Pair, "+", " → ")))
		failed++
	}
	fmt.Fprintf(b, "\n<details><summary>%s: %d</summary>\n\n", s.r.Gateway, failed)
	for _, why := range reasons {
		fmt.Fprintf(b, "- %s: %s\n", why, strings.Join(under[why], ", "))
	}
	if failed == 0 {
		b.WriteString("None.\n")
	}
	if len(s.r.Tweaks) > 0 {
		b.WriteString("\nTolerated:\n\n")
	}
	for _, t := range s.r.Tweaks {
		fmt.Fprintf(b, "- %s%s: %s\n", t.Ignore, of(t), t.Why)
	}
	b.WriteString("\n</details>\n")
}

func arrow(p scenario.Pair) string {
	names := map[string]string{scenario.Gemini: "Gemini", scenario.OpenAIChat: "Chat"}
	return fmt.Sprintf("%s client → %s provider", names[p.Front], names[p.Back])
}
