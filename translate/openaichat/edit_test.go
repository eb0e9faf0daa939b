package openaichat

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
)

func ptr[T any](v T) *T { return &v }

func TestEditRequest(t *testing.T) {
	const odd = "{ \"x\" : 12345678901234567890 ,\n \"model\":\t\"a\", \"x\":1, \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}] , \"n\u00fc\":\"\\u00e9\" }\n"
	cases := []struct {
		name, in, want string
		edits          translate.Edits
		stream         bool
	}{
		{name: "nothing", in: odd, want: odd},
		{name: "same model", in: odd, want: odd, edits: translate.Edits{Model: "a"}},
		{name: "model", in: odd, want: strings.Replace(odd, `"a"`, `"b/<c>"`, 1), edits: translate.Edits{Model: "b/<c>"}},
		{name: "every model key", in: `{"model":"a","mod\u0065l":"c"}`, want: `{"model":"b","mod\u0065l":"b"}`, edits: translate.Edits{Model: "b"}},
		{name: "no model", in: `{}`, want: `{"model":"b"}`, edits: translate.Edits{Model: "b"}},
		{name: "instruction first", in: `{"messages":[ {"role":"user"}]}`, want: `{"messages":[{"role":"system","content":"Be\n\"kind\""}, {"role":"user"}]}`, edits: translate.Edits{Instruction: "Be\n\"kind\""}},
		{name: "into no messages", in: `{"messages":[]}`, want: `{"messages":[{"role":"system","content":"B"}]}`, edits: translate.Edits{Instruction: "B"}},
		{name: "append", in: `{"messages":[{"role":"developer","content":"A"},{"role":"user","content":"q"}]}`, want: `{"messages":[{"role":"developer","content":"A\n\nB"},{"role":"user","content":"q"}]}`, edits: translate.Edits{Instruction: "B", Mode: "append"}},
		{name: "append to nothing said", in: `{"messages":[{"role":"system","content":""}]}`, want: `{"messages":[{"role":"system","content":"B"}]}`, edits: translate.Edits{Instruction: "B"}},
		{name: "prepend", in: `{"messages":[{"role":"system","content":"A"},{"role":"system","content":"C"}]}`, want: `{"messages":[{"role":"system","content":"B\n\nA"},{"role":"system","content":"C"}]}`, edits: translate.Edits{Instruction: "B", Mode: "prepend"}},
		{name: "append a part", in: `{"messages":[{"role":"system","content":[ {"type":"text","text":"A"} ]}]}`, want: `{"messages":[{"role":"system","content":[ {"type":"text","text":"A"} ,{"type":"text","text":"B"}]}]}`, edits: translate.Edits{Instruction: "B"}},
		{name: "prepend a part", in: `{"messages":[{"role":"system","content":[{"type":"text","text":"A"}]}]}`, want: `{"messages":[{"role":"system","content":[{"type":"text","text":"B"},{"type":"text","text":"A"}]}]}`, edits: translate.Edits{Instruction: "B", Mode: "prepend"}},
		{name: "beside null", in: `{"messages":[{"role":"system","content":null}]}`, want: `{"messages":[{"role":"system","content":null},{"role":"system","content":"B"}]}`, edits: translate.Edits{Instruction: "B"}},
		{name: "override", in: `{"messages":[{"role":"developer","content":"A"}, {"role":"system","content":"C"}, {"role":"user","content":"q"}]}`, want: `{"messages":[{"role":"developer","content":"B"},{"role":"user","content":"q"}]}`, edits: translate.Edits{Instruction: "B", Mode: "override"}},
		{name: "system wins", in: `{"messages":[{"role":"system","content":"A"}]}`, want: `{"messages":[{"role":"system","content":"S"}]}`, edits: translate.Edits{System: ptr("S"), Instruction: "B"}},
		{
			name:  "turns",
			in:    `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"1"},{"role":"assistant","content":"2"},{"role":"user","content":"3"},{"role":"assistant","tool_calls":[]},{"role":"tool","content":"4"}]}`,
			want:  `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"3"},{"role":"assistant","tool_calls":[]},{"role":"tool","content":"4"}]}`,
			edits: translate.Edits{MaxTurns: 1},
		},
		{name: "turns enough", in: `{"messages":[{"role":"user","content":"1"}]}`, want: `{"messages":[{"role":"user","content":"1"}]}`, edits: translate.Edits{MaxTurns: 3}},
		{name: "limit by default", in: `{"model":"gpt-4o"}`, want: `{"max_tokens":7,"model":"gpt-4o"}`, edits: translate.Edits{MaxTokens: 7}},
		{name: "limit of a reasoning model", in: `{"model":"m"}`, want: `{"max_completion_tokens":7,"model":"o3"}`, edits: translate.Edits{MaxTokens: 7, Model: "o3"}},
		{name: "limit in both", in: `{"model":"m"}`, want: `{"max_tokens":7,"max_completion_tokens":7,"model":"m"}`, edits: translate.Edits{MaxTokens: 7, MaxTokensField: "both"}},
		{name: "limit said as null", in: `{"max_tokens":null}`, want: `{"max_tokens":7}`, edits: translate.Edits{MaxTokens: 7}},
		{name: "limit of the client stays", in: `{"max_completion_tokens":3}`, want: `{"max_completion_tokens":3}`, edits: translate.Edits{MaxTokens: 7}},
		{name: "limit renamed", in: `{"a":1,"max_completion_tokens":3}`, want: `{"max_tokens":3,"a":1}`, edits: translate.Edits{MaxTokensField: "max_tokens"}},
		{name: "limit renamed alone", in: `{"max_tokens":3}`, want: `{"max_completion_tokens":3}`, edits: translate.Edits{MaxTokensField: "max_completion_tokens"}},
		{name: "limit doubled", in: `{"max_tokens":3}`, want: `{"max_completion_tokens":3,"max_tokens":3}`, edits: translate.Edits{MaxTokensField: "both"}},
		{name: "temperature", in: `{"a":1}`, want: `{"temperature":0,"a":1}`, edits: translate.Edits{Temperature: ptr(0.0)}},
		{name: "temperature of the client", in: `{"temperature":0}`, want: `{"temperature":0}`, edits: translate.Edits{Temperature: ptr(0.7)}},
		{name: "temperature override", in: `{"temperature": 0}`, want: `{"temperature": 0.7}`, edits: translate.Edits{Temperature: ptr(0.7), Override: true}},
		{name: "usage", stream: true, in: `{"stream":true}`, want: `{"stream_options":{"include_usage":true},"stream":true}`, edits: translate.Edits{StreamUsage: true}},
		{name: "usage not streamed", in: `{"stream":false}`, want: `{"stream":false}`, edits: translate.Edits{StreamUsage: true}},
		{name: "usage beside options", stream: true, in: `{"stream_options":{"a":1}}`, want: `{"stream_options":{"include_usage":true,"a":1}}`, edits: translate.Edits{StreamUsage: true}},
		{name: "usage in empty options", stream: true, in: `{"stream_options":{ }}`, want: `{"stream_options":{"include_usage":true }}`, edits: translate.Edits{StreamUsage: true}},
		{name: "usage refused", stream: true, in: `{"stream_options":{"include_usage":false}}`, want: `{"stream_options":{"include_usage":true}}`, edits: translate.Edits{StreamUsage: true}},
		{name: "usage null", stream: true, in: `{"stream_options":null}`, want: `{"stream_options":{"include_usage":true}}`, edits: translate.Edits{StreamUsage: true}},
		{
			name:  "tools",
			in:    `{"tools":[{"type":"function","function":{"name":"a"}}, {"type":"function","function":{"name":"b"}} ,{"type":"custom","custom":{"name":"c"}},{"type":"web_search"}],"tool_choice":{"type":"function","function":{"name":"b"}},"model":"m"}`,
			want:  `{"tools":[{"type":"function","function":{"name":"a"}}, {"type":"web_search"}],"model":"m"}`,
			edits: translate.Edits{AllowedTools: []string{"a"}},
		},
		{
			name:  "no tool left",
			in:    `{"model":"m","tools":[{"type":"function","function":{"name":"b"}}],"tool_choice":"auto","parallel_tool_calls":true}`,
			want:  `{"model":"m"}`,
			edits: translate.Edits{AllowedTools: []string{"a"}},
		},
		{
			name:  "allowed tools",
			in:    `{"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"b"}},{"type":"function","function":{"name":"a"}}]}}}`,
			want:  `{"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"a"}}]}}}`,
			edits: translate.Edits{AllowedTools: []string{"a"}},
		},
		{name: "functions", in: `{"functions":[{"name":"a"},{"name":"b"}],"function_call":{"name":"b"}}`, want: `{"functions":[{"name":"a"}]}`, edits: translate.Edits{AllowedTools: []string{"a"}}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			in := []byte(tc.in)
			call := translate.Call{Operation: translate.OpGenerate, Body: in, Stream: tc.stream, Model: "m"}
			got, err := Editor{}.EditRequest(call, tc.edits)
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Body) != tc.want {
				t.Errorf("got  %s\nwant %s", got.Body, tc.want)
			}
			if !json.Valid(got.Body) {
				t.Error("the body is no JSON any more")
			}
			if tc.in == tc.want && &got.Body[0] != &in[0] {
				t.Error("nothing changed, yet the body was copied")
			}
			if string(in) != tc.in {
				t.Error("the client's own bytes were changed")
			}
		})
	}
}

