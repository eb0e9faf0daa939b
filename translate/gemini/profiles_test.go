package gemini

import (
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
)

func TestFindProfile(t *testing.T) {
	cases := []struct{ name, host, want string }{
		{"auto", "generativelanguage.googleapis.com", "google"},
		{"", "generativelanguage.googleapis.com:443", "google"},
		{"auto", "us-central1-aiplatform.googleapis.com", "vertex"},
		{"auto", "aiplatform.googleapis.com", "vertex"},
		{"auto", "evilgenerativelanguage.googleapis.com", "generic"},
		{"auto", "127.0.0.1:8080", "generic"},
		{"auto", "[::1]", "generic"},
		{"vertex", "127.0.0.1", "vertex"},
	}
	for _, c := range cases {
		p, err := findProfile(c.name, c.host)
		if err != nil || p.name != c.want {
			t.Errorf("%q at %q: got %q, %v; want %q", c.name, c.host, p.name, err, c.want)
		}
	}
	if _, err := findProfile("groq", ""); err == nil || !strings.Contains(err.Error(), "vertex") {
		t.Errorf("an unknown profile must name the known ones, got %v", err)
	}
}

func TestQuirks(t *testing.T) {
	back := newTestBack(t, translate.BackOptions{Profile: "generic", Quirks: map[string]any{
		"json_schema": true, "call_ids": false, "thinking": "budget", "search_beside_functions": "drop", "labels": true,
	}})
	p, m := back.target("gemini-3-flash-preview")
	if !m.jsonSchema || m.callIDs || m.thinking != thinkingBudget || m.search != searchDrop || p.noLabels {
		t.Errorf("quirks had no effect: %+v %+v", p, m)
	}
	// A control that a model's own entry does not describe has no bounds.
	asked := ir.ReasoningOptions{Effort: "high"}
	for thinking, models := range map[string][]string{"budget": {"gemini-3-flash-preview", "gemini-2.0-flash", "x"}, "level": {"gemini-2.5-pro", "gemini-2.0-flash", "x"}} {
		for _, model := range models {
			_, m := newTestBack(t, translate.BackOptions{Quirks: map[string]any{"thinking": thinking}}).target(model)
			if p := planThinking(m, asked); p.level != "high" && (p.budget == nil || *p.budget != budgetHigh) {
				t.Errorf("%s of %s: %+v", thinking, model, p)
			}
		}
	}
	for name, value := range map[string]any{"json_schema": "yes", "thinking": "hard", "thinkin": true} {
		if _, err := NewBack(translate.BackOptions{Quirks: map[string]any{name: value}}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("quirk %s = %v: got %v", name, value, err)
		}
	}
}

func TestTakesURL(t *testing.T) {
	google := newTestBack(t, translate.BackOptions{Profile: "google"})
	vertex := newTestBack(t, translate.BackOptions{Profile: "vertex"})
	generic := newTestBack(t, translate.BackOptions{Profile: "generic"})
	cases := []struct {
		url                     string
		google, vertex, generic bool
	}{
		{"https://generativelanguage.googleapis.com/v1beta/files/abc", true, false, false},
		{"gs://bucket/film.mp4", false, true, false},
		{"https://www.youtube.com/watch?v=x", true, true, false},
		{"https://www.youtube.com.evil.example/watch", false, false, false},
		{"https://example.com/cat.png", false, false, false},
	}
	for _, c := range cases {
		m := ir.Media{URL: c.url}
		if google.TakesURL(m) != c.google || vertex.TakesURL(m) != c.vertex || generic.TakesURL(m) != c.generic {
			t.Errorf("%s: got %v %v %v", c.url, google.TakesURL(m), vertex.TakesURL(m), generic.TakesURL(m))
		}
	}
}

func newTestBack(t testing.TB, options translate.BackOptions) Back {
	t.Helper()
	back, err := NewBack(options)
	if err != nil {
		t.Fatal(err)
	}
	return back.(Back)
}
