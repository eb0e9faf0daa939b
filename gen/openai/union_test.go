package openai

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// TestUnionForms reads each form of each union into a member of an object,
// where absent differs from null, and writes it back.
func TestUnionForms(t *testing.T) {
	type object struct {
		Content  Content            `json:"content,omitzero"`
		Thinking Thinking           `json:"thinking,omitzero"`
		Refusal  NullableString     `json:"refusal,omitzero"`
		Stop     Stop               `json:"stop,omitzero"`
		Choice   ToolChoice         `json:"tool_choice,omitzero"`
		Legacy   FunctionCallChoice `json:"function_call,omitzero"`
		Voice    Voice              `json:"voice,omitzero"`
		Input    EmbeddingInput     `json:"input,omitzero"`
		Vector   Vector             `json:"embedding,omitzero"`
		Args     *Arguments         `json:"arguments,omitempty"`
		ID       LooseString        `json:"id,omitempty"`
		N        *LooseInt          `json:"n,omitempty"`
		Code     ErrorCode          `json:"code,omitzero"`
	}
	for _, c := range []struct{ in, out string }{
		{`{}`, `{}`},
		{`{"content":null}`, `{"content":null}`},
		{`{"content":""}`, `{"content":""}`},
		{`{"content":[]}`, `{"content":[]}`},
		{`{"content":"a\nb"}`, `{"content":"a\nb"}`},
		{`{"content":[{"type":"text","text":""}]}`, `{"content":[{"text":"","type":"text"}]}`},
		{`{"content":[{"type":"robot"}]}`, `{"content":[{"type":"robot"}]}`},
		{`{"content":[null,{}, {"text":null,"Type":"text"} ]}`, `{"content":[{"type":""},{"type":""},{"type":"text"}]}`},
		{`{"content":[{"image_url" : {"url":"a\\","detail":"low"},"type":"image_url"},{"file":{"file_data":"x\"]}","filename":"f","file_id":"i"},"type":"file"}]}`,
			`{"content":[{"image_url":{"detail":"low","url":"a\\"},"type":"image_url"},{"file":{"file_data":"x\"]}","file_id":"i","filename":"f"},"type":"file"}]}`},
		{`{"content":[{"input_audio":{"data":"x","format":"wav","else":[1]},"type":"input_audio"}]}`, `{"content":[{"input_audio":{"data":"x","format":"wav"},"type":"input_audio"}]}`},
		{`{"content":[{"image_url":{"url":"a"},"image_url":{"detail":"low"},"type":"image_url"}]}`, `{"content":[{"image_url":{"detail":"low","url":"a"},"type":"image_url"}]}`},
		{`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}`, `{"content":[{"thinking":[{"text":"hm","type":"text"}],"type":"thinking"}]}`},
		{`{"thinking":null}`, `{"thinking":null}`},
		{`{"thinking":""}`, `{"thinking":""}`},
		{`{"thinking":[]}`, `{"thinking":[]}`},
		{`{"refusal":null}`, `{"refusal":null}`},
		{`{"refusal":""}`, `{"refusal":""}`},
		{`{"refusal":"no"}`, `{"refusal":"no"}`},
		{`{"stop":null}`, `{}`},
		{`{"stop":""}`, `{"stop":""}`},
		{`{"stop":"a"}`, `{"stop":"a"}`},
		{`{"stop":[]}`, `{"stop":[]}`},
		{`{"stop":["a"]}`, `{"stop":["a"]}`},
		{`{"tool_choice":null}`, `{}`},
		{`{"tool_choice":"robot"}`, `{"tool_choice":"robot"}`},
		{`{"tool_choice":{"type":"function","function":{"name":"f"}}}`, `{"tool_choice":{"function":{"name":"f"},"type":"function"}}`},
		{`{"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}}`,
			`{"tool_choice":{"allowed_tools":{"mode":"auto","tools":[{"function":{"name":"f"},"type":"function"}]},"type":"allowed_tools"}}`},
		{`{"function_call":null}`, `{}`},
		{`{"function_call":"auto"}`, `{"function_call":"auto"}`},
		{`{"function_call":{"name":"f"}}`, `{"function_call":{"name":"f"}}`},
		{`{"voice":"alloy"}`, `{"voice":"alloy"}`},
		{`{"voice":{"id":"v1"}}`, `{"voice":{"id":"v1"}}`},
		{`{"input":""}`, `{"input":""}`},
		{`{"input":[]}`, `{"input":[]}`},
		{`{"input":["a","b"]}`, `{"input":["a","b"]}`},
		{`{"input":[1,2]}`, `{"input":[1,2]}`},
		{`{"input":[ [1,2],[3]]}`, `{"input":[[1,2],[3]]}`},
		{`{"embedding":null}`, `{}`},
		{`{"embedding":[]}`, `{"embedding":[]}`},
		{`{"embedding":[ 1, -0.5 ,1e-7]}`, `{"embedding":[1,-0.5,1e-07]}`},
		{`{"embedding":"AACAPw=="}`, `{"embedding":"AACAPw=="}`},
		{`{"arguments":null}`, `{}`},
		{`{"arguments":""}`, `{"arguments":""}`},
		{`{"arguments":"{\"a\":"}`, `{"arguments":"{\"a\":"}`},
		{`{"arguments":{"a": 1}}`, `{"arguments":"{\"a\": 1}"}`},
		{`{"id":null}`, `{}`},
		{`{"id":"x"}`, `{"id":"x"}`},
		{`{"id":12}`, `{"id":"12"}`},
		{`{"id":{"detail":"x"}}`, `{"id":"{\"detail\":\"x\"}"}`},
		{`{"n":null}`, `{}`},
		{`{"n":0}`, `{"n":0}`},
		{`{"n":"7"}`, `{"n":7}`},
		{`{"n":7.9}`, `{"n":7}`},
		{`{"n":9007199254740993}`, `{"n":9007199254740993}`},
		{`{"n":1e3}`, `{"n":1000}`},
		{`{"code":null}`, `{}`},
		{`{"code":400}`, `{"code":400}`},
		{`{"code":"400"}`, `{"code":"400"}`},
	} {
		var v object
		if err := json.Unmarshal([]byte(c.in), &v); err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if got, err := json.Marshal(v); err != nil || string(got) != c.out {
			t.Errorf("%s: got %s, %v; want %s", c.in, got, err, c.out)
		}
	}
}

