package suite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

var pair = scenario.Pair{Front: scenario.Gemini, Back: scenario.OpenAIChat}

func ran(name string, problems ...compare.Problem) Result {
	r := Result{Case: name, Pair: pair, Outcome: Passed, Problems: problems}
	if len(problems) > 0 {
		r.Outcome = Failed
	}
	return r
}

func TestTargetJudgesByItsLists(t *testing.T) {
	usage := compare.Problem{Kind: compare.KindUsage, Text: "input tokens"}
	text := compare.Problem{Kind: compare.KindText, Text: "text"}
	target := func() *Target {
		return &Target{
			Tweaks: []*Tweak{
				{Cases: []string{"text-*"}, Ignore: compare.KindUsage, Why: "counts by itself"},
				{Ignore: compare.KindIntent, Says: "temperature", Why: "sets its own"},
			},
			Known: []*Tweak{
				{Cases: []string{"tools-*"}, Pairs: []string{pair.String()}, Why: "upstream issue"},
				{Cases: []string{"usage-at-times"}, Why: "a race", Sometimes: true},
			},
		}
	}
	for name, c := range map[string]struct {
		result Result
		want   Outcome
	}{
		"a tolerated difference passes":              {ran("text-whole", usage), Passed},
		"another difference fails":                   {ran("text-whole", usage, text), Failed},
		"a tweak counts for what it says":            {ran("text-whole", compare.Problem{Kind: compare.KindIntent, Text: "request 1: temperature: want"}), Passed},
		"a tweak counts for nothing else":            {ran("text-whole", compare.Problem{Kind: compare.KindIntent, Text: "request 1: turn 0: want"}), Failed},
		"a tweak counts for its cases alone":         {ran("image-inline", usage), Failed},
		"a listed failure is known":                  {ran("tools-parallel", text), KnownFailing},
		"a listed case that passes is a failure":     {ran("tools-parallel"), UnexpectedPass},
		"a listed case that fails at times passes":   {ran("usage-at-times"), Passed},
		"a listed case that fails at times is known": {ran("usage-at-times", text), KnownFailing},
		"what is not listed passes":                  {ran("image-inline"), Passed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := target().tolerate(c.result)
			if err != nil || got.Outcome != c.want {
				t.Fatalf("got %q, %v; want %q", got.Outcome, err, c.want)
			}
			if got.Bad() != (c.want == Failed || c.want == UnexpectedPass) {
				t.Fatal("the run's end does not follow the outcome")
			}
		})
	}
}

func TestSkippedStaysSkipped(t *testing.T) {
	target := &Target{Known: []*Tweak{{Cases: []string{"tools-*"}, Why: "upstream issue"}}}
	skipped := Result{Case: "tools-parallel", Pair: pair, Outcome: Skipped}
	if got, err := target.tolerate(skipped); err != nil || got.Outcome != Skipped {
		t.Fatalf("got %q, %v", got.Outcome, err)
	}
	if target.unused() == nil {
		t.Error("a listed case that is never asked is not told")
	}
}

func TestRoutesOfAPairComeBeforeItsFront(t *testing.T) {
	other := scenario.Pair{Front: scenario.Gemini, Back: scenario.Gemini}
	target := &Target{
		URL:    "http://all",
		Fronts: map[string]TargetRoute{scenario.Gemini: {URL: "http://front/", Headers: map[string]string{"x-key": "front", "x-front": "1"}}},
		Routes: map[string]TargetRoute{pair.String(): {URL: "http://pair/", Headers: map[string]string{"x-key": "pair"}}},
	}
	gateway := running{target}
	for p, want := range map[scenario.Pair][2]string{
		pair:  {"http://pair", "pair"},
		other: {"http://front", "front"},
		{Front: scenario.OpenAIChat, Back: scenario.Gemini}: {"http://all", ""},
	} {
		if got := target.url(p, gateway); got != want[0] {
			t.Errorf("%s: url %q, want %q", p, got, want[0])
		}
		if got := target.headers(p); got.Get("X-Key") != want[1] || want[1] == "pair" && got.Get("X-Front") != "1" {
			t.Errorf("%s: headers %v", p, got)
		}
	}
}

