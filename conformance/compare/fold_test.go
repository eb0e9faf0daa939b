package compare

import (
	"reflect"
	"strings"
	"testing"

	"louter/conformance/scenario"
)

const sse = "text/event-stream"

func stream(docs ...string) []byte {
	return []byte("data: " + strings.Join(docs, "\n\ndata: ") + "\n\n")
}

// TestStreamsFoldToTheWholeAnswer: and both dialects to one meaning.
func TestStreamsFoldToTheWholeAnswer(t *testing.T) {
	want := Folded{
		Choices: []Choice{{Text: "Hello world", Thought: "Hm.", Finish: "tool calls", Calls: []Call{
			{"call_a", "weather", `{"place":"Rome"}`}, {"call_b", "now", `{}`},
		}}},
		Usage: Usage{Input: 9, Output: 12, Cached: 3, Reasoning: 5},
	}
	const chatUsage = `{"prompt_tokens":9,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":5}}`
	const geminiUsage = `{"promptTokenCount":9,"candidatesTokenCount":7,"thoughtsTokenCount":5,"cachedContentTokenCount":3}`
	for name, c := range map[string]struct {
		dialect, kind string
		body          []byte
	}{
		"chat, whole": {scenario.OpenAIChat, "application/json", []byte(`{"choices":[{"index":0,"message":{"content":"Hello world","reasoning_content":"Hm.","tool_calls":[
			{"id":"call_a","function":{"name":"weather","arguments":"{\"place\": \"Rome\"}"}},{"id":"call_b","function":{"name":"now","arguments":""}}]},
			"finish_reason":"tool_calls"}],"usage":` + chatUsage + `}`)},
		"chat, stream": {scenario.OpenAIChat, sse, stream(
			`{"choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}]}`, `{"choices":[{"index":0,"delta":{"content":"Hello "}}]}`,
			`{"choices":[{"index":0,"delta":{"content":"world","tool_calls":[{"index":0,"id":"call_a","function":{"name":"weather","arguments":"{\"pla"}}]}}]}`,
			`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","function":{"name":"now","arguments":""}},{"index":0,"function":{"arguments":"ce\":\"Rome\"}"}}]}}]}`,
			`{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`, `{"choices":[],"usage":`+chatUsage+`}`, `[DONE]`)},
		"gemini, whole": {scenario.Gemini, "application/json", []byte(`{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"Hello world"},
			{"functionCall":{"id":"call_a","name":"weather","args":{"place":"Rome"}}},{"functionCall":{"id":"call_b","name":"now"}}]},"finishReason":"STOP"}],"usageMetadata":` + geminiUsage + `}`)},
		"gemini, stream": {scenario.Gemini, sse, stream(
			`{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"Hello "}]}}]}`,
			`{"candidates":[{"content":{"parts":[{"text":"world"},{"functionCall":{"id":"call_a","name":"weather","partialArgs":[{"jsonPath":"$.place","stringValue":"Ro"}],"willContinue":true}}]}}]}`,
			`{"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.place","stringValue":"me"}]}}]}}]}`,
			`{"candidates":[{"content":{"parts":[{"functionCall":{"id":"call_b","name":"now","args":{}}}]},"finishReason":"STOP"}],"usageMetadata":`+geminiUsage+`}`)},
		"gemini, array": {scenario.Gemini, "application/json", []byte(`[{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"Hello "}]}}]},
			{"candidates":[{"content":{"parts":[{"text":"world"},{"functionCall":{"id":"call_a","name":"weather","args":{"place":"Rome"}}},{"functionCall":{"id":"call_b","name":"now"}}]},
			"finishReason":"STOP"}],"usageMetadata":` + geminiUsage + `}]`)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Fold(c.dialect, 200, c.kind, c.body); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestEndsOfStreams(t *testing.T) {
	const piece = `{"choices":[{"index":0,"delta":{"content":"x"}}]}`
	const stop = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	for name, c := range map[string]struct {
		body    string
		failure string
	}{
		"done":                    {"data: " + piece + "\n\ndata: [DONE]\n\n", ""},
		"a finish without done":   {"data: " + stop + "\n\n", ""},
		"neither":                 {"data: " + piece + "\n\n", BrokenOff},
		"nothing at all":          {"", BrokenOff},
		"inside an event":         {"data: " + stop + "\n\ndata: {\"cho", BrokenOff},
		"without its empty line":  {"data: " + stop, BrokenOff},
		"an error event":          {"data: " + piece + "\n\ndata: {\"error\":{\"message\":\"x\",\"type\":\"server_error\"}}\n\n", "server"},
		"lines that end with CR":  {"data: " + stop + "\r\r", ""},
		"CRLF, comments, an id":   {": hi\r\nid: 7\r\ndata: " + stop + "\r\n\r\n", ""},
		"no space behind a colon": {"data:" + stop + "\n\n", ""},
		"data of two lines":       {"data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Fold(scenario.OpenAIChat, 200, sse, []byte(c.body)).Failure; got != c.failure {
				t.Errorf("got %q, want %q", got, c.failure)
			}
		})
	}
}

// TestFailuresHaveOneKindInBothDialects.
func TestFailuresHaveOneKindInBothDialects(t *testing.T) {
	for kind, c := range map[string]struct {
		status       int
		chat, gemini string
	}{
		"rate limit":      {429, `{"error":{"type":"rate_limit_error","code":"rate_limit_exceeded"}}`, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`},
		"invalid request": {400, `{"error":{"type":"invalid_request_error","code":null}}`, `{"error":{"code":400,"status":"INVALID_ARGUMENT"}}`},
		"not found":       {404, `{"error":{"type":"invalid_request_error","code":"model_not_found"}}`, `{"error":{"code":404,"status":"NOT_FOUND"}}`},
		"server":          {503, `{"error":{"type":"server_error"}}`, `{"error":{"code":503,"status":"UNAVAILABLE"}}`},
		"permission":      {403, `{"error":{"type":"permission_error"}}`, `{"error":{"code":403,"status":"PERMISSION_DENIED"}}`},
		"context length": {400, `{"error":{"type":"invalid_request_error","code":"context_length_exceeded"}}`,
			`{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}}`},
	} {
		for dialect, body := range map[string]string{scenario.OpenAIChat: c.chat, scenario.Gemini: c.gemini} {
			if got := Fold(dialect, c.status, "application/json", []byte(body)).Failure; got != kind {
				t.Errorf("%s: got %q, want %q", body, got, kind)
			}
		}
	}
}

// TestRequestsMeanTheSameInBothDialects, and a change of any value is seen.
func TestRequestsMeanTheSameInBothDialects(t *testing.T) {
	const gemini = `{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[
		{"role":"user","parts":[{"text":"Look"},{"inlineData":{"mimeType":"image/png","data":"aGVsbG8="}}]},
		{"role":"model","parts":[{"functionCall":{"name":"f","args":{"b":1,"a":2}}}]},
		{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"fine"}}}]}],
		"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"INTEGER"}}}}]}],
		"generationConfig":{"maxOutputTokens":5,"temperature":0.5,"stopSequences":["X"],"responseSchema":{"type":"OBJECT"}}}`
	const chat = `{"messages":[{"role":"system","content":"Be brief."},
		{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGVsbG8="}}]},
		{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":2,\"b\":1}"}}]},
		{"role":"tool","tool_call_id":"c","content":"fine"}],
		"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}],
		"max_completion_tokens":5,"temperature":0.5,"stop":["X"],"response_format":{"type":"json_schema","json_schema":{}}}`
	want := Mean(scenario.Gemini, []byte(gemini))
	if d := DiffIntent(want, Mean(scenario.OpenAIChat, []byte(chat))); len(d) > 0 {
		t.Fatal(d)
	}
	snake := strings.NewReplacer("systemInstruction", "system_instruction", "inlineData", "inline_data", "functionCall", "function_call",
		"functionDeclarations", "function_declarations", "functionResponse", "function_response", "maxOutputTokens", "max_output_tokens").Replace(gemini)
	if d := DiffIntent(want, Mean(scenario.Gemini, []byte(snake))); len(d) > 0 {
		t.Fatal(d)
	}
	for _, part := range []string{"Be brief", "Look", "aGVs", `\"b\":1`, `"fine"`, `"integer"`, `:5,`, `0.5`, `"X"`, "json_schema", `"name":"f","parameters"`} {
		other := strings.Replace(chat, part, strings.NewReplacer("Look", "Loop", "e", "o", "i", "o", "a", "o", "1", "7", "5", "7", "X", "Y", "G", "H", "f", "g").Replace(part), 1)
		if other == chat {
			t.Fatalf("%q changes nothing", part)
		}
		if d := DiffIntent(want, Mean(scenario.OpenAIChat, []byte(other))); len(d) == 0 {
			t.Errorf("another %q is not seen", part)
		}
	}
}

func TestTextDiffShowsTheLinesThatDiffer(t *testing.T) {
	got := strings.Join(TextDiff("a\nb\nc\nd\ne", "a\nb\nX\nd\nY\ne"), "|")
	if want := "  b|- c|+ X|  d|+ Y|  e"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if TextDiff("a", "a") != nil {
		t.Error("equal texts differ")
	}
}

// TestLossIsFound: what the generated types do not hold is told.
func TestLossIsFound(t *testing.T) {
	s, err := NewSchemas()
	if err != nil {
		t.Fatal(err)
	}
	const path = "/v1beta/models/m:generateContent"
	body := []byte(`{"candidates":[{"content":{"parts":[{"text":"x","novelty":1}],"role":"model"},"finishReason":"STOP"}]}`)
	got := s.AnswerLoss(scenario.Gemini, path, 200, "application/json", body)
	if len(got) != 1 || !strings.Contains(got[0], ".candidates[].content.parts[].novelty is lost") {
		t.Errorf("got %q", got)
	}
	if got := s.Answer(scenario.Gemini, path, 200, "application/json", []byte(`{"candidates":"none"}`)); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}
