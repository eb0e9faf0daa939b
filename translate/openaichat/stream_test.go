package openaichat

import (
	"errors"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

func chunkOf(delta, finish string) string {
	return `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":` + delta + `,"finish_reason":` + finish + `}]}`
}

func sseOf(payloads ...string) []byte {
	return []byte("data: " + strings.Join(payloads, "\n\ndata: ") + "\n\n")
}

func call(text string) string { return `{"tool_calls":[` + text + `]}` }

// TestOddStreams: what nearly compatible servers send, read for what it means.
func TestOddStreams(t *testing.T) {
	stop, calls := chunkOf(`{}`, `"stop"`), chunkOf(`{}`, `"tool_calls"`)
	for _, c := range []struct {
		name, profile string
		payloads      []string
		want          string // the folded answer in a few words
	}{
		{"index missing (defects 3)", "", []string{chunkOf(call(`{"id":"a","function":{"name":"f","arguments":"{}"}}`), "null"), chunkOf(call(`{"id":"b","function":{"name":"f","arguments":"{}"}}`), "null"), calls, "[DONE]"}, "f{} f{} tool_calls"},
		{"index always 0 (defects 1)", "", []string{chunkOf(call(`{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`), "null"), chunkOf(call(`{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}`), "null"), calls, "[DONE]"}, "f{} g{} tool_calls"},
		{"name later (defects 22)", "", []string{chunkOf(call(`{"index":0,"id":"a","function":{"arguments":"{\"x\""}}`), "null"), chunkOf(call(`{"index":0,"function":{"name":"f","arguments":":1}"}}`), "null"), calls, "[DONE]"}, `f{"x":1} tool_calls`},
		{"arguments as an object", "", []string{chunkOf(call(`{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}`), "null"), calls, "[DONE]"}, `f{"x":1} tool_calls`},
		{"stop beside calls (defects 4)", "", []string{chunkOf(call(`{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`), "null"), stop, "[DONE]"}, "f{} tool_calls"},
		{"length beside calls (defects 5)", "", []string{chunkOf(call(`{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}`), "null"), chunkOf(`{}`, `"length"`), "[DONE]"}, "f{ length"},
		{"content as parts", "", []string{chunkOf(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"yes"}]}`, "null"), stop, "[DONE]"}, "(hm) yes stop"},
		{"reasoning beside its other name", "", []string{chunkOf(`{"reasoning":"hm","reasoning_content":"hm"}`, "null"), chunkOf(`{"content":"yes"}`, "null"), stop, "[DONE]"}, "(hm) yes stop"},
		{"think tags, cut", "", []string{chunkOf(`{"content":"<th"}`, "null"), chunkOf(`{"content":"ink>hm</thi"}`, "null"), chunkOf(`{"content":"nk>\n\nyes"}`, "null"), stop, "[DONE]"}, "(hm) yes stop"},
		{"no tag after all", "", []string{chunkOf(`{"content":"<th"}`, "null"), chunkOf(`{"content":"at is it"}`, "null"), stop, "[DONE]"}, "<that is it stop"},
		{"a whole answer as one chunk", "", []string{`{"id":"c","object":"chat.completion","choices":[{"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}`}, "yes stop"},
		{"no [DONE]", "", []string{chunkOf(`{"content":"yes"}`, "null"), stop}, "yes stop"},
		{"nothing after [DONE] (defects 51)", "", []string{chunkOf(`{"content":"yes"}`, "null"), stop, "[DONE]", chunkOf(`{"content":"no"}`, "null")}, "yes stop"},
		{"[DONE] alone, where it suffices", "", []string{chunkOf(`{"content":"yes"}`, "null"), "[DONE]"}, "yes stop"},
		{"the older form of calls", "", []string{chunkOf(`{"function_call":{"name":"f","arguments":"{"}}`, "null"), chunkOf(`{"function_call":{"arguments":"}"}}`, "null"), chunkOf(`{}`, `"function_call"`), "[DONE]"}, "f{} tool_calls"},
		{"usage in a chunk without choices (reports F10)", "", []string{chunkOf(`{"content":"yes"}`, "null"), stop, `{"id":"c","usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":null}}`, "[DONE]"}, "yes stop 3+2"},
		{"usage null (defects 62)", "", []string{chunkOf(`{"content":"yes"}`, "null"), `{"id":"c","choices":[],"usage":null}`, stop, "[DONE]"}, "yes stop"},
		{"an unknown reason (defects 81)", "", []string{chunkOf(`{"content":"yes"}`, "null"), chunkOf(`{}`, `"cosmic_ray"`), "[DONE]"}, "yes other:cosmic_ray"},
		{"Azure's first chunk", "azure", []string{`{"choices":[],"prompt_filter_results":[]}`, chunkOf(`{"content":"yes"}`, "null"), stop, "[DONE]"}, "yes stop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			profile := c.profile
			if profile == "" {
				profile = "generic"
			}
			events, err := decodeAll(t, testBack(t, profile), &ir.Request{Model: "m"}, sseOf(c.payloads...))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := ir.Collect(events)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(resp); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// describe says an answer in a few words.
func describe(r *ir.Response) string {
	var words []string
	ids := map[string]bool{}
	for _, p := range r.Candidates[0].Parts {
		switch p := p.(type) {
		case ir.Text:
			words = append(words, p.Text)
		case ir.Reasoning:
			words = append(words, "("+p.Text+")")
		case ir.ToolCall:
			if p.ID == "" || ids[p.ID] {
				words = append(words, "BAD-ID")
			}
			ids[p.ID] = true
			words = append(words, p.Name+p.Args)
		}
	}
	f := r.Candidates[0].Finish
	switch f.Reason {
	case ir.FinishOther:
		words = append(words, "other:"+f.Native)
	default:
		words = append(words, string(finishWords[f.Reason]))
	}
	if r.Usage != nil {
		words = append(words, string(rune('0'+r.Usage.Input))+"+"+string(rune('0'+r.Usage.Output)))
	}
	return strings.Join(words, " ")
}

// TestBrokenStreamsAreErrors: promise 2; nothing is skipped.
func TestBrokenStreamsAreErrors(t *testing.T) {
	for name, payloads := range map[string][]string{
		"cut":                          {chunkOf(`{"content":"yes"}`, "null")},
		"[DONE] where a reason is due": {chunkOf(`{"content":"yes"}`, "null"), "[DONE]"},
		"no JSON":                      {chunkOf(`{"content":"yes"}`, "null"), `{"id":`},
		"nothing":                      {"[DONE]"},
	} {
		_, err := decodeAll(t, testBack(t, "openai"), &ir.Request{Model: "m"}, sseOf(payloads...))
		var e *ir.Error
		if !errors.As(err, &e) || e.Kind != ir.KindBadUpstream {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, payload := range map[string]string{
		"an object":   `{"error":{"message":"slow down","type":"rate_limit_error","code":429}}`,
		"in a list":   `[{"error":{"message":"slow down","code":429,"status":"RESOURCE_EXHAUSTED"}}]`,
		"in a choice": `{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"code":429,"message":"slow down"}}]}`,
	} {
		events, err := testBack(t, "generic").NewDecoder(&ir.Request{}, testMint()).Decode(nil, wire.Frame{Data: []byte(payload)})
		if err != nil || len(events) != 1 {
			t.Errorf("%s: %v %v", name, events, err)
			continue
		}
		if failed, ok := events[0].(ir.Fail); !ok || !strings.Contains(failed.Err.Message, "slow down") || failed.Err.Kind != ir.KindRateLimited {
			t.Errorf("%s: %+v", name, events[0])
		}
	}
}

// TestCallsWrittenAsText: tool_format = "xml".
func TestCallsWrittenAsText(t *testing.T) {
	b, err := NewBack(translate.BackOptions{Profile: "generic", ToolFormat: "xml"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Sure.\n<tool_call>\n<function=f>\n<parameter=a>\ntwo\nlines\n</parameter>\n<parameter=n>3</parameter>\n</function>\n</tool_call>": `Sure. f{"a":"two\nlines","n":3} tool_calls`,
		`<tool_call>{"name":"f","arguments":{"x":1}}</tool_call><tool_call>{"name":"g","arguments":{}}</tool_call>`:                        `f{"x":1} g{} tool_calls`,
		`{"name":"f","arguments":{"x":1}}`:       `f{"x":1} tool_calls`,
		`<tool_call>{"name":"f","arguments":{}}`: `f{} tool_calls`,
		`{"just":"json"}`:                        `{"just":"json"} stop`,
		"a < b and <tool_calls> are no call":     "a < b and <tool_calls> are no call stop",
	} {
		for cut := 1; cut <= 40; cut += 13 {
			var payloads []string
			for rest := text; rest != ""; {
				n := min(cut, len(rest))
				payloads = append(payloads, chunkOf(`{"content":`+quoted(rest[:n])+`}`, "null"))
				rest = rest[n:]
			}
			events, err := decodeAll(t, b, &ir.Request{Model: "m"}, sseOf(append(payloads, chunkOf(`{}`, `"stop"`), "[DONE]")...))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := ir.Collect(events)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(resp); got != want {
				t.Errorf("cut at %d: got %q, want %q", cut, got, want)
			}
		}
	}
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
