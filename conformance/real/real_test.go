//go:build real

// Package real_test asks a real model through Louter, with both official
// clients. Shape is asserted and not wording: the model is small.
package real_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"
	"google.golang.org/genai"

	"louter/server"
	"louter/server/config"
)

const model = "smollm2"

func start(t *testing.T) (openai.Client, *genai.Client) {
	t.Helper()
	url := os.Getenv("LOUTER_REAL_URL")
	if url == "" {
		t.Fatal("LOUTER_REAL_URL does not name the server: run make real")
	}
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay = "127.0.0.1:0", 0
	b := config.DefaultBackend("local")
	b.URL, b.Profile = url, "llamacpp"
	cfg.Backends[b.Name] = b
	app, err := server.New(cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	base := "http://" + app.Addr()
	g, err := genai.NewClient(t.Context(), &genai.ClientConfig{APIKey: "any", Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: base}})
	if err != nil {
		t.Fatal(err)
	}
	return openai.NewClient(option.WithBaseURL(base+"/v1"), option.WithAPIKey("any"), option.WithMaxRetries(0)), g
}

func TestText(t *testing.T) {
	o, g := start(t)
	resp, err := g.Models.GenerateContent(t.Context(), model, genai.Text("What is the capital of France?"), &genai.GenerateContentConfig{MaxOutputTokens: 24, Temperature: genai.Ptr[float32](0)})
	if err != nil || resp.Text() == "" || resp.UsageMetadata.CandidatesTokenCount == 0 || resp.Candidates[0].FinishReason == "" {
		t.Errorf("genai: %v %+v", err, resp)
	}
	text, finish := "", genai.FinishReason("")
	for chunk, err := range g.Models.GenerateContentStream(t.Context(), model, genai.Text("Say hello."), &genai.GenerateContentConfig{MaxOutputTokens: 24}) {
		if err != nil {
			t.Fatal(err)
		}
		text += chunk.Text()
		finish = chunk.Candidates[0].FinishReason
	}
	if text == "" || finish == "" {
		t.Errorf("genai stream: %q, %q", text, finish)
	}
	s := o.Chat.Completions.NewStreaming(t.Context(), openai.ChatCompletionNewParams{Model: model, MaxTokens: openai.Int(24),
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Say hello.")}})
	var acc openai.ChatCompletionAccumulator
	for s.Next() {
		acc.AddChunk(s.Current())
	}
	if s.Err() != nil || acc.Choices[0].Message.Content == "" || acc.Choices[0].FinishReason == "" {
		t.Errorf("openai stream: %v %+v", s.Err(), acc)
	}
}

// TestTools: required may come as text first (an oddity of the server), so
// that a call is asked for a few times.
func TestTools(t *testing.T) {
	_, g := start(t)
	tool := &genai.Tool{FunctionDeclarations: []*genai.FunctionDeclaration{{Name: "get_weather", Description: "The weather in a city.",
		Parameters: &genai.Schema{Type: genai.TypeObject, Properties: map[string]*genai.Schema{"city": {Type: genai.TypeString}}, Required: []string{"city"}}}}}
	history := genai.Text("Call the tool get_weather for the city Paris.")
	for attempt := range 8 {
		cfg := &genai.GenerateContentConfig{Tools: []*genai.Tool{tool}, MaxOutputTokens: 80, Seed: genai.Ptr(int32(attempt)),
			ToolConfig: &genai.ToolConfig{FunctionCallingConfig: &genai.FunctionCallingConfig{Mode: genai.FunctionCallingConfigModeAny}}}
		resp, err := g.Models.GenerateContent(t.Context(), model, history, cfg)
		if err != nil {
			t.Fatal(err)
		}
		calls := resp.FunctionCalls()
		if len(calls) == 0 || calls[0].Name != "get_weather" {
			continue
		}
		result := genai.NewPartFromFunctionResponse(calls[0].Name, map[string]any{"output": "sunny"})
		result.FunctionResponse.ID = calls[0].ID
		again := append(history, resp.Candidates[0].Content, genai.NewContentFromParts([]*genai.Part{result}, genai.RoleUser))
		if resp, err = g.Models.GenerateContent(t.Context(), model, again, &genai.GenerateContentConfig{MaxOutputTokens: 24}); err != nil || resp.Candidates[0].FinishReason == "" {
			t.Errorf("second turn: %v", err)
		}
		return
	}
	t.Error("no call in eight tries")
}

func TestJSONBySchema(t *testing.T) {
	o, g := start(t)
	schema := map[string]any{"type": "object", "properties": map[string]any{"name": map[string]any{"type": "string", "maxLength": 20}}, "required": []string{"name"}, "additionalProperties": false}
	resp, err := g.Models.GenerateContent(t.Context(), model, genai.Text("Name a person."), &genai.GenerateContentConfig{MaxOutputTokens: 60, ResponseMIMEType: "application/json", ResponseJsonSchema: schema})
	if err != nil {
		t.Fatal(err)
	}
	p := openai.ChatCompletionNewParams{Model: model, MaxTokens: openai.Int(60), Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Name a person.")}}
	p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "person", Schema: schema}}
	chat, err := o.Chat.Completions.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{resp.Text(), chat.Choices[0].Message.Content} {
		var person struct{ Name *string }
		if err := json.Unmarshal([]byte(text), &person); err != nil || person.Name == nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEmbeddingsPassThrough(t *testing.T) {
	o, _ := start(t)
	resp, err := o.Embeddings.New(t.Context(), openai.EmbeddingNewParams{Model: model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{"a", "b"}}})
	if err != nil || len(resp.Data) != 2 || len(resp.Data[0].Embedding) < 100 {
		t.Errorf("%v %d", err, len(resp.Data))
	}
}

func TestContextOverflow(t *testing.T) {
	o, g := start(t)
	long := strings.Repeat("word ", 6000)
	_, err := g.Models.GenerateContent(t.Context(), model, genai.Text(long), nil)
	var google genai.APIError
	if !errors.As(err, &google) || google.Code != 400 || google.Status != "INVALID_ARGUMENT" {
		t.Errorf("genai: %v", err)
	}
	_, err = o.Chat.Completions.New(t.Context(), openai.ChatCompletionNewParams{Model: model, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(long)}})
	var api *openai.Error
	if !errors.As(err, &api) || api.StatusCode != 400 {
		t.Errorf("openai: %v", err)
	}
}

func TestAClientThatLeavesFreesItsSlot(t *testing.T) {
	_, g := start(t)
	for range 4 { // twice as many as the server has slots
		ctx, leave := context.WithCancel(t.Context())
		for _, err := range g.Models.GenerateContentStream(ctx, model, genai.Text("Count to one thousand."), nil) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		leave()
	}
	if _, err := g.Models.GenerateContent(t.Context(), model, genai.Text("Hi."), &genai.GenerateContentConfig{MaxOutputTokens: 4}); err != nil {
		t.Error(err)
	}
}
