package metrics

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var update = flag.Bool("update", false, "rewrite docs/metrics.md")

const docsIntro = `# Metrics

Served for Prometheus at ` + "`/metrics`" + ` of the admin listener (` + "`admin_listen`" + `, by default
` + "`127.0.0.1:9090`" + `; ` + "`\"\"`" + ` turns it off), beside Go's own ` + "`go_*` and `process_*`" + `. Every label is of a
closed set or bounded: ` + "`model`" + ` is a name or a pattern of the configuration, else ` + "`other`" + `;
` + "`error_type`" + ` begins with whose fault it was: ` + "`caller_`, `policy_`, `provider_`, `gateway_`" + `.

Tokens are what backends told, never counted from the pieces of a stream.
This page is written by ` + "`go test ./server/metrics -update`" + `.

| metric | labels | what it is |
|---|---|---|
`

type noLive struct{}

func (noLive) BackendStates() []BackendState { return nil }
func (noLive) HeldBytes() int64              { return 0 }

// The page has every metric that is registered, with its labels.
func TestDocsAreWhatIsRegistered(t *testing.T) {
	m := New("v", "go")
	if err := m.Follow(noLive{}); err != nil {
		t.Fatal(err)
	}
	descs := make(chan *prometheus.Desc, 1000)
	m.registry.Describe(descs)
	close(descs)
	shape := regexp.MustCompile(`fqName: "(louter_[a-z_]+)", help: "(.*?)",.* variableLabels: \{(.*?)\}`)
	var rows []string
	for d := range descs {
		if part := shape.FindStringSubmatch(d.String()); part != nil {
			labels := strings.ReplaceAll(part[3], ",", ", ")
			rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", part[1], labels, part[2]))
		}
	}
	slices.Sort(rows)
	want := docsIntro + strings.Join(rows, "")
	const page = "../../docs/metrics.md"
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 15 || string(got) != want {
		t.Errorf("%d metrics; docs/metrics.md is not what `go test ./server/metrics -update` writes", len(rows))
	}
}

func TestPathsAreBounded(t *testing.T) {
	for path, want := range map[string]string{
		"contents.0.parts.12.thought": "contents.parts.thought", "messages[3].name": "messages.name", "top_k": "top_k", "a.\xff": "a.",
	} {
		if got := plainPath(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	b := newBoundedSet(2)
	for _, step := range []struct{ name, want string }{{"a", "a"}, {"b", "b"}, {"c", other}, {"a", "a"}, {strings.Repeat("x", 200), other}} {
		if got := b.admit(step.name); got != step.want {
			t.Errorf("%s is %q, want %q", step.name, got, step.want)
		}
	}
}
