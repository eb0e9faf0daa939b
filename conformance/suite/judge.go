package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// judge compares one run with what the case wants, in every strength that
// applies.
func (r *run) judge(c *scenario.Case, p scenario.Pair, x compare.Exchange) ([]compare.Problem, error) {
	problems := append(counted(c, p, x), credentials(x)...)
	if strays := r.upstreams[p.Back].Strays(); len(x.Arrived) == 0 && c.WantRequests(p) > 0 && len(strays) > 0 {
		problems = append(problems, problem(compare.KindRequests, "the replayer got requests for no case that runs, the last: %s", strays[len(strays)-1]))
	}
	if !c.Refused && c.Differs[p.String()] == "" {
		problems = append(problems, meaning(c, p, x)...)
	}
	if r.Strength == MeaningOnly && !c.Refused && !c.Recorded && c.Differs["request"] == "" {
		problems = append(problems, intents(p, x)...) // where there are goldens they judge requests
	}
	problems = append(problems, r.schema(c, p, x)...)
	switch {
	case r.Strength == MeaningOnly:
		return problems, nil
	case !c.HasGolden(p):
		if p.Passthrough() {
			problems = append(problems, bytesEqual(c, p, x)...)
		}
		return problems, nil
	}
	more, err := r.golden(c, p, x)
	return append(problems, more...), err
}

// judgeRecut: other borders change nothing, not even a byte of what the
// client gets, but for a stream that is passed through broken.
func (r *run) judgeRecut(c *scenario.Case, p scenario.Pair, first, again compare.Exchange) ([]compare.Problem, error) {
	if r.Strength == MeaningOnly {
		if c.Differs[p.String()] != "" {
			return nil, nil
		}
		return meaning(c, p, again), nil
	}
	a, err := compare.Golden(first, c)
	if err != nil {
		return nil, err
	}
	b, err := compare.Golden(again, c)
	if err != nil {
		return nil, err
	}
	return textual(compare.KindGolden, "the exchange is another:", compare.TextDiff(a, b)), nil
}

// textual makes one problem of a difference between texts.
func textual(kind compare.Kind, what string, diff []string) []compare.Problem {
	if len(diff) == 0 {
		return nil
	}
	return []compare.Problem{{Kind: kind, Text: what + "\n" + strings.Join(diff, "\n")}}
}

