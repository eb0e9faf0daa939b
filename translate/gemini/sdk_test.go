package gemini

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/genai"

	"louter/translate"
	"louter/translate/ir"
)

// sdkServer answers Google's own client with what the front writes for a
// fixed answer, and keeps the request that the front read.
type sdkServer struct {
	t      *testing.T
	answer *ir.Response
	fail   *ir.Error
	got    *ir.Request
}

func (s *sdkServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
		return
	}
	if s.fail != nil {
		status, out := Front{}.EncodeError(s.fail)
		w.WriteHeader(status)
		s.write(w, out)
		return
	}
	name, action, _ := cutAction(normalizePath(r.Method, r.URL.EscapedPath()))
	call := translate.Call{Model: name[strings.LastIndexByte(name, '/')+1:], Stream: action == actionStream, Query: r.URL.RawQuery, Body: body}
	if s.got, err = (Front{}).DecodeRequest(call); err != nil {
		s.t.Errorf("%v: %s", err, body)
		return
	}
	if call.Stream {
		framing := Front{}.Framing(call)
		w.Header().Set("Content-Type", framing.ContentType())
		s.write(w, encodeStream(s.t, s.got, ir.Expand(s.answer)))
		return
	}
	out, err := Front{}.EncodeResponse(s.got, s.answer, testMint())
	if err != nil {
		s.t.Error(err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	s.write(w, out)
}

func (s *sdkServer) write(w http.ResponseWriter, out []byte) {
	if _, err := w.Write(out); err != nil {
		s.t.Error(err)
	}
}

func sdkClient(t *testing.T, s *sdkServer) *genai.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client, err := genai.NewClient(context.Background(), &genai.ClientConfig{
		APIKey: "test", Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: server.URL},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

var sdkAnswer = ir.Response{
	ID: "r1", Model: "m",
	Candidates: []ir.Candidate{{
		Parts: []ir.Part{
			ir.Reasoning{Text: "hm"},
			ir.Text{Text: "Grüße", Citations: []ir.Citation{{Start: 0, End: 7, URL: "https://a.example", Title: "A"}}},
			ir.ToolCall{ID: "c1", Name: "f", Args: `{"a":[1]}`, Seal: &ir.Seal{Origin: ir.OriginOpenAI, Token: "enc"}},
			ir.Media{Modality: ir.ModalityImage, MIME: "image/png", Data: "QUJD"},
		},
		Finish: ir.Finish{Reason: ir.FinishToolCalls},
	}},
	Usage: &ir.Usage{Input: 10, Output: 7, Reasoning: 2, Cached: 3, InputBy: map[ir.Modality]int64{ir.ModalityText: 10}},
}

func sdkConfig() *genai.GenerateContentConfig {
	return &genai.GenerateContentConfig{
		SystemInstruction: genai.NewContentFromText("be brief", genai.RoleUser),
		Temperature:       genai.Ptr[float32](0.1), MaxOutputTokens: 5, StopSequences: []string{"x"},
		ThinkingConfig:   &genai.ThinkingConfig{IncludeThoughts: true, ThinkingBudget: genai.Ptr[int32](0)},
		ResponseMIMEType: "application/json", ResponseSchema: &genai.Schema{Type: genai.TypeObject, Properties: map[string]*genai.Schema{"a": {Type: genai.TypeString, MinLength: genai.Ptr[int64](2)}}},
		SafetySettings: []*genai.SafetySetting{{Category: genai.HarmCategoryHarassment, Threshold: genai.HarmBlockThresholdOff}},
		Tools:          []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{Name: "f", ParametersJsonSchema: map[string]any{"type": "object"}}}}, {GoogleSearch: &genai.GoogleSearch{}}},
		ToolConfig:     &genai.ToolConfig{FunctionCallingConfig: &genai.FunctionCallingConfig{Mode: genai.FunctionCallingConfigModeAny, AllowedFunctionNames: []string{"f"}}},
	}
}

func sdkContents() []*genai.Content {
	return []*genai.Content{
		{Role: "user", Parts: []*genai.Part{{Text: "q"}, {InlineData: &genai.Blob{MIMEType: "image/png", Data: []byte{0xfb, 0xff}}}}},
		{Role: "model", Parts: []*genai.Part{{FunctionCall: &genai.FunctionCall{Name: "f", Args: map[string]any{"a": 1}}, ThoughtSignature: []byte("sig")}}},
		{Role: "user", Parts: []*genai.Part{{FunctionResponse: &genai.FunctionResponse{Name: "f", Response: map[string]any{"output": "x"}}}}},
	}
}

