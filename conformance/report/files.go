package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"louter/conformance/compare"
	"louter/conformance/suite"
)

type jsonReport struct {
	Gateway string            `json:"gateway"`
	Started time.Time         `json:"started"`
	Seconds float64           `json:"seconds"`
	Failed  bool              `json:"failed"`
	Counts  map[string]int    `json:"counts"`
	Results []jsonResult      `json:"results"`
	Tweaks  []jsonTweak       `json:"tweaks,omitempty"`
	Why     map[string]string `json:"why"`
}

type jsonResult struct {
	Case     string            `json:"case"`
	Pair     string            `json:"pair"`
	Phase    int               `json:"phase"`
	Outcome  suite.Outcome     `json:"outcome"`
	Why      string            `json:"why,omitempty"`
	Problems []compare.Problem `json:"problems,omitempty"`
	Seconds  float64           `json:"seconds"`
}

type jsonTweak struct {
	Ignore compare.Kind `json:"ignore"`
	Says   string       `json:"says,omitempty"`
	Cases  []string     `json:"cases,omitempty"`
	Pairs  []string     `json:"pairs,omitempty"`
	Why    string       `json:"why"`
}

func tweakOf(t *suite.Tweak) jsonTweak { return jsonTweak{t.Ignore, t.Says, t.Cases, t.Pairs, t.Why} }

// JSON writes what a program needs.
func (r *Report) JSON(w io.Writer) error {
	out := jsonReport{Gateway: r.Gateway, Started: r.Started.UTC(), Seconds: r.Took.Seconds(), Failed: r.Failed(), Counts: map[string]int{}, Why: r.Why}
	for o, n := range r.Count() {
		out.Counts[string(o)] = n
	}
	for _, x := range r.Results {
		out.Results = append(out.Results, jsonResult{x.Case, place(x), x.Phase, x.Outcome, x.Why, x.Problems, x.Took.Seconds()})
	}
	for _, t := range r.Tweaks {
		out.Tweaks = append(out.Tweaks, tweakOf(t))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// Markdown writes a table with a footnote for each cell that is no pass.
func (r *Report) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s, on %s.\n\n", r.Gateway, r.Summary(), r.Started.UTC().Format("2 January 2006"))
	b.WriteString("| case |")
	rule := "|---|"
	for _, p := range columns() {
		fmt.Fprintf(&b, " %s → %s |", p.Front, p.Back)
		rule += "---|"
	}
	b.WriteString("\n" + rule + "\n")
	var notes []string
	for _, x := range r.rows() {
		fmt.Fprintf(&b, "| %s |", x.name)
		for _, cell := range x.cells {
			text := ""
			if cell != nil {
				text = string(cell.Outcome)
				if note := cellNote(cell); note != "" {
					notes = append(notes, note)
					text = fmt.Sprintf("%s [%d]", text, len(notes))
				}
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	for i, note := range notes {
		fmt.Fprintf(&b, "\n%d. %s", i+1, note)
	}
	if len(r.Tweaks) > 0 {
		b.WriteString("\n\nTolerated:\n")
	}
	for _, t := range r.Tweaks {
		fmt.Fprintf(&b, "\n- %s%s: %s", t.Ignore, of(tweakOf(t)), t.Why)
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

func of(t jsonTweak) string {
	text := ""
	if t.Says != "" {
		text = fmt.Sprintf(" (`%s`)", t.Says)
	}
	if len(t.Cases) > 0 {
		text += " of " + strings.Join(t.Cases, ", ")
	}
	if len(t.Pairs) > 0 {
		text += " through " + strings.Join(t.Pairs, ", ")
	}
	return text
}

func cellNote(x *suite.Result) string {
	switch x.Outcome {
	case suite.Passed:
		return ""
	case suite.Skipped:
		return x.Why
	}
	note := x.Why
	if first := firstProblem(*x); first != "" {
		if note != "" {
			note += ": "
		}
		note += "`" + strings.ReplaceAll(short(first), "`", "'") + "`"
	}
	return note
}
