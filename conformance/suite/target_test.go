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
			Tweaks: []*Tweak{{Cases: "text-*", Ignore: compare.KindUsage, Why: "counts by itself"}},
			Known:  []*Tweak{{Cases: "tools-*", Pair: pair.String(), Why: "upstream issue"}},
		}
	}
	for name, c := range map[string]struct {
		result Result
		want   Outcome
	}{
		"a tolerated difference passes":          {ran("text-whole", usage), Passed},
		"another difference fails":               {ran("text-whole", usage, text), Failed},
		"a tweak counts for its cases alone":     {ran("image-inline", usage), Failed},
		"a listed failure is known":              {ran("tools-parallel", text), KnownFailing},
		"a listed case that passes is a failure": {ran("tools-parallel"), UnexpectedPass},
		"what is not listed passes":              {ran("image-inline"), Passed},
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

func TestTargetKnowsEntriesThatMatchNothing(t *testing.T) {
	target := &Target{
		Name:   "peer",
		Tweaks: []*Tweak{{Ignore: compare.KindUsage, Why: "x"}},
		Known:  []*Tweak{{Cases: "gone-*", Why: "x"}},
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
		head + replay + "[[tweaks]]\nignore = 'golden'\nwhy = 'x'\n": `ignore = "golden"`,
		head + replay + "[[tweaks]]\nignore = 'usage'\n":             "why is missing",
		head + replay + "[[known]]\ncases = 'a'\n":                   "cases and why are needed",
		head + replay + "[[known]]\ncases = '['\nwhy = 'x'\n":        "syntax error in pattern",
		head + "kown = []\n" + replay:                                "strict mode",
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
		{&scenario.Case{Gateway: map[string]any{"strict": true}}, pair, "the case needs a configuration of Louter's"},
	} {
		if got := target.skips(c.c, c.pair); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
