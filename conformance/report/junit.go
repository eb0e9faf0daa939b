package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"louter/conformance/suite"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Stamp    string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Skipped *junitSkipped `xml:"skipped,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// JUnit writes the form that CI systems read. What is known to fail is told
// as skipped, with its reason.
func (r *Report) JUnit(w io.Writer) error {
	n := r.Count()
	out := junitSuite{
		Name: r.Gateway, Tests: len(r.Results), Failures: n[suite.Failed] + n[suite.UnexpectedPass],
		Skipped: n[suite.Skipped] + n[suite.KnownFailing], Time: seconds(r.Took.Seconds()), Stamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
	}
	for _, x := range r.Results {
		c := junitCase{Class: place(x), Name: x.Case, Time: seconds(x.Took.Seconds())}
		switch x.Outcome {
		case suite.Failed:
			c.Failure = &junitFailure{Message: firstProblem(x), Text: problems(x)}
		case suite.UnexpectedPass:
			c.Failure = &junitFailure{Message: "passed, but is listed as failing: " + x.Why}
		case suite.KnownFailing, suite.Skipped:
			c.Skipped = &junitSkipped{x.Why}
		}
		out.Cases = append(out.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	return nil
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }

// place is the pair; phase 1 has none.
func place(x suite.Result) string {
	if x.Phase == 1 {
		return "recording"
	}
	return x.Pair.String()
}

func firstProblem(x suite.Result) string {
	if len(x.Problems) == 0 {
		return ""
	}
	line, _, _ := strings.Cut(x.Problems[0].String(), "\n")
	return line
}

func problems(x suite.Result) string {
	var lines []string
	for _, p := range x.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
