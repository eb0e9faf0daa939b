package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"louter/conformance/compare"
	"louter/conformance/suite"
)

// Terminal writes for people who watch.
type Terminal struct {
	Out    io.Writer
	Colour bool
	// Lines: each result gets a line, else a mark.
	Lines bool
	marks int
}

const (
	red, green, yellow, grey, bold = "31", "32", "33", "90", "1"

	marksPerLine = 80
)

var colours = map[suite.Outcome]string{
	suite.Passed: green, suite.Failed: red, suite.UnexpectedPass: red, suite.KnownFailing: yellow, suite.Skipped: grey,
}

var marks = map[suite.Outcome]string{
	suite.Passed: ".", suite.Failed: "F", suite.UnexpectedPass: "P", suite.KnownFailing: "k", suite.Skipped: "-",
}

func (t *Terminal) paint(colour, text string) string {
	if !t.Colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// Progress tells one result as it comes.
func (t *Terminal) Progress(r suite.Result) {
	if t.Lines {
		fmt.Fprintf(t.Out, "%s %s %s\n", t.paint(colours[r.Outcome], fmt.Sprintf("%-5s", r.Outcome)), r.Case, r.Pair)
		return
	}
	fmt.Fprint(t.Out, t.paint(colours[r.Outcome], marks[r.Outcome]))
	if t.marks++; t.marks%marksPerLine == 0 {
		fmt.Fprintln(t.Out)
	}
}

// End writes every failure, the table, and the summary.
func (t *Terminal) End(r *Report) {
	if t.marks%marksPerLine != 0 {
		fmt.Fprintln(t.Out)
	}
	for _, x := range r.Results {
		if x.Bad() {
			t.failure(x, r.Why[x.Case])
		}
	}
	t.table(r)
	colour := green
	if r.Failed() {
		colour = red
	}
	fmt.Fprintf(t.Out, "\n%s: %s\n", strings.TrimSpace(r.Gateway), t.paint(colour, r.Summary()))
}

func (t *Terminal) table(r *Report) {
	rows := r.rows()
	if len(rows) == 0 {
		return
	}
	width := 0
	for _, x := range rows {
		width = max(width, utf8.RuneCountInString(x.name))
	}
	fmt.Fprintf(t.Out, "\n%-*s", width, "")
	for _, p := range columns() {
		fmt.Fprintf(t.Out, "  %-21s", p.Front+" → "+p.Back)
	}
	fmt.Fprintln(t.Out)
	for _, x := range rows {
		fmt.Fprintf(t.Out, "%-*s", width, x.name)
		for _, cell := range x.cells {
			text, colour := "", grey
			if cell != nil {
				text, colour = string(cell.Outcome), colours[cell.Outcome]
			}
			fmt.Fprint(t.Out, "  "+t.paint(colour, fmt.Sprintf("%-21s", text)))
		}
		fmt.Fprintln(t.Out)
	}
}

// failure shows the request as it went and as it arrived, what came back, and
// what differs.
func (t *Terminal) failure(x suite.Result, why string) {
	fmt.Fprintf(t.Out, "\n%s %s %s\n", t.paint(red, string(x.Outcome)), t.paint(bold, x.Case), x.Pair)
	if why != "" {
		fmt.Fprintf(t.Out, "  %s\n", why)
	}
	if x.Outcome == suite.UnexpectedPass {
		fmt.Fprintf(t.Out, "  it is listed as failing: %s\n", x.Why)
		return
	}
	for _, side := range sides(x.Exchange) {
		fmt.Fprintln(t.Out, t.paint(bold, "  "+side.title))
		t.indented(short(side.text), func(line string) string { return t.paint(grey, line) })
	}
	fmt.Fprintln(t.Out, t.paint(bold, "  what differs"))
	for _, p := range x.Problems {
		t.indented(p.String(), t.diffLine)
	}
}

func (t *Terminal) diffLine(line string) string {
	switch {
	case strings.HasPrefix(line, "- "):
		return t.paint(red, line)
	case strings.HasPrefix(line, "+ "):
		return t.paint(green, line)
	}
	return line
}

func (t *Terminal) indented(text string, paint func(string) string) {
	for line := range strings.Lines(text) {
		fmt.Fprintln(t.Out, "    "+paint(strings.TrimRight(line, "\r\n")))
	}
}

// side is one of the four bodies of an exchange, or of several.
type side struct{ title, text string }

func sides(x compare.Exchange) []side {
	var out []side
	for i, a := range x.Asked {
		out = append(out, side{numbered("request as it went", i, len(x.Asked)), a.Method + " " + a.Target + "\n" + compare.Pretty(a.Body)})
	}
	for i, a := range x.Arrived {
		out = append(out, side{numbered("request as it arrived", i, len(x.Arrived)), a.Method + " " + a.Target + "\n" + compare.Pretty(a.Body)})
	}
	for i, a := range x.Got {
		text := fmt.Sprintf("%d %s\n%s\n%s", a.Status, a.ContentType(), compare.Pretty(a.Body), a.Broken)
		out = append(out, side{numbered("response as the client got it", i, len(x.Got)), strings.TrimSpace(text)})
	}
	for i := range out {
		out[i].text = compare.Shorten(out[i].text)
	}
	return out
}

func numbered(title string, i, of int) string {
	if of > 1 {
		return fmt.Sprintf("%s (%d of %d)", title, i+1, of)
	}
	return title
}

const (
	maxLines = 60
	maxLine  = 400
)

// short bounds what a terminal shows; the files have all of it.
func short(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) > maxLines {
		lines = append(lines[:maxLines], fmt.Sprintf("… and %d lines more", len(lines)-maxLines))
	}
	for i, l := range lines {
		if len(l) > maxLine {
			lines[i] = strings.ToValidUTF8(l[:maxLine], "") + "…"
		}
	}
	return strings.Join(lines, "\n")
}
