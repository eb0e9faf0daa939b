package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGeminiDriftIsSeen(t *testing.T) {
	ours := write(t, "o.yaml", `
components:
  schemas:
    Part: {type: object, properties: {text: {type: string}, ghost: {type: string}}}
    Outcome: {type: string, enum: [OK, GHOST]}
`)
	types := write(t, "types.go", "package genai\n\ntype Part struct {\n\tText string `json:\"text,omitempty\"`\n\tNew string `json:\"new\"`\n"+
		"\t// This field is not supported in Gemini API.\n\tVertex string `json:\"vertex\"`\n}\n\ntype Outcome string\n\nconst (\n\tA Outcome = \"OK\"\n\tB Outcome = \"NEW\"\n)\n")
	got, err := driftGemini(ours, types)
	want := []string{"extra gemini Outcome = GHOST", "extra gemini Part.ghost", "missing gemini Outcome = NEW", "missing gemini Part.new"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %q", err, got)
	}
}

func TestOpenAIDriftIsSeen(t *testing.T) {
	mine := document{"components": map[string]any{"schemas": map[string]any{
		"A": map[string]any{"properties": map[string]any{"role": map[string]any{"enum": []any{"user", "ghost"}}, "own": map[string]any{"x-louter-practice": true}, "extra": map[string]any{}}},
	}}}
	theirs := document{"components": map[string]any{"schemas": map[string]any{
		"B": map[string]any{"oneOf": []any{map[string]any{"$ref": "#/components/schemas/C"}, map[string]any{"properties": map[string]any{"new": map[string]any{}}}}},
		"C": map[string]any{"properties": map[string]any{"role": map[string]any{"enum": []any{"user", "tool"}}}},
	}}}
	w := walker{mine: mine, theirs: theirs, found: map[string]bool{}}
	w.walk("X", []any{mine.schema("A")}, []any{theirs.schema("B")}, 0)
	want := []string{"extra X.extra", "extra X.role = ghost", "missing X.new", "missing X.role = tool"}
	if got := w.list(); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func TestReasonsExcuseAndGoStale(t *testing.T) {
	got := excuse([]string{"missing a.b", "missing a.c", "extra d"}, []reason{{Differences: []string{"missing a.*", "gone"}, Why: "x"}})
	if want := []string{"stale reason: gone", "extra d"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	if _, err := readReasons(write(t, "r.toml", "[[reason]]\ndifferences = [\"a\"]\n")); err == nil {
		t.Error("a reason without its why is taken")
	}
}