func TestModelsOfAPairComeBeforeItsBackends(t *testing.T) {
	target := &Target{Models: map[string]string{scenario.OpenAIChat: "all/{{model}}", pair.String(): "pair/{{model}}"}}
	for p, want := range map[scenario.Pair]string{
		pair: "pair/m",
		{Front: scenario.OpenAIChat, Back: scenario.OpenAIChat}: "all/m",
		{Front: scenario.OpenAIChat, Back: scenario.Gemini}:     "m",
	} {
		if got := target.model(p, "m"); got != want {
			t.Errorf("%s: got %q, want %q", p, got, want)
		}
	}
}

func TestTargetKnowsEntriesThatMatchNothing(t *testing.T) {
	target := &Target{
		Name:   "peer",
		Tweaks: []*Tweak{{Ignore: compare.KindUsage, Why: "x"}},
		Known:  []*Tweak{{Cases: []string{"text", "gone-*"}, Why: "x"}},
	}
	if _, err := target.tolerate(ran("text")); err != nil {
		t.Fatal(err)
	}
	err := target.unused()
	if err == nil || !strings.Contains(err.Error(), `"gone-*"`) || !strings.Contains(err.Error(), `"usage"`) {
		t.Fatalf("got %v", err)
	}
}

func TestTargetFilesAreRefusedWithTheirFault(t *testing.T) {
	const head = "name = 'x'\nurl = 'http://127.0.0.1:1'\n"
	const replay = "[replay]\ngemini = '127.0.0.1:2'\nopenaichat = '127.0.0.1:3'\n"
	for text, want := range map[string]string{
		head:                    "replay.gemini is needed",
		"name = 'x'\n" + replay: "name and url are needed",
		head + replay + "[[tweaks]]\nignore = 'golden'\nwhy = 'x'\n":             `ignore = "golden"`,
		head + replay + "[[tweaks]]\nignore = 'usage'\n":                         "why is missing",
		head + replay + "[[known]]\ncases = ['a']\n":                             "cases and why are needed",
		head + replay + "[[known]]\ncases = ['[']\nwhy = 'x'\n":                  "syntax error in pattern",
		head + replay + "[[known]]\ncases = ['a']\npairs = ['a+b']\nwhy = 'x'\n": `pairs: "a+b"`,
		head + replay + "[routes.gemini]\nurl = 'x'\n":                           `routes: "gemini"`,
		head + replay + "[models]\nx = 'y'\n":                                    `models: "x"`,
		head + replay + "[fronts.chat]\nurl = 'x'\n":                             `fronts: "chat"`,
		head + "kown = []\n" + replay:                                            "strict mode",
	} {
		file := filepath.Join(t.TempDir(), "t.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadTarget(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestTargetSkipsWhatTheGatewayHasNot(t *testing.T) {
	target := &Target{Features: []string{"text", "stream"}, Pairs: []string{pair.String()}}
	other := scenario.Pair{Front: scenario.OpenAIChat, Back: scenario.Gemini}
	for _, c := range []struct {
		c    *scenario.Case
		pair scenario.Pair
		want string
	}{
		{&scenario.Case{Features: []string{"text"}}, pair, ""},
		{&scenario.Case{Features: []string{"text", "audio"}}, pair, "the gateway has no audio"},
		{&scenario.Case{}, other, "the gateway has no such pair"},
		{&scenario.Case{Own: "a choice"}, pair, "the case is of Louter alone: a choice"},
		{&scenario.Case{Gateway: map[string]any{"strict": true}}, pair, "the case needs a configuration of Louter's"},
	} {
		if got := target.skips(c.c, c.pair); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
