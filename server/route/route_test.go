package route_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/mock"

	"louter/server/config"
	"louter/server/exchange"
	"louter/server/exchange/mocks"
	"louter/server/route"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/openaichat"
)

func table(t *testing.T, text string) *route.Table {
	t.Helper()
	cfg, problems := config.Parse("t", []byte(text), config.Environment{})
	if config.Broken(problems) {
		t.Fatal(problems)
	}
	table, err := route.NewTable(cfg, func(string) int64 { return 0 })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.Close)
	return table
}

const backends = `
[backends.second]
url = "http://127.0.0.1"
priority = 2
[backends.first]
url = "http://127.0.0.1"
priority = 1
capabilities = ["text"]
[backends.first.model_mapping]
"m" = "small"
"only" = "*"
[backends.google]
protocol = "gemini"
url = "http://127.0.0.1"
priority = 3
`

func TestTargets(t *testing.T) {
	chat := openaichat.Protocol()
	text := `{"model":"m","messages":[{"role":"user","content":"x"}]}`
	picture := `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://h/x.png"}}]}]}`
	for _, c := range []struct {
		name  string
		call  translate.Call
		want  []string
		model string // at the first
	}{
		{"by priority", translate.Call{Operation: translate.OpGenerate, Model: "m", Body: []byte(text)}, []string{"first", "second", "google"}, "small"},
		{"a name that one backend does not map", translate.Call{Operation: translate.OpGenerate, Model: "x", Body: []byte(text)}, []string{"second", "google"}, "x"},
		{"a picture to those that see", translate.Call{Operation: translate.OpGenerate, Model: "m", Body: []byte(picture)}, []string{"second", "google"}, "m"},
		{"what only passes goes to its own protocol first", translate.Call{Operation: translate.OpEmbed, Model: "m"}, []string{"first", "second", "google"}, "small"},
		{"without a model only its own protocol", translate.Call{Operation: translate.OpOther, Path: "/files"}, []string{"first", "second"}, ""},
	} {
		x := &exchange.Exchange{Front: &chat, Call: c.call}
		next := mocks.NewHandler(t)
		next.EXPECT().Handle(mock.Anything, x).Return(&exchange.Reply{}, nil).Once()
		if _, err := table(t, backends).Layer(next).Handle(t.Context(), x); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, target := range x.Targets {
			got = append(got, target.Backend)
		}
		if !reflect.DeepEqual(got, c.want) || x.Targets[0].Model != c.model {
			t.Errorf("%s: %v, %q", c.name, got, x.Targets[0].Model)
		}
	}
}

// TestNoTarget: 404 that names what is missing, and the next layer never runs.
func TestNoTarget(t *testing.T) {
	chat := openaichat.Protocol()
	seeing := table(t, "[backends.blind]\nurl = \"http://127.0.0.1\"\ncapabilities = [\"text\"]\n[backends.blind.model_mapping]\n\"m\" = \"*\"\n")
	for body, want := range map[string]string{
		`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://h/x.png"}}]}]}`: "vision",
		`{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}`:    "function_calling",
	} {
		x := &exchange.Exchange{Front: &chat, Call: translate.Call{Operation: translate.OpGenerate, Model: "m", Body: []byte(body)}}
		_, err := seeing.Layer(mocks.NewHandler(t)).Handle(t.Context(), x)
		var e *ir.Error
		if !errors.As(err, &e) || e.Kind != ir.KindModelNotFound || !strings.Contains(e.Message, want) {
			t.Errorf("%v", err)
		}
	}
	x := &exchange.Exchange{Front: &chat, Call: translate.Call{Operation: translate.OpGenerate, Model: strings.Repeat("n", 5000)}}
	if _, err := seeing.Layer(mocks.NewHandler(t)).Handle(t.Context(), x); err == nil || len(err.Error()) > 1000 {
		t.Error("an endless name is told whole")
	}
}