func TestEditRequestOfOtherOperations(t *testing.T) {
	edits := translate.Edits{Model: "b", Instruction: "x", MaxTokens: 3, Temperature: ptr(1.0)}
	call := translate.Call{Operation: translate.OpEmbed, Body: []byte(`{"input":"q","model":"a"}`)}
	got, err := Editor{}.EditRequest(call, edits)
	if err != nil || string(got.Body) != `{"input":"q","model":"b"}` || got.Model != "b" {
		t.Errorf("got %s, model %q, %v", got.Body, got.Model, err)
	}
	call = translate.Call{Operation: translate.OpOther, Body: []byte("--boundary\r\n{")}
	got, err = Editor{}.EditRequest(call, edits)
	if err != nil || string(got.Body) != "--boundary\r\n{" {
		t.Errorf("a body that is no JSON was touched: %s, %v", got.Body, err)
	}
}

func TestDetect(t *testing.T) {
	deep := `{"model":"m","x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`
	cases := []struct {
		name, body, model, param string
		stream, bad              bool
	}{
		{name: "plain", body: `{"model":"gpt-4o","stream":true,"messages":[]}`, model: "gpt-4o", stream: true},
		{name: "model inside a message", body: `{"messages":[{"content":"\"model\":\"x\""},{"model":"y"}],"model":"m"}`, model: "m"},
		{name: "escaped", body: `{"mod\u0065l":"a\u002fb"}`, model: "a/b"},
		{name: "twice, last wins", body: `{"model":"cheap","model":"dear"}`, model: "dear"},
		{name: "stream null", body: `{"model":"m","stream":null}`, model: "m"},
		{name: "empty", body: "", bad: true},
		{name: "blank", body: " \n", bad: true},
		{name: "array", body: `[{"model":"m"}]`, bad: true},
		{name: "cut", body: `{"model":"m","messages":[{"role":`, param: "messages.0.role", bad: true},
		{name: "cut after model", body: `{"model":"m"`, param: "model", bad: true},
		{name: "trailing", body: `{"model":"m"} x`, bad: true},
		{name: "two values", body: `{"model":"m"}{}`, bad: true},
		{name: "mismatched", body: `{"model":"m","a":[}`, param: "a", bad: true},
		{name: "bad literal", body: `{"model":"m","a":tru}`, bad: true},
		{name: "deep", body: deep, bad: true},
		{name: "no model", body: `{"messages":[]}`, param: "model", bad: true},
		{name: "null model", body: `{"model":null}`, param: "model", bad: true},
		{name: "empty model", body: `{"model":""}`, param: "model", bad: true},
		{name: "number", body: `{"model":4}`, param: "model", bad: true},
		{name: "stream string", body: `{"model":"m","stream":"true"}`, param: "stream", bad: true},
		{name: "stream number", body: `{"model":"m","stream":1}`, param: "stream", bad: true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			model, stream, err := Detect([]byte(tc.body))
			if !tc.bad {
				if err != nil || model != tc.model || stream != tc.stream {
					t.Fatalf("got %q, %v, %v", model, stream, err)
				}
				return
			}
			var e *ir.Error
			if !errors.As(err, &e) || e.Kind != ir.KindInvalid || e.Param != tc.param {
				t.Fatalf("got %#v", err)
			}
		})
	}
}