// TestUnionsRefuse checks that a value of the wrong kind is an error that
// names the field.
func TestUnionsRefuse(t *testing.T) {
	for _, c := range []struct{ in, field string }{
		{`{"model":"m","messages":[{"role":"user","content":7}]}`, "messages.content"},
		{`{"model":"m","messages":[{"role":"user","content":{}}]}`, "messages.content"},
		{`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":7}]}]}`, "messages.content.text"},
		{`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":"http://x"}]}]}`, "messages.content.image_url"},
		{`{"model":"m","messages":[{"role":"assistant","refusal":[]}]}`, "messages.refusal"},
		{`{"model":"m","stop":7}`, "stop"},
		{`{"model":"m","stop":[7]}`, "stop"},
		{`{"model":"m","tool_choice":true}`, "tool_choice"},
		{`{"model":"m","tool_choice":{"type":7}}`, "tool_choice.type"},
		{`{"model":"m","function_call":[]}`, "function_call"},
		{`{"model":"m","audio":{"voice":7}}`, "audio.voice"},
		{`{"model":"m","temperature":"0"}`, "temperature"},
		{`{"model":"m","max_tokens":"10"}`, "max_tokens"},
	} {
		err := json.Unmarshal([]byte(c.in), new(ChatCompletionRequest))
		var wrong *json.UnmarshalTypeError
		if !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: got %v, want an error at %s", c.in, err, c.field)
		}
	}
	for _, in := range []string{`{"input":[1,"a"]}`, `{"input":["a",1]}`, `{"input":{}}`, `{"input":[[1],2]}`, `{"input":[1.5]}`} {
		if err := json.Unmarshal([]byte(in), new(EmbeddingRequest)); err == nil {
			t.Errorf("%s: no error", in)
		}
	}
	for _, in := range []string{`[1,"a"]`, `[null]`, `[[1]]`, `{}`, `7`, `[1e999]`} {
		if err := json.Unmarshal([]byte(in), new(Vector)); err == nil {
			t.Errorf("%s: no error", in)
		}
	}
	for _, in := range []string{`"x"`, `true`, `1e300`, `[]`} {
		if err := json.Unmarshal([]byte(in), new(LooseInt)); err == nil {
			t.Errorf("%s: no error", in)
		}
	}
	if _, err := json.Marshal(Vector{Floats: []float64{math.NaN()}}); err == nil {
		t.Error("NaN was written")
	}
}

