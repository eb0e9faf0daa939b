package sdk_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/genai"
)

var weather = &genai.Tool{FunctionDeclarations: []*genai.FunctionDeclaration{{
	Name: "get_weather", Description: "The weather in a city.",
	Parameters: &genai.Schema{Type: genai.TypeObject, Required: []string{"city"}, Properties: map[string]*genai.Schema{
		"city": {Type: genai.TypeString}, "days": {Type: genai.TypeInteger, Nullable: genai.Ptr(true)},
	}},
}}}

const capital = "The capital of France is Paris."

func TestGeminiClient(t *testing.T) {
	g := startGateway(t, nil)
	c := g.genai(t)
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Run("text", func(t *testing.T) { geminiText(t, c, model) })
			t.Run("stream", func(t *testing.T) { geminiStream(t, c, model) })
			t.Run("tools over two turns", func(t *testing.T) { geminiTools(t, c, model, "What is the weather?", 1) })
			t.Run("parallel tools", func(t *testing.T) { geminiTools(t, c, model, "Weather in two cities", 2) })
			t.Run("parallel tools in a stream", func(t *testing.T) { geminiStreamTools(t, c, model) })
			t.Run("media", func(t *testing.T) { geminiMedia(t, c, model) })
			t.Run("structured output", func(t *testing.T) { geminiSchema(t, c, model) })
			t.Run("thinking", func(t *testing.T) { geminiThinking(t, c, "thinks-"+model) })
			t.Run("errors", func(t *testing.T) { geminiErrors(t, c, model) })
		})
	}
}

func geminiText(t *testing.T, c *genai.Client, model string) {
	resp, err := c.Models.GenerateContent(t.Context(), model, genai.Text("What is the capital of France?"), &genai.GenerateContentConfig{
		SystemInstruction: genai.NewContentFromText("Be brief.", genai.RoleUser), Temperature: genai.Ptr[float32](0), TopP: genai.Ptr[float32](0.5),
		MaxOutputTokens: 100, StopSequences: []string{"END"}, Seed: genai.Ptr[int32](0),
	})
	if err != nil {
		t.Fatal(err)
	}
	u := resp.UsageMetadata
	if resp.Text() != capital || resp.Candidates[0].FinishReason != genai.FinishReasonStop ||
		u.PromptTokenCount != 20 || u.CandidatesTokenCount != 7 || u.ThoughtsTokenCount != 3 || u.CachedContentTokenCount != 4 || u.TotalTokenCount != 30 {
		t.Errorf("got %q, %s, %+v", resp.Text(), resp.Candidates[0].FinishReason, u)
	}
}

func geminiStream(t *testing.T, c *genai.Client, model string) {
	text, chunks := "", 0
	var last *genai.GenerateContentResponse
	for resp, err := range c.Models.GenerateContentStream(t.Context(), model, genai.Text("What is the capital of France?"), nil) {
		if err != nil {
			t.Fatal(err)
		}
		text += resp.Text()
		chunks++
		last = resp
	}
	if text != capital || chunks < 3 || last.Candidates[0].FinishReason != genai.FinishReasonStop || last.UsageMetadata.TotalTokenCount != 30 {
		t.Errorf("%q in %d chunks, last %+v", text, chunks, last)
	}
}

func geminiTools(t *testing.T, c *genai.Client, model, question string, calls int) {
	history := genai.Text(question)
	cfg := &genai.GenerateContentConfig{Tools: []*genai.Tool{weather}}
	resp, err := c.Models.GenerateContent(t.Context(), model, history, cfg)
	if err != nil {
		t.Fatal(err)
	}
	finishTools(t, c, model, history, resp.Candidates[0].Content, resp.FunctionCalls(), calls)
}

// finishTools answers the calls and asks for the end of the talk.
func finishTools(t *testing.T, c *genai.Client, model string, history []*genai.Content, said *genai.Content, got []*genai.FunctionCall, calls int) {
	t.Helper()
	if len(got) != calls || got[0].Name != "get_weather" || got[0].Args["city"] != "Paris" || got[calls-1].Args["city"] != []string{"Paris", "Tokyo"}[calls-1] {
		t.Fatalf("calls %+v", got)
	}
	history = append(history, said, genai.NewContentFromParts(toolResults(got), genai.RoleUser))
	resp, err := c.Models.GenerateContent(t.Context(), model, history, &genai.GenerateContentConfig{Tools: []*genai.Tool{weather}})
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range got {
		if city := call.Args["city"].(string); !strings.Contains(resp.Text(), "sunny in "+city) {
			t.Errorf("the result for %s did not arrive: %q", city, resp.Text())
		}
	}
}

