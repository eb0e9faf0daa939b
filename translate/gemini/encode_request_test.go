package gemini

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
)

// upstream encodes a request and reads the body as plain JSON.
func upstream(t testing.TB, options translate.BackOptions, req *ir.Request) (map[string]any, translate.Call) {
	t.Helper()
	call, err := newTestBack(t, options).EncodeRequest(req)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(call.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body, call
}

// dig follows keys and indexes.
func dig(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

func says(role ir.Role, parts ...ir.Part) ir.Turn { return ir.Turn{Role: role, Parts: parts} }

func lost(req *ir.Request, path string) bool {
	for _, l := range req.Dropped {
		if l.Path == path {
			return true
		}
	}
	return false
}

var google = translate.BackOptions{Profile: "google"}

func TestEncodeTarget(t *testing.T) {
	for _, c := range []struct {
		model  string
		stream bool
		want   string
	}{
		{"gemini-2.5-flash", false, "POST /models/gemini-2.5-flash:generateContent?"},
		{"gemini-2.5-flash", true, "POST /models/gemini-2.5-flash:streamGenerateContent?alt=sse"},
		{"tunedModels/mine", false, "POST /tunedModels/mine:generateContent?"},
		{"hf.co/a b:7", false, "POST /models/hf.co%2Fa%20b:7:generateContent?"},
		{"../../v1/x", false, "POST /models/..%2F..%2Fv1%2Fx:generateContent?"},
	} {
		_, call := upstream(t, google, &ir.Request{Model: c.model, Stream: c.stream})
		if got := call.Method + " " + call.Path + "?" + call.Query; got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		if call.Header.Get("Content-Type") != "application/json" || call.Stream != c.stream || call.Model != c.model {
			t.Errorf("%+v", call)
		}
	}
}

// TestSeals: only Google's own proof goes to Google; a thought without it is
// not replayed (defects 29).
func TestSeals(t *testing.T) {
	req := &ir.Request{Model: "gemini-3-pro-preview", Turns: []ir.Turn{
		says(ir.RoleUser, ir.Text{Text: "q"}),
		says(ir.RoleModel,
			ir.Reasoning{Text: "bare"},
			ir.Reasoning{Text: "theirs", Seal: &ir.Seal{Origin: ir.OriginOpenAI, Token: "enc"}},
			ir.Reasoning{Text: "own", Seal: &ir.Seal{Origin: ir.OriginGoogle, Token: "c2ln"}},
			ir.Text{Text: "said", Seal: &ir.Seal{Origin: ir.OriginOpenAI, Token: "enc"}},
			ir.ToolCall{ID: "1", Name: "f", Args: "{}", Seal: &ir.Seal{Origin: ir.OriginOpenAI, Token: "enc"}}),
		says(ir.RoleUser, ir.ToolResult{CallID: "1", Content: []ir.Part{ir.Text{Text: "x"}}}),
	}}
	body, call := upstream(t, google, req)
	if strings.Contains(string(call.Body), "enc") || strings.Contains(string(call.Body), "theirs") || strings.Contains(string(call.Body), "bare") {
		t.Errorf("foreign proof or a bare thought was sent: %s", call.Body)
	}
	parts, _ := dig(body, "contents", 1, "parts").([]any)
	if len(parts) != 3 || dig(parts, 0, "thoughtSignature") != "c2ln" || dig(parts, 0, "thought") != true {
		t.Fatalf("parts %v", parts)
	}
	if dig(parts, 2, "thoughtSignature") != skipSignature {
		t.Errorf("the call has %v", dig(parts, 2, "thoughtSignature"))
	}
	if !lost(req, "turns.1.parts.0") || len(req.Dropped) != 2 {
		t.Errorf("losses %v", req.Dropped)
	}
}

// TestSealComesBack: what a front packed for a Gemini client is unpacked when
// the client sends it again.
func TestSealComesBack(t *testing.T) {
	resp := &ir.Response{ID: "r", Model: "m", Candidates: []ir.Candidate{{
		Parts:  []ir.Part{ir.ToolCall{ID: "1", Name: "f", Args: "{}", Seal: &ir.Seal{Origin: ir.OriginOpenAI, Token: "enc.with.dots"}}},
		Finish: ir.Finish{Reason: ir.FinishToolCalls},
	}}}
	out, err := Front{}.EncodeResponse(nil, resp, testMint())
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Candidates []struct{ Content json.RawMessage }
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	req, err := Front{}.DecodeRequest(translate.Call{Model: "m", Body: fmt.Appendf(nil, `{"contents":[%s]}`, answer.Candidates[0].Content)})
	if err != nil {
		t.Fatal(err)
	}
	got := req.Turns[0].Parts[0].(ir.ToolCall).Seal
	if got == nil || *got != (ir.Seal{Origin: ir.OriginOpenAI, Token: "enc.with.dots"}) {
		t.Errorf("got %+v", got)
	}
}

func TestTurnsAreJoined(t *testing.T) {
	req := &ir.Request{Model: "gemini-2.5-flash", Turns: []ir.Turn{
		says(ir.RoleUser, ir.Text{Text: ""}),
		says(ir.RoleModel, ir.Text{Text: "let me"}),
		says(ir.RoleModel, ir.ToolCall{ID: "1", Name: "f", Args: `{"a":`}, ir.ToolCall{ID: "2", Name: "g", Custom: true, Args: "free"}),
		says(ir.RoleUser, ir.ToolResult{CallID: "2", Content: []ir.Part{ir.Text{Text: `[1,"$ref"]`}}}),
		says(ir.RoleUser, ir.ToolResult{CallID: "1", Data: json.RawMessage(`[1]`), IsError: true}),
		says(ir.RoleSystem, ir.Text{Text: "rules"}),
		{Role: ir.RoleUser, Name: "ann"},
		says(ir.RoleModel),
	}}
	body, _ := upstream(t, google, req)
	contents, _ := dig(body, "contents").([]any)
	if len(contents) != 6 {
		t.Fatalf("%d contents: %v", len(contents), contents)
	}
	for i, want := range map[int]string{0: "", 3: "rules", 4: "", 5: ""} {
		if text, said := dig(contents, i, "parts", 0, "text").(string); !said || text != want {
			t.Errorf("content %d: %v", i, contents[i]) // defects 74, 75
		}
	}
	if dig(contents, 1, "parts", 1, "functionCall", "args", "arguments") != `{"a":` || dig(contents, 1, "parts", 2, "functionCall", "args", "input") != "free" {
		t.Errorf("calls %v", contents[1])
	}
	if dig(contents, 1, "parts", 1, "functionCall", "id") != nil {
		t.Error("an id was sent to a model that has none (defects 10)")
	}
	first, second := dig(contents, 2, "parts", 0, "functionResponse"), dig(contents, 2, "parts", 1, "functionResponse")
	if dig(first, "name") != "f" || dig(second, "name") != "g" { // defects 6, 7
		t.Errorf("responses %v, %v", first, second)
	}
	if dig(first, "response", "error", 0) != 1.0 || dig(second, "response", "output") != `[1,"$ref"]` { // defects 8, 9
		t.Errorf("responses %v, %v", first, second)
	}
	if !lost(req, "turns.5.role") || !lost(req, "turns.6.name") {
		t.Errorf("losses %v", req.Dropped)
	}
}

func TestResultWithoutCall(t *testing.T) {
	_, err := newTestBack(t, google).EncodeRequest(&ir.Request{Model: "m", Turns: []ir.Turn{says(ir.RoleUser, ir.ToolResult{CallID: "gone"})}})
	if ir.AsError(err).Kind != ir.KindInvalid {
		t.Errorf("got %v", err)
	}
}

func TestForeignFile(t *testing.T) {
	for id, sent := range map[string]bool{"file-abc": false, "files/abc": true} {
		req := &ir.Request{Model: "m", Turns: []ir.Turn{says(ir.RoleUser, ir.Media{Modality: ir.ModalityPDF, FileID: id})}}
		call, err := newTestBack(t, google).EncodeRequest(req)
		if sent != (err == nil) || sent != strings.Contains(string(call.Body), `"fileUri":"`+fileAPI+`abc"`) {
			t.Errorf("%s: %v, %s", id, err, call.Body)
		}
	}
}

func TestSystemOfGemma(t *testing.T) {
	body, _ := upstream(t, google, &ir.Request{Model: "gemma-3-27b-it", System: []ir.Part{ir.Text{Text: "s"}}, Turns: []ir.Turn{says(ir.RoleUser, ir.Text{Text: "q"})}})
	if body["systemInstruction"] != nil || dig(body, "contents", 0, "parts", 0, "text") != "s" || dig(body, "contents", 0, "parts", 1, "text") != "q" {
		t.Errorf("got %v", body)
	}
}

func TestToolChoice(t *testing.T) {
	tools := []ir.Tool{{Name: "a", Path: "tools.0"}, {Name: "b", Path: "tools.1"}}
	cases := []struct {
		model  string
		choice ir.ToolChoice
		want   string // mode, names, declared
	}{
		{"gemini-2.5-flash", ir.ToolChoice{}, "<nil> <nil> 2"},
		{"gemini-2.5-flash", ir.ToolChoice{Mode: ir.ToolAuto}, "AUTO <nil> 2"},
		{"gemini-2.5-flash", ir.ToolChoice{Mode: ir.ToolNone, Names: []string{"a"}}, "NONE <nil> 2"},
		{"gemini-2.5-flash", ir.ToolChoice{Mode: ir.ToolRequired}, "ANY <nil> 2"},
		{"gemini-2.5-flash", ir.ToolChoice{Mode: ir.ToolRequired, Names: []string{"a"}}, "ANY [a] 2"}, // defects 13
		{"gemini-2.5-flash", ir.ToolChoice{Mode: ir.ToolAuto, Names: []string{"a"}}, "VALIDATED [a] 2"},
		{"gemini-2.5-flash", ir.ToolChoice{Mode: ir.ToolValidated}, "VALIDATED <nil> 2"},
		{"gemini-2.0-flash", ir.ToolChoice{Mode: ir.ToolAuto, Names: []string{"a"}}, "AUTO <nil> 1"},
		{"gemini-2.0-flash", ir.ToolChoice{Mode: ir.ToolValidated}, "AUTO <nil> 2"},
	}
	for _, c := range cases {
		body, _ := upstream(t, google, &ir.Request{Model: c.model, Tools: tools, ToolChoice: c.choice})
		f := dig(body, "toolConfig", "functionCallingConfig")
		declared, _ := dig(body, "tools", 0, "functionDeclarations").([]any)
		if got := fmt.Sprintf("%v %v %d", dig(f, "mode"), dig(f, "allowedFunctionNames"), len(declared)); got != c.want {
			t.Errorf("%s %+v: got %s, want %s", c.model, c.choice, got, c.want)
		}
	}
}

func TestToolLosses(t *testing.T) {
	req := &ir.Request{
		Model: "gemini-2.5-flash", ParallelToolCalls: ptr(false), ServiceTier: "scale",
		Labels:   map[string]string{"ok": "v", "Bad Key": "v", "n": "Not Lower"},
		Tools:    []ir.Tool{{Name: "f", Strict: ptr(true), Path: "tools.0"}, {Kind: ir.ToolCustom, Name: "patch", Description: "d", Path: "tools.1"}},
		Sampling: ir.Sampling{PresencePenalty: ptr(0.0), FrequencyPenalty: ptr(1.0), Stop: []string{"", "x"}, Seed: ptr(int64(1) << 40)},
		Output:   ir.Output{Verbosity: "low", Audio: &ir.AudioOutput{Format: "mp3", Voice: "Kore"}, Modalities: []ir.Modality{ir.ModalityAudio}},
		System:   []ir.Part{ir.Text{Text: "s"}, ir.Media{Modality: ir.ModalityImage, Data: "QQ=="}},
		Turns:    []ir.Turn{says(ir.RoleUser, ir.Text{Text: "q"})},
	}
	body, _ := upstream(t, google, req)
	for _, path := range []string{
		"tools.0.strict", "parallel_tool_calls", "service_tier", "frequency_penalty", "stop.0", "verbosity", "audio.format",
		"system", "metadata.n", "metadata.*",
	} {
		if !lost(req, path) {
			t.Errorf("%s was lost without a word", path)
		}
	}
	if len(req.Dropped) != 10 {
		t.Errorf("%d losses: %v", len(req.Dropped), req.Dropped)
	}
	if dig(body, "tools", 0, "functionDeclarations", 1, "parametersJsonSchema", "properties", "input", "type") != "string" {
		t.Errorf("custom tool %v", body["tools"])
	}
	seed, _ := dig(body, "generationConfig", "seed").(float64)
	if seed != float64(int32(seed)) {
		t.Errorf("seed %v", seed)
	}
}

// TestSearchBesideFunctions covers defects 16.
func TestSearchBesideFunctions(t *testing.T) {
	ask := func(model string) *ir.Request {
		return &ir.Request{Model: model, Tools: []ir.Tool{{Name: "f"}, {Kind: ir.ToolWebSearch, Path: "tools.1"}}}
	}
	if _, err := newTestBack(t, google).EncodeRequest(ask("gemini-2.5-pro")); err == nil || ir.AsError(err).Param != "tools.1" {
		t.Errorf("2.5: %v", err)
	}
	body, _ := upstream(t, google, ask("gemini-3-pro-preview"))
	if dig(body, "tools", 1, "googleSearch") == nil || dig(body, "toolConfig", "includeServerSideToolInvocations") != true {
		t.Errorf("3: %v", body)
	}
	body, _ = upstream(t, translate.BackOptions{Profile: "vertex"}, ask("gemini-3-pro-preview"))
	if dig(body, "tools", 1, "googleSearch") == nil || body["toolConfig"] != nil {
		t.Errorf("vertex: %v", body)
	}
	req := ask("gemini-2.5-pro")
	body, _ = upstream(t, translate.BackOptions{Profile: "google", Quirks: map[string]any{"search_beside_functions": "drop"}}, req)
	if dig(body, "tools", 1) != nil || !lost(req, "tools.1") {
		t.Errorf("dropped: %v, %v", body, req.Dropped)
	}
}

// TestResolution covers defects 28: old models take it for the request alone.
func TestResolution(t *testing.T) {
	picture := func(detail string) ir.Media {
		return ir.Media{Modality: ir.ModalityImage, MIME: "image/png", Data: "QQ==", Detail: detail}
	}
	req := &ir.Request{Model: "gemini-2.5-flash", Turns: []ir.Turn{says(ir.RoleUser, picture("low"), picture("original"))}}
	body, _ := upstream(t, google, req)
	if dig(body, "generationConfig", "mediaResolution") != "MEDIA_RESOLUTION_HIGH" || !lost(req, "detail") {
		t.Errorf("2.5: %v, %v", body, req.Dropped)
	}
	if dig(body, "contents", 0, "parts", 0, "mediaResolution") != nil {
		t.Error("2.5: a resolution stands on a part")
	}
	body, _ = upstream(t, google, &ir.Request{Model: "gemini-3-flash-preview", Turns: []ir.Turn{says(ir.RoleUser, picture("low"), picture("auto"))}})
	if dig(body, "contents", 0, "parts", 0, "mediaResolution", "level") != "MEDIA_RESOLUTION_LOW" || body["generationConfig"] != nil {
		t.Errorf("3: %v", body)
	}
}