// TestBuiltUnions writes what a translator builds.
func TestBuiltUnions(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{Message{Role: RoleAssistant, Content: NullContent(), Refusal: Null()}, `{"content":null,"refusal":null,"role":"assistant"}`},
		{Message{Role: RoleUser, Content: TextContent("<a&b>")}, `{"content":"<a&b>","role":"user"}`},
		{Message{Role: RoleUser, Content: PartsContent(nil)}, `{"content":[],"role":"user"}`},
		{Message{Role: RoleTool}, `{"role":"tool"}`},
		{ChunkChoice{}, `{"delta":{},"finish_reason":null,"index":0}`},
		{ChatCompletionRequest{Model: "m", Temperature: new(float64), MaxTokens: new(int64), Store: new(bool)}, `{"max_tokens":0,"model":"m","store":false,"temperature":0}`},
		{ChatCompletionRequest{Model: "m", Stop: StopAt(nil)}, `{"model":"m"}`},
		{ChatCompletionRequest{Model: "m", ToolChoice: ToolChoice{Mode: ToolChoiceModeNone}}, `{"model":"m","tool_choice":"none"}`},
		{ChatCompletionChunk{Choices: []ChunkChoice{}}, `{"choices":[],"created":0,"id":"","model":"","object":""}`},
		{FunctionCall{Name: "f", Arguments: new(Arguments)}, `{"arguments":"","name":"f"}`},
		{ErrorResponse{Error: APIError{Message: "no", Type: "t"}}, `{"error":{"code":null,"message":"no","param":null,"type":"t"}}`},
	} {
		got, err := encode(c.v)
		if err != nil || string(got) != c.want {
			t.Errorf("got %s, %v; want %s", got, err, c.want)
		}
	}
}

// TestErrorsInOddShapes reads the bodies of failures that nearly compatible
// servers send.
func TestErrorsInOddShapes(t *testing.T) {
	for _, c := range []struct {
		in   string
		want ErrorResponse
	}{
		{`{"error":"no model"}`, ErrorResponse{Error: APIError{Message: "no model"}}},
		{`{"error":{"message":null,"code":404,"type":null}}`, ErrorResponse{Error: APIError{Code: ErrorCode{Text: "404", Number: true}}}},
		{`[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]`,
			ErrorResponse{Error: APIError{Message: "slow", Status: "RESOURCE_EXHAUSTED", Code: ErrorCode{Text: "429", Number: true}}}},
		{`[]`, ErrorResponse{}},
		{`{"object":"error","message":"bad","type":"BadRequestError","code":400}`,
			ErrorResponse{Message: "bad", Type: "BadRequestError", Code: ErrorCode{Text: "400", Number: true}}},
		{`{"message":{"detail":[1]}}`, ErrorResponse{Message: `{"detail":[1]}`}},
		{`{"detail":"Not Found"}`, ErrorResponse{Detail: json.RawMessage(`"Not Found"`)}},
	} {
		var got ErrorResponse
		if err := json.Unmarshal([]byte(c.in), &got); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v", c.in, got, err)
		}
	}
}

// TestOddAnswers reads whole answers that are not quite OpenAI's.
func TestOddAnswers(t *testing.T) {
	var whole ChatCompletion
	err := json.Unmarshal([]byte(`{"id":7,"created":"1755133833","choices":[{"index":"1","message":{"content":[{"type":"text","text":"hi"}],
		"tool_calls":[{"id":9,"function":{"name":"f","arguments":{"a":1}}}]},"finish_reason":"end","usage":{"prompt_tokens":3.0}}]}`), &whole)
	if err != nil {
		t.Fatal(err)
	}
	choice := whole.Choices[0]
	call := choice.Message.ToolCalls[0]
	if whole.ID != "7" || whole.Created != 1755133833 || choice.Index != 1 || *choice.Message.Content.Parts[0].Text != "hi" ||
		call.ID != "9" || call.Index != nil || call.Function.Arguments.String() != `{"a":1}` ||
		*choice.FinishReason != "end" || choice.Usage.PromptTokens != 3 {
		t.Errorf("got %+v", whole)
	}
	var chunk ChatCompletionChunk
	if err := json.Unmarshal([]byte(`{"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`), &chunk); err != nil {
		t.Fatal(err)
	}
	if chunk.Choices != nil || chunk.Usage.TotalTokens != 3 {
		t.Errorf("got %+v", chunk)
	}
	var none *LooseInt
	var noText *LooseString
	var noArgs *Arguments
	if none.Int64() != 0 || noText.String() != "" || noArgs.String() != "" {
		t.Error("nil is not zero")
	}
}

// TestThinkingText joins what Mistral sends in parts.
func TestThinkingText(t *testing.T) {
	for in, want := range map[string]string{`"a"`: "a", `null`: "", `[{"type":"text","text":"a"},{"type":"reference"},{"text":"b"}]`: "ab"} {
		var got Thinking
		if err := json.Unmarshal([]byte(in), &got); err != nil || got.String() != want {
			t.Errorf("%s: got %q, %v", in, got.String(), err)
		}
	}
}

// TestNestingIsBounded: parts hold thoughts, and thoughts hold no parts, so
// deep input cannot make each level be read again.
func TestNestingIsBounded(t *testing.T) {
	const depth = 3000
	deep := strings.Repeat(`[{"type":"thinking","thinking":`, depth) + `""` + strings.Repeat(`}]`, depth)
	var got Content
	if err := json.Unmarshal([]byte(deep), &got); err != nil {
		t.Fatal(err)
	}
	want := PartsContent([]ContentPart{{Type: ContentPartTypeThinking, Thinking: PartsThinking([]ThinkingPart{{Type: "thinking"}})}})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