// FuzzModelSplice holds the promise of pass-through: nothing but the model
// changes, byte for byte.
func FuzzModelSplice(f *testing.F) {
	for _, seed := range []string{
		`{"model":"a"}`, `{ "x" :1e400, "model" : "a" , "y":[{"model":"z"}]}`, `{"model":"a","model":"b"}`,
		`{"mod\u0065l":"\ud800"}`, `{"messages":[{"content":"\\\"model\\\":"}],"model":"q"}`, "{}", `{"model":{}}`,
	} {
		f.Add([]byte(seed), "new\"model")
	}
	f.Fuzz(func(t *testing.T, body []byte, model string) {
		before := string(body)
		call := translate.Call{Operation: translate.OpEmbed, Body: body}
		got, err := Editor{}.EditRequest(call, translate.Edits{Model: model})
		if string(body) != before {
			t.Fatal("the client's own bytes were changed")
		}
		if err != nil || model == "" || !json.Valid(body) || !strings.HasPrefix(strings.TrimLeft(before, " \t\r\n"), "{") {
			return
		}
		var want, have map[string]json.RawMessage
		if json.Unmarshal(body, &want) != nil {
			return
		}
		if err := json.Unmarshal(got.Body, &have); err != nil {
			t.Fatalf("%q became %q: %v", before, got.Body, err)
		}
		var name string
		if err := json.Unmarshal(have["model"], &name); err != nil || name != string([]rune(model)) {
			t.Fatalf("model is %s in %q", have["model"], got.Body)
		}
		delete(want, "model")
		delete(have, "model")
		if !reflect.DeepEqual(want, have) {
			t.Fatalf("%q became %q", before, got.Body)
		}
	})
}
