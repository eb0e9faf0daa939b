package gemini

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
)

func ptr[T any](v T) *T { return &v }

func TestEditRequestBody(t *testing.T) {
	cases := []struct {
		name     string
		edits    translate.Edits
		in, want string
	}{
		{"nothing to do", translate.Edits{MaxTokens: 5, Temperature: ptr(0.5)},
			`{ "generationConfig":{"temperature":1,"maxOutputTokens":9} , "x":1}`,
			`{ "generationConfig":{"temperature":1,"maxOutputTokens":9} , "x":1}`},
		{"defaults into a config", translate.Edits{MaxTokens: 5, Temperature: ptr(0.5)},
			`{"generation_config": {"top_p": 1}, "contents":[]}`,
			`{"generation_config": {"maxOutputTokens":5,"temperature":0.5,"top_p": 1}, "contents":[]}`},
		{"defaults into an empty config", translate.Edits{Temperature: ptr(0.0)},
			`{"generationConfig":{ }}`, `{"generationConfig":{"temperature":0 }}`},
		{"defaults without a config", translate.Edits{MaxTokens: 5},
			`{ "contents":[] }`, `{"generationConfig":{"maxOutputTokens":5}, "contents":[] }`},
		{"defaults into nothing", translate.Edits{MaxTokens: 5}, `{}`, `{"generationConfig":{"maxOutputTokens":5}}`},
		{"everything into nothing", translate.Edits{MaxTokens: 5, Instruction: "i"}, `{}`, `{"systemInstruction":{"parts":[{"text":"i"}]},"generationConfig":{"maxOutputTokens":5}}`},
		{"null config", translate.Edits{MaxTokens: 5}, `{"generationConfig":null}`, `{"generationConfig":{"maxOutputTokens":5}}`},
		{"snake case is said", translate.Edits{MaxTokens: 5}, `{"generationConfig":{"max_output_tokens":7}}`, `{"generationConfig":{"max_output_tokens":7}}`},
		{"override", translate.Edits{Temperature: ptr(0.25), Override: true},
			`{"generationConfig":{"temperature": 1.0}}`, `{"generationConfig":{"temperature": 0.25}}`},

		{"system replaced", translate.Edits{System: ptr("a<b")},
			`{"system_instruction":{"parts":{"text":"x"}},"contents":[]}`,
			`{"system_instruction":{"parts":[{"text":"a<b"}]},"contents":[]}`},
		{"system added", translate.Edits{Instruction: "own"}, `{"contents":[]}`, `{"systemInstruction":{"parts":[{"text":"own"}]},"contents":[]}`},
		{"system appended", translate.Edits{Instruction: "own"},
			`{"systemInstruction":{"role":"system","parts":[ {"text":"x"} ]}}`,
			`{"systemInstruction":{"role":"system","parts":[ {"text":"x"},{"text":"own"} ]}}`},
		{"system prepended", translate.Edits{Instruction: "own", Mode: "prepend"},
			`{"systemInstruction":{"parts":[ {"text":"x"} ]}}`, `{"systemInstruction":{"parts":[ {"text":"own"},{"text":"x"} ]}}`},
		{"system appended to one object", translate.Edits{Instruction: "own"},
			`{"systemInstruction":{"parts":{"text":"x"}}}`, `{"systemInstruction":{"parts":[{"text":"x"},{"text":"own"}]}}`},
		{"system prepended to one object", translate.Edits{Instruction: "own", Mode: "prepend"},
			`{"systemInstruction":{"parts":{"text":"x"}}}`, `{"systemInstruction":{"parts":[{"text":"own"},{"text":"x"}]}}`},
		{"system overridden", translate.Edits{Instruction: "own", Mode: "override"},
			`{"systemInstruction":{"parts":[{"text":"x"}]}}`, `{"systemInstruction":{"parts":[{"text":"own"}]}}`},
		{"system without parts", translate.Edits{Instruction: "own"}, `{"systemInstruction":{}}`, `{"systemInstruction":{"parts":[{"text":"own"}]}}`},
		{"system with no part", translate.Edits{Instruction: "own"}, `{"systemInstruction":{"parts":[]}}`, `{"systemInstruction":{"parts":[{"text":"own"}]}}`},

		{"tools filtered", translate.Edits{AllowedTools: []string{"a"}},
			`{"tools":[{"functionDeclarations":[{"name":"b"},{"name":"a", "x":[1]},{"name":"c"}]},{"googleSearch":{}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["a","b"]}}}`,
			`{"tools":[{"functionDeclarations":[{"name":"a", "x":[1]}]},{"googleSearch":{}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["a"]}}}`},
		{"tools all gone", translate.Edits{AllowedTools: []string{"z"}},
			`{"contents":[],"tools":{"function_declarations":[{"name":"b"}]},"tool_config":{"function_calling_config":{"mode":"ANY"}}}`,
			`{"contents":[]}`},
		{"functions gone, search stays", translate.Edits{AllowedTools: []string{"z"}},
			`{"tools":[{"functionDeclarations":{"name":"b"},"googleSearch":{}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"},"retrievalConfig":{}}}`,
			`{"tools":[{"googleSearch":{}}],"toolConfig":{"retrievalConfig":{}}}`},
		{"tools gone, instruction added", translate.Edits{AllowedTools: []string{"z"}, Instruction: "i"},
			`{"tools":[{"functionDeclarations":[{"name":"b"}]}]}`, `{"systemInstruction":{"parts":[{"text":"i"}]}}`},
		{"no tools", translate.Edits{AllowedTools: []string{"z"}}, `{"tools":[]}`, `{"tools":[]}`},
		{"tools unchanged", translate.Edits{AllowedTools: []string{"b"}}, `{"tools":[{"functionDeclarations":[{"name":"b"}]}]}`, `{"tools":[{"functionDeclarations":[{"name":"b"}]}]}`},

		{"turns cut", translate.Edits{MaxTurns: 1},
			`{"contents":[{"role":"user","parts":[{"text":"1"}]}, {"role":"model","parts":[{"text":"2"}]}, {"parts":[{"text":"3"}]} ]}`,
			`{"contents":[{"parts":[{"text":"3"}]} ]}`},
		{"turns keep a response with its call", translate.Edits{MaxTurns: 1},
			`{"contents":[{"role":"user","parts":[{"text":"1"}]},{"role":"user","parts":[{"text":"2"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"role":"user","parts":{"function_response":{"name":"f"}}}]}`,
			`{"contents":[{"role":"user","parts":[{"text":"2"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"role":"user","parts":{"function_response":{"name":"f"}}}]}`},
		{"turns enough", translate.Edits{MaxTurns: 3}, `{"contents":[{"parts":[{"text":"3"}]}]}`, `{"contents":[{"parts":[{"text":"3"}]}]}`},

		{"model in the body", translate.Edits{Model: "new"}, `{"model":"models/old","contents":[]}`, `{"model":"models/new","contents":[]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			call := translate.Call{Operation: translate.OpGenerate, Path: "/models/old:generateContent", Model: "old", Body: []byte(c.in)}
			got, err := Editor{}.EditRequest(call, c.edits)
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Body) != c.want {
				t.Errorf("got  %s\nwant %s", got.Body, c.want)
			}
			if c.in == c.want && &got.Body[0] != &call.Body[0] {
				t.Error("an unchanged body was copied")
			}
		})
	}
}

func TestEditRequestModel(t *testing.T) {
	cases := []struct {
		op                         translate.Operation
		path, body, model          string
		wantPath, wantBody, loaded string
	}{
		{translate.OpGenerate, "/models/a%2Fb:streamGenerateContent", `{}`, "hf.co/x/y:7b", "/models/hf.co%2Fx%2Fy:7b:streamGenerateContent", `{}`, "hf.co/x/y:7b"},
		{translate.OpGenerate, "/models/a%3AgenerateContent", `{}`, "tunedModels/t", "/tunedModels/t:generateContent", `{}`, "tunedModels/t"},
		{translate.OpGetModel, "/models/a", ``, "b", "/models/b", ``, "b"},
		{translate.OpGenerate, "/models/a:generateContent", `{}`, "..", "/models/..:generateContent", `{}`, ".."},
		{translate.OpOther, "/files/a", `{}`, "b", "/files/a", `{}`, "b"},
		{translate.OpEmbed, "/models/a:batchEmbedContents", `{"requests":[{"model":"models/a","content":{}}, {"model":"models/a"}]}`, "b",
			"/models/b:batchEmbedContents", `{"requests":[{"model":"models/b","content":{}}, {"model":"models/b"}]}`, "b"},
		{translate.OpCountTokens, "/models/a:countTokens", `{"generateContentRequest":{"model":"models/a"}}`, "b",
			"/models/b:countTokens", `{"generateContentRequest":{"model":"models/b"}}`, "b"},
	}
	for _, c := range cases {
		call := translate.Call{Operation: c.op, Path: c.path, Model: "a", Body: []byte(c.body)}
		got, err := Editor{}.EditRequest(call, translate.Edits{Model: c.model})
		if err != nil || got.Path != c.wantPath || string(got.Body) != c.wantBody || got.Model != c.loaded {
			t.Errorf("%s: %v, %s, %s", c.path, err, got.Path, got.Body)
		}
	}
}

func TestEditRequestRefuses(t *testing.T) {
	all := translate.Edits{Instruction: "x", AllowedTools: []string{"a"}, MaxTurns: 1, MaxTokens: 1}
	for _, body := range []string{`{"contents":[}`, `{"a":1`, `{"a":tru}`, `{"generationConfig":[]}`, `{"systemInstruction":"x"}`, `{"systemInstruction":{"parts":"x"}}`, `{"a":` + strings.Repeat("[", 10000)} {
		_, err := Editor{}.EditRequest(translate.Call{Operation: translate.OpGenerate, Body: []byte(body)}, all)
		if err == nil {
			t.Errorf("accepted %.40s", body)
		}
	}
}

// FuzzEditRequest: a valid body stays valid, and nothing differs but what was
// asked for.
func FuzzEditRequest(f *testing.F) {
	for _, name := range []string{"louter-streaming", "louter-stream-function-calling.1", "louter-stream-function-calling.2"} {
		if body, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "recordings", "gemini", name, "request.json")); err == nil {
			f.Add(body)
		}
	}
	f.Add([]byte(`{"tools":{"functionDeclarations":{"name":"a"}},"contents":{"parts":{"text":""}},"systemInstruction":{"parts":[]}}`))
	f.Add([]byte(`{"tools":[{"functionDeclarations":[{"name":"b"},{"name":"c"}],"codeExecution":{}}],"toolConfig":{"functionCallingConfig":{}},"generation_config":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		call := translate.Call{Operation: translate.OpGenerate, Path: "/models/a:generateContent", Body: body}
		edits := translate.Edits{Instruction: "i", AllowedTools: []string{"a"}, MaxTurns: 1, MaxTokens: 3, Temperature: ptr(0.5), Model: "m"}
		got, err := Editor{}.EditRequest(call, edits)
		if err != nil || !json.Valid(body) {
			return
		}
		if !json.Valid(got.Body) {
			t.Fatalf("broken: %s\nfrom %s", got.Body, body)
		}
		var before, after map[string]any
		if json.Unmarshal(body, &before) != nil || json.Unmarshal(got.Body, &after) != nil {
			return
		}
		for key, value := range before {
			switch camelCase(key) {
			case "tools", "toolConfig", "contents", "generationConfig", "systemInstruction", "model", "requests", "generateContentRequest":
			default:
				if !reflect.DeepEqual(value, after[key]) {
					t.Fatalf("%q changed: %s\nfrom %s", key, got.Body, body)
				}
			}
		}
	})
}

// TestEditsMeanTheSame: edited bytes read as the neutral request does after
// the same edits, which converted routes get.
func TestEditsMeanTheSame(t *testing.T) {
	bodies := []string{
		`{"contents":[{"parts":[{"text":"1"}]},{"role":"model","parts":[{"text":"2"}]},{"role":"user","parts":[{"text":"3"}]}]}`,
		`{"system_instruction":{"parts":{"text":"s"}},"contents":{"parts":{"text":"1"}},"generation_config":{"temperature":1,"max_output_tokens":2}}`,
		`{"systemInstruction":{"parts":[{"text":"s"},{"text":"t"}]},"contents":[{"parts":[{"text":"1"}]},{"role":"model","parts":[{"functionCall":{"name":"a","args":{}}}]},{"parts":[{"functionResponse":{"name":"a","response":{}}}]},{"role":"model","parts":[{"text":"x"}]},{"parts":[{"text":"2"}]}],
		  "tools":[{"functionDeclarations":[{"name":"a"},{"name":"b"}]},{"functionDeclarations":[{"name":"c"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["a","c"]}},"generationConfig":{}}`,
		`{"contents":[{"parts":[{"text":"1"}]}],"tools":{"functionDeclarations":{"name":"c"}},"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}`,
	}
	edits := []translate.Edits{
		{System: ptr("new")}, {Instruction: "own"}, {Instruction: "own", Mode: "prepend"}, {Instruction: "own", Mode: "override"},
		{AllowedTools: []string{"a"}}, {AllowedTools: []string{"c", "z"}}, {MaxTurns: 1}, {MaxTurns: 2}, {MaxTurns: 9},
		{MaxTokens: 7}, {Temperature: ptr(0.5)}, {Temperature: ptr(0.5), Override: true},
		{Instruction: "own", AllowedTools: []string{"a"}, MaxTurns: 1, MaxTokens: 7, Temperature: ptr(0.0), Override: true},
	}
	read := func(body []byte) *ir.Request {
		req, err := Front{}.DecodeRequest(translate.Call{Model: "m", Body: body})
		if err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		for i := range req.Tools {
			req.Tools[i].Path = "" // they move up when others go
		}
		for i := range req.Turns {
			req.Turns[i].Path = ""
		}
		return req
	}
	for i, body := range bodies {
		for j, e := range edits {
			want := read([]byte(body))
			e.Apply(want)
			call, err := Editor{}.EditRequest(translate.Call{Operation: translate.OpGenerate, Path: "/models/m:generateContent", Body: []byte(body)}, e)
			if err != nil {
				t.Fatal(err)
			}
			// Ids stand for places, and turns may have gone.
			a, b := withoutIDs(want), withoutIDs(read(call.Body))
			if dump(a) != dump(b) {
				t.Errorf("body %d, edits %d:\n%s\n%s\n%s", i, j, dump(a), dump(b), call.Body)
			}
		}
	}
}

func withoutIDs(r *ir.Request) *ir.Request {
	for _, turn := range r.Turns {
		for i, p := range turn.Parts {
			switch p := p.(type) {
			case ir.ToolCall:
				p.ID = ""
				turn.Parts[i] = p
			case ir.ToolResult:
				p.CallID = ""
				turn.Parts[i] = p
			}
		}
	}
	if len(r.Tools) == 0 {
		r.Tools = nil
	}
	if len(r.ToolChoice.Names) == 0 {
		r.ToolChoice.Names = nil
	}
	return r
}
