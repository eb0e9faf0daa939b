package route_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"louter/server/config"
	"louter/server/exchange"
	"louter/server/route"
	"louter/translate"
	"louter/translate/gemini"
	"louter/translate/openaichat"
)

// ask routes one request and gives the order of its targets.
func ask(t *testing.T, table *route.Table, x *exchange.Exchange, reply *exchange.Reply) []exchange.Target {
	t.Helper()
	if x.Front == nil {
		chat := openaichat.Protocol()
		x.Front = &chat
	}
	if x.Call.Operation == "" {
		x.Call.Operation = translate.OpGenerate
	}
	answered, err := table.Layer(exchange.HandlerFunc(func(_ context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		x.Target = x.Targets[0]
		return reply, nil
	})).Handle(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if answered.Stream != nil {
		if _, err := io.Copy(io.Discard, answered.Stream); err != nil {
			t.Fatal(err)
		}
	}
	return x.Targets
}

func names(targets []exchange.Target) string {
	var all []string
	for _, t := range targets {
		all = append(all, t.Backend)
	}
	return strings.Join(all, " ")
}

func model(name string) *exchange.Exchange {
	return &exchange.Exchange{Call: translate.Call{Model: name}}
}

const weighted = `
[backends.a]
url = "http://127.0.0.1"
weight = 5
priority = 1
[backends.b]
url = "http://127.0.0.1"
priority = 1
[backends.c]
url = "http://127.0.0.1"
priority = 1
[backends.spare]
url = "http://127.0.0.1"
priority = 1
weight = 0
[backends.last]
url = "http://127.0.0.1"
priority = 2
`

// TestWeightsAreSmooth: nginx's own example of 5, 1, 1.
func TestWeightsAreSmooth(t *testing.T) {
	for range 3 {
		routes := table(t, weighted)
		var got []string
		for range 14 {
			order := ask(t, routes, model("m"), &exchange.Reply{})
			got = append(got, order[0].Backend)
			if n := names(order); !strings.HasSuffix(n, " spare last") || len(order) != 5 {
				t.Errorf("order %q", n)
			}
		}
		if s := strings.Join(got, ""); s != "aabacaaaabacaa" {
			t.Errorf("chosen %s", s)
		}
	}
}

// TestWeightsHoldUnderConcurrency: 700 choices at once give 500, 100, 100.
func TestWeightsHoldUnderConcurrency(t *testing.T) {
	routes := table(t, weighted)
	var mu sync.Mutex
	counts := map[string]int{}
	var all sync.WaitGroup
	for range 7 {
		all.Go(func() {
			for range 100 {
				first := ask(t, routes, model("m"), &exchange.Reply{})[0].Backend
				mu.Lock()
				counts[first]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if counts["a"] != 500 || counts["b"] != 100 || counts["c"] != 100 {
		t.Errorf("%v", counts)
	}
}

func TestTheLeastInFlightIsFirst(t *testing.T) {
	cfg, problems := config.Parse("t", []byte("balance = \"least_in_flight\"\n"+weighted), config.Environment{})
	if config.Broken(problems) {
		t.Fatal(problems)
	}
	running := map[string]int64{"a": 6, "b": 1, "c": 2}
	routes, err := route.NewTable(cfg, func(b string) int64 { return running[b] })
	if err != nil {
		t.Fatal(err)
	}
	defer routes.Close()
	if got := names(ask(t, routes, model("m"), &exchange.Reply{})); got != "b a c spare last" {
		t.Errorf("order %q", got)
	}
}

// TestFallbackChains: after the candidates, each backend once, a cycle ends.
func TestFallbackChains(t *testing.T) {
	routes := table(t, `
[backends.a]
url = "http://127.0.0.1"
fallback = "b"
[backends.a.model_mapping]
"m" = "big"
"see" = "big"
[backends.b]
url = "http://127.0.0.1"
fallback = "c"
capabilities = ["text"]
[backends.b.model_mapping]
"small" = "tiny"
[backends.c]
url = "http://127.0.0.1"
fallback = "a"
[backends.c.model_mapping]
"one" = "*"
"two" = "*"
[backends.d]
url = "http://127.0.0.1"
[backends.d.model_mapping]
"see" = "*"
`)
	got := ask(t, routes, model("m"), &exchange.Reply{})
	if names(got) != "a b c" || got[0].Model != "big" || got[1].Model != "tiny" || got[2].Model != "m" {
		t.Errorf("%+v", got)
	}
	picture := model("see")
	picture.Call.Body = []byte(`{"model":"see","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://h/x.png"}}]}]}`)
	if got := ask(t, routes, picture, &exchange.Reply{}); names(got) != "a d" {
		t.Errorf("a blind fallback for a picture: %+v", got)
	}
}

const twins = `
[backends.a]
protocol = "gemini"
url = "http://127.0.0.1"
[backends.b]
protocol = "gemini"
url = "http://127.0.0.1"
`

// TestWhatABackendMadeGoesBackToIt: signatures, files and cached content,
// however the answer is cut, and only for the tenant that got it.
func TestWhatABackendMadeGoesBackToIt(t *testing.T) {
	google := gemini.Protocol()
	sign := strings.Repeat("Sig+/", 40)
	generate := translate.OpGenerate
	for _, c := range []struct {
		name            string
		operation       translate.Operation
		path            string
		answer, request string
	}{
		{"a signature in Gemini's slot", generate, "", `data: {"candidates":[{"content":{"parts":[{"text":"x","thoughtSignature":"` + sign + `"}]}}]}` + "\n\n", `{"contents":[{"parts":[{"thoughtSignature" : "` + sign + `"}]}]}`},
		{"a signature in Chat's slot", generate, "", `{"extra_content":{"google":{"thought_signature":"` + sign + `"}}}`, `{"extra_content":{"google":{"thought_signature":"` + sign + `"}}}`},
		{"a short signature", generate, "", `{"thoughtSignature":"c2hvcnQ="}`, `{"thoughtSignature":"c2hvcnQ="}`},
		{"a file", translate.OpOther, "/files", `{"file":{"name":"files/abc-12","uri":"https://h/v1beta/files/abc-12"}}`, `{"contents":[{"parts":[{"fileData":{"fileUri":"https://h/v1beta/files/abc-12"}}]}]}`},
		{"an answer that the provider keeps", translate.OpOther, "/responses", `{"id":"resp_0a1b","object":"response"}`, `{"model":"m","previous_response_id":"resp_0a1b"}`},
		{"cached content", translate.OpOther, "/cachedContents", `{"name":"cachedContents/xyz"}`, `{"cachedContent":"cachedContents/xyz"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, whole := range []bool{true, false} {
				routes := table(t, twins)
				exchangeOf := func(tenant, body string) *exchange.Exchange {
					return &exchange.Exchange{Front: &google, Tenant: tenant, Call: translate.Call{Operation: generate, Model: "m", Body: []byte(body)}}
				}
				making := exchangeOf("t", "{}")
				making.Call.Operation, making.Call.Path, making.Call.Model = c.operation, c.path, "m"
				reply := &exchange.Reply{Body: []byte(c.answer)}
				if !whole {
					reply = &exchange.Reply{Length: -1, Stream: io.NopCloser(iotest.OneByteReader(strings.NewReader(c.answer)))}
				}
				maker := ask(t, routes, making, reply)[0].Backend
				for range 4 {
					if got := ask(t, routes, exchangeOf("t", c.request), &exchange.Reply{})[0].Backend; got != maker {
						t.Errorf("whole=%v: made by %s, asked of %s", whole, maker, got)
					}
				}
				others := map[string]bool{}
				for range 4 {
					others[ask(t, routes, exchangeOf("another", c.request), &exchange.Reply{})[0].Backend] = true
				}
				if len(others) != 2 {
					t.Errorf("another tenant is bound to %v", others)
				}
			}
		})
	}
}

// TestLearningKeepsTheBytes: what passes is what came.
func TestLearningKeepsTheBytes(t *testing.T) {
	routes := table(t, twins)
	google := gemini.Protocol()
	answer := strings.Repeat(`data: {"thoughtSignature":"abc"}`+"\n\n", 500)
	x := &exchange.Exchange{Front: &google, Call: translate.Call{Operation: translate.OpGenerate, Model: "m"}}
	reply, err := routes.Layer(exchange.HandlerFunc(func(_ context.Context, x *exchange.Exchange) (*exchange.Reply, error) {
		x.Target = x.Targets[0]
		return &exchange.Reply{Length: -1, Stream: io.NopCloser(iotest.HalfReader(strings.NewReader(answer)))}, nil
	})).Handle(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reply.Stream); err != nil || string(got) != answer {
		t.Errorf("%v, %d bytes of %d", err, len(got), len(answer))
	}
}
