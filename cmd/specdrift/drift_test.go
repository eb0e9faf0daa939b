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

const geminiOurs = `
components:
  schemas:
    Part: {type: object, properties: {text: {type: string}, ghost: {type: string}, kind: {type: string}, box: {}}}
    Outcome: {type: string, enum: [OK, GHOST]}
    Nobody: {type: object, properties: {a: {type: string}}}
    Sent: {type: object, properties: {renamed: {type: string}}}
`

const geminiTypes = "package genai\n\ntype Part struct {\n\tText string `json:\"text,omitempty\"`\n\tNew string `json:\"new\"`\n" +
	"\tKind Outcome `json:\"kind\"`\n\tBox *Sent `json:\"box\"`\n" +
	"\t// This field is not supported in Gemini API.\n\tVertex string `json:\"vertex\"`\n}\n\ntype Outcome string\n\nconst (\n\tA Outcome = \"OK\"\n\tB Outcome = \"NEW\"\n)\n" +
	"\ntype Sent struct {\n\tOwn string `json:\"own\"`\n}\n\n" +
	"func sentToMldev(fromObject map[string]any) {\n\tInternalSetValueByPath(toObject, []string{\"renamed\"}, 1)\n}\n"

const geminiProto = `syntax = "proto3";
// message Ghost { string not_read = 1; }
message Part {
  oneof data { string from_proto = 1; }
  enum Unread { UNREAD = 0; }
}
`

// The three sources: the SDK's types, its converters (whose names win), and
// the .proto files. A schema that none tells of is a difference, too.
func TestGeminiDriftIsSeen(t *testing.T) {
	ours := write(t, "o.yaml", geminiOurs)
	sdk, protos := filepath.Dir(write(t, "types.go", geminiTypes)), filepath.Dir(write(t, "a.proto", geminiProto))
	mine, err := readDocument(ours)
	if err != nil {
		t.Fatal(err)
	}
	official, err := readOfficial(sdk, protos)
	if err != nil {
		t.Fatal(err)
	}
	got, err := compareGemini(mine, official, nil)
	want := []string{
		"extra gemini Nobody", "extra gemini Outcome = GHOST", "extra gemini Part.ghost",
		"missing gemini Outcome = NEW", "missing gemini Part.box.*", "missing gemini Part.fromProto",
		"missing gemini Part.kind = *", "missing gemini Part.new",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %q", err, got)
	}
	if _, err := compareGemini(mine, official, map[string][]string{"Part": {"genai.Gone"}}); err == nil {
		t.Error("an owner that is not to be found is taken")
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
	got := excuse([]string{"missing a = b", "missing a = c", "missing a.d", "extra d"}, []reason{{Differences: []string{"missing a = *", "missing a.*", "gone"}, Why: "x"}})
	if want := []string{"stale reason: missing a.*", "stale reason: gone", "missing a.d", "extra d"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	if _, err := readReasons(write(t, "r.toml", "[[reason]]\ndifferences = [\"a\"]\n")); err == nil {
		t.Error("a reason without its why is taken")
	}
}
