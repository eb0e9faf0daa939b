package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"louter/conformance/compare"
	"louter/conformance/replay"
	"louter/conformance/scenario"
	"louter/conformance/suite"
)

func sample() *Report {
	pairs := columns()
	x := compare.Exchange{
		Asked:   []scenario.Request{{Method: "POST", Target: "/asked", Body: []byte(`{"a":"<b>"}`)}},
		Arrived: []replay.Arrived{{Method: "POST", Target: "/arrived", Body: []byte(`{"a":2}`)}},
		Got:     []compare.Answered{{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"got":"` + strings.Repeat("QUJD", 200) + `"}`)}},
	}
	return &Report{
		Gateway: "Peer <1>", Started: time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC), Took: 1500 * time.Millisecond, Why: map[string]string{"tools": "It must be so."},
		Results: []suite.Result{
			{Case: "recorded", Phase: 1, Outcome: suite.Passed},
			{Case: "tools", Pair: pairs[0], Phase: 2, Outcome: suite.Failed, Exchange: x,
				Problems: []compare.Problem{{Kind: compare.KindText, Text: "choice 0:\n- want\n+ got"}}},
			{Case: "tools", Pair: pairs[1], Phase: 3, Outcome: suite.Passed},
			{Case: "tools", Pair: pairs[2], Phase: 4, Outcome: suite.KnownFailing, Why: "the peer's issue 5"},
			{Case: "audio", Pair: pairs[0], Phase: 2, Outcome: suite.Skipped, Why: "the gateway has no audio"},
			{Case: "audio", Pair: pairs[3], Phase: 5, Outcome: suite.UnexpectedPass, Why: "it cannot"},
		},
		Tweaks: []*suite.Tweak{{Cases: []string{"text-*"}, Ignore: compare.KindUsage, Why: "it counts by itself"}},
	}
}

func TestTerminalShowsTheTableAndWhatFailed(t *testing.T) {
	var out bytes.Buffer
	terminal := Terminal{Out: &out}
	r := sample()
	for _, x := range r.Results {
		terminal.Progress(x)
	}
	terminal.End(r)
	for _, want := range []string{
		".F.k-P\n", "request as it went\n    POST /asked", "request as it arrived\n    POST /arrived", "response as the client got it\n    200",
		"what differs\n    text: choice 0:\n    - want\n    + got", "It must be so.", "it is listed as failing: it cannot",
		"Peer <1>: 2 of 6 passed, 1 failed, 1 passed unexpectedly, 1 failed as known, 1 skipped, in 1.5s",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("colour without being asked for")
	}
	out.Reset()
	terminal.Colour = true
	terminal.End(r)
	if !strings.Contains(out.String(), "\x1b[31m- want\x1b[0m") || !strings.Contains(out.String(), "\x1b[32m+ got\x1b[0m") {
		t.Error("no colour")
	}
}

func TestFilesSayTheSame(t *testing.T) {
	r := sample()
	if !r.Failed() {
		t.Error("the run did not fail")
	}
	files := map[string]*bytes.Buffer{"junit": {}, "json": {}, "markdown": {}, "html": {}}
	for _, err := range []error{r.JUnit(files["junit"]), r.JSON(files["json"]), r.Markdown(files["markdown"]), r.HTML(files["html"])} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var unit junitSuite
	if err := xml.Unmarshal(files["junit"].Bytes(), &unit); err != nil {
		t.Fatal(err)
	}
	if unit.Tests != 6 || unit.Failures != 2 || unit.Skipped != 2 || len(unit.Cases) != 6 || unit.Cases[1].Failure == nil {
		t.Errorf("junit: %+v", unit)
	}
	var doc jsonReport
	if err := json.Unmarshal(files["json"].Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if !doc.Failed || doc.Counts["pass"] != 2 || len(doc.Results) != 6 || doc.Results[1].Problems[0].Kind != compare.KindText {
		t.Errorf("json: %+v", doc)
	}
	for _, want := range []string{"| audio | skip [1] |  |  | UNEXPECTED PASS [2] |", "| tools | FAIL [3] | pass | known [4] |  |",
		"\n1. the gateway has no audio", "\n3. `text: choice 0:`", "\n4. the peer's issue 5", "- usage of text-*: it counts by itself", "4 March 2026"} {
		if !strings.Contains(files["markdown"].String(), want) {
			t.Errorf("markdown: %q is missing in\n%s", want, files["markdown"])
		}
	}
	page := files["html"].String()
	for _, want := range []string{"Peer &lt;1&gt;", "href=\"#tools-gemini-openaichat\"", "id=\"tools-gemini-openaichat\" open", "&lt;b&gt;", "[base64 of 600 bytes"} {
		if !strings.Contains(page, want) {
			t.Errorf("html: %q is missing", want)
		}
	}
	for _, outside := range []string{"src=", "<link", "url(", "@import", "http://", "https://"} {
		if strings.Contains(page, outside) {
			t.Errorf("html: %q reaches outside of the page", outside)
		}
	}
}
