package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"louter/conformance/scenario"
	"louter/conformance/suite"
)

//go:embed page.html
var page string

type htmlPage struct {
	*Report
	Columns []scenario.Pair
	Rows    []htmlRow
	Checks  []htmlCell // phase 1
}

type htmlRow struct {
	Name, Why string
	Cells     []htmlCell
}

type htmlCell struct {
	*suite.Result
	ID       string
	Class    string
	Sides    []htmlSide
	Messages []string
}

type htmlSide struct{ Title, Text string }

var classes = map[suite.Outcome]string{
	suite.Passed: "pass", suite.Failed: "fail", suite.UnexpectedPass: "fail", suite.KnownFailing: "known", suite.Skipped: "skip",
}

// HTML writes one page with nothing outside it: the table, and behind each
// cell the whole exchange.
func (r *Report) HTML(w io.Writer) error {
	t, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	out := htmlPage{Report: r, Columns: columns()}
	for _, x := range r.rows() {
		hr := htmlRow{Name: x.name, Why: r.Why[x.name]}
		for _, cell := range x.cells {
			hr.Cells = append(hr.Cells, htmlOf(cell))
		}
		out.Rows = append(out.Rows, hr)
	}
	for i := range r.Results {
		if r.Results[i].Phase == 1 {
			out.Checks = append(out.Checks, htmlOf(&r.Results[i]))
		}
	}
	return t.Execute(w, out)
}

func htmlOf(x *suite.Result) htmlCell {
	if x == nil {
		return htmlCell{}
	}
	c := htmlCell{Result: x, Class: classes[x.Outcome], ID: strings.NewReplacer("/", "-", "+", "-", ".", "-").Replace(x.Case + "-" + place(*x))}
	for _, s := range sides(x.Exchange) {
		c.Sides = append(c.Sides, htmlSide{s.title, s.text})
	}
	for _, p := range x.Problems {
		c.Messages = append(c.Messages, p.String())
	}
	return c
}