// geminiStreamTools: the SDK's own chat keeps each chunk as a content, and
// forgets the turn if it takes one chunk for invalid.
func geminiStreamTools(t *testing.T, c *genai.Client, model string) {
	chat, err := c.Chats.Create(t.Context(), model, &genai.GenerateContentConfig{Tools: []*genai.Tool{weather}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	send := func(parts ...*genai.Part) (calls []*genai.FunctionCall, text string) {
		for resp, err := range chat.SendStream(t.Context(), parts...) {
			if err != nil {
				t.Fatal(err)
			}
			calls = append(calls, resp.FunctionCalls()...)
			if content := resp.Candidates[0].Content; content != nil {
				for _, p := range content.Parts {
					text += p.Text
				}
			}
		}
		return calls, text
	}
	calls, _ := send(genai.NewPartFromText("Weather in two cities"))
	if len(calls) != 2 || calls[0].Args["city"] != "Paris" || calls[1].Args["city"] != "Tokyo" {
		t.Fatalf("calls %+v", calls)
	}
	if _, text := send(toolResults(calls)...); !strings.Contains(text, "sunny in Paris") || !strings.Contains(text, "sunny in Tokyo") {
		t.Errorf("the results did not arrive: %q", text)
	}
}

func toolResults(calls []*genai.FunctionCall) []*genai.Part {
	var results []*genai.Part
	for _, call := range calls {
		p := genai.NewPartFromFunctionResponse(call.Name, map[string]any{"output": "sunny in " + call.Args["city"].(string)})
		p.FunctionResponse.ID = call.ID
		results = append(results, p)
	}
	return results
}

func geminiMedia(t *testing.T, c *genai.Client, model string) {
	for mimeType, want := range map[string]string{"image/png": "image/png of 4 bytes", "application/pdf": "application/pdf of 4 bytes", "audio/wav": "audio/wav of 4 bytes"} {
		parts := []*genai.Part{genai.NewPartFromText("What is this?"), genai.NewPartFromBytes([]byte("\x89abc"), mimeType)}
		resp, err := c.Models.GenerateContent(t.Context(), model, []*genai.Content{genai.NewContentFromParts(parts, genai.RoleUser)}, nil)
		if err != nil {
			t.Errorf("%s: %v", mimeType, err)
			continue
		}
		// Chat names sound by a format and not by a type.
		if got := resp.Text(); got != "Seen: "+want {
			t.Errorf("%s: %q", mimeType, got)
		}
	}
}

func geminiSchema(t *testing.T, c *genai.Client, model string) {
	resp, err := c.Models.GenerateContent(t.Context(), model, genai.Text("Who?"), &genai.GenerateContentConfig{
		ResponseMIMEType: "application/json",
		ResponseSchema: &genai.Schema{Type: genai.TypeObject, Properties: map[string]*genai.Schema{
			"name": {Type: genai.TypeString}, "age": {Type: genai.TypeInteger, Nullable: genai.Ptr(true)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Text() != `{"name":"Ada","age":36}` {
		t.Errorf("got %q", resp.Text())
	}
}

func geminiErrors(t *testing.T, c *genai.Client, model string) {
	for question, want := range map[string]struct {
		code   int
		status string
	}{"fail 429": {429, "RESOURCE_EXHAUSTED"}, "fail context": {400, "INVALID_ARGUMENT"}} {
		_, err := c.Models.GenerateContent(t.Context(), model, genai.Text(question), nil)
		var api genai.APIError
		if !errors.As(err, &api) || api.Code != want.code || api.Status != want.status || api.Message == "" {
			t.Errorf("%s: %v", question, err)
		}
	}
	_, err := c.Models.GenerateContent(t.Context(), strings.Replace(model, "on-", "missing-", 1), genai.Text("x"), nil)
	var api genai.APIError
	if !errors.As(err, &api) || api.Code != 404 {
		t.Errorf("a model that the service does not have: %v", err)
	}
	if _, err = c.Models.GenerateContent(t.Context(), "nowhere", genai.Text("x"), nil); !errors.As(err, &api) || api.Code != 404 {
		t.Errorf("a model that no backend has: %v", err)
	}
}

// geminiThinking shows thoughts apart from the answer, and sends the signed
// call back in the next turn.
func geminiThinking(t *testing.T, c *genai.Client, model string) {
	cfg := &genai.GenerateContentConfig{
		Tools:          []*genai.Tool{weather},
		ThinkingConfig: &genai.ThinkingConfig{IncludeThoughts: true, ThinkingLevel: genai.ThinkingLevelHigh},
	}
	history := genai.Text("What is the weather?")
	resp, err := c.Models.GenerateContent(t.Context(), model, history, cfg)
	if err != nil {
		t.Fatal(err)
	}
	thoughts := ""
	for _, p := range resp.Candidates[0].Content.Parts {
		if p.Thought {
			thoughts += p.Text
		}
	}
	if thoughts != "Let me think about it." {
		t.Errorf("thoughts %q", thoughts)
	}
	finishTools(t, c, model, history, resp.Candidates[0].Content, resp.FunctionCalls(), 1)
}