func problem(kind compare.Kind, format string, args ...any) compare.Problem {
	return compare.Problem{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// counted checks the statuses and the number of requests.
func counted(c *scenario.Case, p scenario.Pair, x compare.Exchange) []compare.Problem {
	var out []compare.Problem
	for i, a := range x.Got {
		want := 200
		if i == len(x.Got)-1 {
			want = c.WantStatus(p)
		}
		if a.Status != want {
			out = append(out, problem(compare.KindStatus, "response %d: want status %d, got %d: %.300s", i+1, want, a.Status, a.Body))
		}
	}
	if want := c.WantRequests(p); len(x.Arrived) != want {
		out = append(out, problem(compare.KindRequests, "the upstream was asked %d times, want %d", len(x.Arrived), want))
	}
	return out
}

// meaning compares each answer, folded, with the upstream's.
func meaning(c *scenario.Case, p scenario.Pair, x compare.Exchange) []compare.Problem {
	var out []compare.Problem
	answers := c.Upstreams[p.Back]
	for i, got := range x.Got {
		a := answers[lastFor(i, len(x.Got), len(answers))]
		want := compare.Fold(p.Back, a.Status, a.Header.Get("Content-Type"), a.Body())
		if a.Aborts() {
			want.Failure = compare.BrokenOff
		}
		folded := compare.Fold(p.Front, got.Status, got.ContentType(), got.Body)
		if folded.Failure == compare.BrokenOff && got.Broken != "" {
			folded.Failure = got.Broken // the client cannot take that for an end
		}
		for _, d := range compare.Diff(want, folded) {
			d.Text = fmt.Sprintf("response %d: %s", i+1, d.Text)
			out = append(out, d)
		}
	}
	return out
}

// lastFor is the upstream answer that decides the i-th response: where the
// gateway tried several times, the last one.
func lastFor(i, responses, answers int) int {
	return min(i+max(0, answers-responses), answers-1)
}

// intents compares what arrived upstream with what the client asked for.
func intents(p scenario.Pair, x compare.Exchange) []compare.Problem {
	var out []compare.Problem
	for i := range min(len(x.Asked), len(x.Arrived)) {
		for _, d := range compare.DiffIntent(compare.Mean(p.Front, x.Asked[i].Body), compare.Mean(p.Back, x.Arrived[i].Body)) {
			d.Text = fmt.Sprintf("request %d: %s", i+1, d.Text)
			out = append(out, d)
		}
	}
	return out
}

func (r *run) schema(c *scenario.Case, p scenario.Pair, x compare.Exchange) []compare.Problem {
	var out []compare.Problem
	if c.OffSchema[p.String()] != "" {
		return nil
	}
	// What passes through is the client's and the backend's to get right.
	if !p.Passthrough() || c.Edited != "" {
		for i, a := range x.Arrived {
			for _, fault := range r.schemas.Request(p.Back, a.Target, a.Body) {
				out = append(out, problem(compare.KindAsked, "upstream request %d: %s", i+1, fault))
			}
		}
	}
	if !p.Passthrough() || c.Refused {
		for i, a := range x.Got {
			for _, fault := range r.schemas.Answer(p.Front, x.Asked[i].Target, a.Status, a.ContentType(), a.Body) {
				out = append(out, problem(compare.KindAnswered, "response %d: %s", i+1, fault))
			}
		}
	}
	return out
}

// bytesEqual: on passthrough the request's body and the answer arrive as they
// were sent.
func bytesEqual(c *scenario.Case, p scenario.Pair, x compare.Exchange) []compare.Problem {
	var out []compare.Problem
	for i, arrived := range x.Arrived {
		// A request that is tried again is the same each time.
		asked := x.Asked[min(i, len(x.Asked)-1)]
		out = append(out, textual(compare.KindBytes, fmt.Sprintf("request %d was changed on its way through:", i+1),
			compare.TextDiff(string(asked.Body), string(arrived.Body)))...)
	}
	answers := c.Upstreams[p.Back]
	for i, got := range x.Got {
		a := answers[lastFor(i, len(x.Got), len(answers))]
		if len(x.Arrived) == 0 {
			return out // counted tells it
		}
		want := a.Sent(p.Back, x.Arrived[min(i, len(x.Arrived)-1)].Target)
		body := got.Body
		if compare.Fold(p.Back, a.Status, a.Header.Get("Content-Type"), a.Body()).Failure == compare.BrokenOff || a.Aborts() {
			body = body[:min(len(body), len(want))] // an error event may follow
		}
		out = append(out, textual(compare.KindBytes, fmt.Sprintf("response %d was changed on its way through:", i+1),
			compare.TextDiff(string(want), string(body)))...)
	}
	return out
}

// golden compares with the golden's text, or writes it.
func (r *run) golden(c *scenario.Case, p scenario.Pair, x compare.Exchange) ([]compare.Problem, error) {
	got, err := compare.Golden(x, c)
	if err != nil {
		return nil, err
	}
	name := "golden/" + p.String() + ".txtar"
	want, err := fs.ReadFile(c.Files, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if r.Update {
		if string(want) == got {
			return nil, nil
		}
		return nil, write(c, name, got)
	}
	if err != nil {
		return []compare.Problem{problem(compare.KindGolden, "there is no golden; write it with --update and read it")}, nil
	}
	return textual(compare.KindGolden, "differs from "+c.Name+"/"+name+":", compare.TextDiff(string(want), got)), nil
}

func write(c *scenario.Case, name, text string) error {
	if c.Dir == "" {
		return errors.New("goldens can be written only where the cases are on disk: name their folder")
	}
	file := filepath.Join(c.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
