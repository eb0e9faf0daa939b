package compare

import "fmt"

// Kind of a difference, by which a target may tolerate it.
type Kind string

// Kinds of differences.
const (
	KindStatus      Kind = "status"   // of an answer
	KindRequests    Kind = "requests" // how often the upstream was asked
	KindFailure     Kind = "failure"  // whether and how an answer failed
	KindChoices     Kind = "choices"
	KindText        Kind = "text"
	KindThought     Kind = "thought"
	KindRefusal     Kind = "refusal"
	KindFinish      Kind = "finish"
	KindMedia       Kind = "media"
	KindCalls       Kind = "calls"
	KindIDs         Kind = "ids" // of calls
	KindUsage       Kind = "usage"
	KindCredentials Kind = "credentials"     // that the backend was shown
	KindIntent      Kind = "intent"          // what the request means
	KindAsked       Kind = "request schema"  // of what arrived upstream
	KindAnswered    Kind = "response schema" // of what the client got
	KindBytes       Kind = "bytes"           // of what passes through
	KindGolden      Kind = "golden"
	KindRun         Kind = "run" // the exchange could not be made
)

// Kinds lists those that a target may tolerate.
func Kinds() []Kind {
	return []Kind{KindStatus, KindRequests, KindFailure, KindChoices, KindText, KindThought, KindRefusal, KindFinish, KindMedia,
		KindCalls, KindIDs, KindUsage, KindIntent, KindAsked, KindAnswered}
}

// Problem is one difference.
type Problem struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"` // may have several lines
}

func (p Problem) String() string { return string(p.Kind) + ": " + p.Text }

// differences collects problems.
type differences []Problem

func (d *differences) say(kind Kind, what string, want, got any) {
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		*d = append(*d, Problem{kind, fmt.Sprintf("%s: want %q, got %q", what, w, g)})
	}
}

// Diff says what differs; empty means that both mean the same. Identifiers
// and the finer counts are compared where want has them: a backend without
// ids leaves them to the gateway.
func Diff(want, got Folded) []Problem {
	if want.Failure == BrokenOff {
		return brokenDiff(want, got)
	}
	var d differences
	d.say(KindFailure, "failure", want.Failure, got.Failure)
	if want.Failure != "" && len(want.Choices) == 0 {
		return d // what an error says in words is the golden's
	}
	d.say(KindChoices, "number of choices", len(want.Choices), len(got.Choices))
	for i := range min(len(want.Choices), len(got.Choices)) {
		d.choice(fmt.Sprintf("choice %d: ", i), want.Choices[i], got.Choices[i])
	}
	d.say(KindUsage, "input tokens", want.Usage.Input, got.Usage.Input)
	d.say(KindUsage, "output tokens", want.Usage.Output, got.Usage.Output)
	if want.Usage.Cached != 0 {
		d.say(KindUsage, "cached tokens", want.Usage.Cached, got.Usage.Cached)
	}
	if want.Usage.Reasoning != 0 {
		d.say(KindUsage, "reasoning tokens", want.Usage.Reasoning, got.Usage.Reasoning)
	}
	return d
}

func (d *differences) choice(at string, w, g Choice) {
	d.say(KindText, at+"text", w.Text, g.Text)
	d.say(KindThought, at+"thought", w.Thought, g.Thought)
	d.say(KindRefusal, at+"refusal", w.Refusal, g.Refusal)
	d.say(KindFinish, at+"finish", w.Finish, g.Finish)
	d.say(KindMedia, at+"media", w.Media, g.Media)
	d.say(KindCalls, at+"number of calls", len(w.Calls), len(g.Calls))
	ids := map[string]bool{}
	for j := range min(len(w.Calls), len(g.Calls)) {
		at := fmt.Sprintf("%scall %d ", at, j)
		d.say(KindCalls, at+"name", w.Calls[j].Name, g.Calls[j].Name)
		d.say(KindCalls, at+"arguments", w.Calls[j].Args, g.Calls[j].Args)
		id := g.Calls[j].ID
		if w.Calls[j].ID != "" {
			d.say(KindIDs, at+"id", w.Calls[j].ID, id)
		} else if id != "" && ids[id] {
			*d = append(*d, Problem{KindIDs, fmt.Sprintf("%sid %q is that of another call", at, id)})
		}
		ids[id] = true
	}
}

// brokenDiff: a stream that breaks off must not look finished, and what came
// before must have arrived.
func brokenDiff(want, got Folded) []Problem {
	var d differences
	if got.Failure == "" || got.Failure == BrokenOff {
		d = append(d, Problem{KindFailure, "the upstream's stream breaks off, and the client is told of no failure"})
	}
	for i, w := range want.Choices {
		text := ""
		if i < len(got.Choices) {
			text = got.Choices[i].Text
		}
		d.say(KindText, fmt.Sprintf("choice %d: text", i), w.Text, text)
	}
	return d
}