// TestSDK: google.golang.org/genai writes what the front reads and reads what
// it writes, whole and streamed.
func TestSDK(t *testing.T) {
	s := &sdkServer{t: t, answer: &sdkAnswer}
	client := sdkClient(t, s)
	whole, err := client.Models.GenerateContent(context.Background(), "m", sdkContents(), sdkConfig())
	if err != nil {
		t.Fatal(err)
	}
	checkSDKRequest(t, s.got)
	var parts []*genai.Part
	checkSDKAnswer(t, whole, whole.Candidates[0].Content.Parts)
	var last *genai.GenerateContentResponse
	for chunk, err := range client.Models.GenerateContentStream(context.Background(), "m", sdkContents(), sdkConfig()) {
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, chunk.Candidates[0].Content.Parts...)
		last = chunk
	}
	if !s.got.Stream {
		t.Error("the stream was not one")
	}
	// The last chunk has an empty part, as the service's own has.
	end := len(parts) - 1
	if parts[end].Text != "" {
		t.Errorf("the end says %q", parts[end].Text)
	}
	checkSDKAnswer(t, last, parts[:end])
}

func checkSDKRequest(t *testing.T, r *ir.Request) {
	t.Helper()
	if len(r.Dropped) > 0 || *r.Sampling.Temperature != 0.1 || *r.Sampling.MaxTokens != 5 || *r.Reasoning.Budget != 0 || !*r.Reasoning.Include {
		t.Errorf("request %s", dump(r))
	}
	if len(r.Turns) != 3 || r.Turns[0].Parts[1].(ir.Media).Data != "+/8=" || r.Turns[2].Parts[0].(ir.ToolResult).CallID != r.Turns[1].Parts[0].(ir.ToolCall).ID {
		t.Errorf("turns %s", dump(r.Turns))
	}
	if seal := r.Turns[1].Parts[0].(ir.ToolCall).Seal; seal == nil || seal.Token != "c2ln" || seal.Origin != ir.OriginGoogle {
		t.Errorf("seal %+v", seal)
	}
	if len(r.Tools) != 2 || r.Output.Kind != ir.OutputJSONSchema || !strings.Contains(string(r.Output.Schema), `"minLength":2`) || len(r.Safety) != 1 {
		t.Errorf("tools and output %s", dump(r))
	}
}

func checkSDKAnswer(t *testing.T, last *genai.GenerateContentResponse, parts []*genai.Part) {
	t.Helper()
	if len(parts) != 4 || !parts[0].Thought || parts[1].Text != "Grüße" || parts[2].FunctionCall.ID != "c1" || string(parts[3].InlineData.Data) != "ABC" {
		t.Fatalf("parts %+v", parts)
	}
	if len(parts[2].ThoughtSignature) == 0 {
		t.Error("the packed proof is not there for the SDK")
	}
	c := last.Candidates[0]
	if c.FinishReason != genai.FinishReasonStop || last.ResponseID != "r1" || last.ModelVersion != "m" {
		t.Errorf("end %+v", c)
	}
	if u := last.UsageMetadata; u.PromptTokenCount != 10 || u.CandidatesTokenCount != 5 || u.ThoughtsTokenCount != 2 || u.CachedContentTokenCount != 3 || u.TotalTokenCount != 17 {
		t.Errorf("usage %+v", u)
	}
	g := c.GroundingMetadata
	if g == nil || g.GroundingChunks[0].Web.URI != "https://a.example" || g.GroundingSupports[0].Segment.EndIndex != 7 || g.GroundingSupports[0].Segment.Text != "Grüße" {
		t.Errorf("grounding %+v", g)
	}
}

func TestSDKError(t *testing.T) {
	s := &sdkServer{t: t, fail: &ir.Error{Kind: ir.KindRateLimited, Message: "slow down"}}
	_, err := sdkClient(t, s).Models.GenerateContent(context.Background(), "m", sdkContents(), nil)
	var apiErr genai.APIError
	isAPI := errors.As(err, &apiErr)
	if !isAPI || apiErr.Code != 429 || apiErr.Status != "RESOURCE_EXHAUSTED" || apiErr.Message != "slow down" {
		t.Errorf("got %v", err)
	}
}
