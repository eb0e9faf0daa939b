package main

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func script(t *testing.T, shell string) string {
	t.Helper()
	var out, fault bytes.Buffer
	if code := run([]string{"completion", shell}, console{out: &out, err: &fault}); code != 0 || fault.Len() > 0 {
		t.Fatalf("%d %s", code, fault.String())
	}
	return out.String()
}

// TestCompletionInBash: a real bash offers what may come next.
func TestCompletionInBash(t *testing.T) {
	source := script(t, "bash")
	for line, want := range map[string][]string{
		"louter ser":                 {"serve"},
		"louter co":                  {"config", "conform", "completion"},
		"louter config ":             {"show", "schema", "--help"},
		"louter config show --re":    {"--redacted"},
		"louter serve --de":          {"--demo"},
		"louter serve --demo --verb": {"--verbose"},
		"louter completion ":         {"bash", "zsh", "fish", "--help"},
		"louter probe --mod":         {"--model"},
		"louter serve --config ":     nil, // files, by bash itself
		"louter serve --config=lo":   nil,
	} {
		words := strings.Split(strings.ReplaceAll(line, "=", " = "), " ")
		for i, w := range words {
			words[i] = "'" + w + "'"
		}
		ask := source + "\nCOMP_WORDS=(" + strings.Join(words, " ") + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_louter\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
		out, err := exec.CommandContext(t.Context(), "bash", "--norc", "-c", ask).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", line, err, out)
		}
		if got := strings.Fields(string(out)); !slices.Equal(got, want) {
			t.Errorf("%q offers %q, want %q", line, got, want)
		}
	}
}

// TestCompletionHasEveryVerb and every flag, for each shell.
func TestCompletionHasEveryVerb(t *testing.T) {
	var cmd commands
	parser, err := kong.New(&cmd, kong.Name("louter"))
	if err != nil {
		t.Fatal(err)
	}
	all := placesOf(parser.Model.Node)
	if len(all) < 12 {
		t.Fatalf("%d places", len(all))
	}
	for shell := range shells {
		source := script(t, shell)
		for _, p := range all {
			for _, o := range append(p.Verbs, p.Flags...) {
				name := o.Name
				if shell == "fish" {
					name = strings.Replace(name, "--", "-l ", 1)
				}
				if !strings.Contains(source, name) || !strings.Contains(source, p.At) {
					t.Errorf("%s: no %s of %s", shell, o.Name, p.At)
				}
			}
		}
	}
}

func TestQuotesAreThoseOfTheShell(t *testing.T) {
	for shell, want := range map[string]string{"bash": `'it'\''s \'`, "zsh": `'it'\''s \'`, "fish": `'it\'s \\'`} {
		if got := quoteFor(shell)(`it's \`); got != want {
			t.Errorf("%s: %s, want %s", shell, got, want)
		}
	}
}
