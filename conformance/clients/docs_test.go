package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocsNameThePinnedVersions: docs/clients.md tells what was proved, so it
// names each client with the version that is installed.
func TestDocsNameThePinnedVersions(t *testing.T) {
	pinned := map[string]string{}
	var npm struct{ Dependencies map[string]string }
	if err := json.Unmarshal(readFile(t, "js/package.json"), &npm); err != nil {
		t.Fatal(err)
	}
	for name, version := range npm.Dependencies {
		if name != "zod" { // no client
			pinned["`"+name+"`"] = version
		}
	}
	for line := range strings.Lines(string(readFile(t, "python/requirements.in"))) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), "==")
		pinned["Python `"+name+"`"] = version
	}
	cli := regexp.MustCompile(`CLI_VERSION=(\S+)`).FindSubmatch(readFile(t, "../../scripts/gemini-cli.sh"))
	if cli == nil {
		t.Fatal("scripts/gemini-cli.sh names no version")
	}
	pinned["`gemini-cli`"] = string(cli[1])
	if len(pinned) < 10 {
		t.Fatalf("only %d clients are pinned: %v", len(pinned), pinned)
	}
	docs := string(readFile(t, "../../docs/clients.md"))
	for name, version := range pinned {
		row := regexp.MustCompile(`(?m)^\|[^|]*` + regexp.QuoteMeta(name) + `[^|]*\| ` + regexp.QuoteMeta(version) + ` \|`)
		if !row.MatchString(docs) {
			t.Errorf("docs/clients.md has no row of %s %s", name, version)
		}
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
