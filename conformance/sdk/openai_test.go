package sdk_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"

	"louter/conformance/strict"
	"louter/server/config"
)

// weatherTool has what Gemini's own schemas do not take.
var weatherTool = openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
	Name: "get_weather", Description: openai.String("The weather in a city."), Strict: openai.Bool(true),
	Parameters: shared.FunctionParameters{
		"type": "object", "required": []string{"city"}, "additionalProperties": false, "$schema": "https://json-schema.org/draft/2020-12/schema",
		"$defs":      map[string]any{"city": map[string]any{"type": "string", "default": "Paris"}},
		"properties": map[string]any{"city": map[string]any{"$ref": "#/$defs/city"}, "days": map[string]any{"type": []string{"integer", "null"}}, "unit": map[string]any{"const": "C"}},
	},
})

func TestOpenAIClient(t *testing.T) {
	g := startGateway(t, nil)
	c := g.openai()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Run("text", func(t *testing.T) { chatText(t, c, model) })
			t.Run("stream", func(t *testing.T) { chatStream(t, c, model) })
			t.Run("tools over two turns", func(t *testing.T) { chatTools(t, c, model, "What is the weather?", 1) })
			t.Run("parallel tools", func(t *testing.T) { chatTools(t, c, model, "weather in two cities", 2) })
			t.Run("parallel tools in a stream", func(t *testing.T) { chatStreamTools(t, c, model) })
			t.Run("media", func(t *testing.T) { chatMedia(t, c, model) })
			t.Run("structured output", func(t *testing.T) { chatSchema(t, c, model) })
			t.Run("thinking", func(t *testing.T) { chatThinking(t, c, "thinks-"+model) })
			t.Run("errors", func(t *testing.T) { chatErrors(t, c, model) })
		})
	}
}

func ask(model, question string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{Model: model, Messages: []openai.ChatCompletionMessageParamUnion{
		openai.SystemMessage("Be brief."), openai.UserMessage(question)}}
}

func chatText(t *testing.T, c openai.Client, model string) {
	p := ask(model, "What is the capital of France?")
	p.Temperature, p.TopP, p.MaxCompletionTokens, p.Seed = openai.Float(0), openai.Float(0.5), openai.Int(100), openai.Int(0)
	resp, err := c.Chat.Completions.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	u := resp.Usage
	if resp.Choices[0].Message.Content != capital || resp.Choices[0].FinishReason != "stop" ||
		u.PromptTokens != 20 || u.CompletionTokens != 10 || u.CompletionTokensDetails.ReasoningTokens != 3 || u.PromptTokensDetails.CachedTokens != 4 {
		t.Errorf("got %s", resp.RawJSON())
	}
}

func chatStream(t *testing.T, c openai.Client, model string) {
	p := ask(model, "What is the capital of France?")
	p.StreamOptions.IncludeUsage = openai.Bool(true)
	s := c.Chat.Completions.NewStreaming(t.Context(), p)
	var acc openai.ChatCompletionAccumulator
	chunks, usages := 0, 0
	for s.Next() {
		chunk := s.Current()
		chunks++
		if chunk.Usage.TotalTokens > 0 {
			usages++
		}
		if !acc.AddChunk(chunk) {
			t.Fatalf("the client cannot add %s", chunk.RawJSON())
		}
	}
	if s.Err() != nil || acc.Choices[0].Message.Content != capital || acc.Choices[0].FinishReason != "stop" || chunks < 4 || usages != 1 || acc.Usage.TotalTokens != 30 {
		t.Errorf("%v: %q, %q in %d chunks, %d usages, %d tokens", s.Err(), acc.Choices[0].Message.Content, acc.Choices[0].FinishReason, chunks, usages, acc.Usage.TotalTokens)
	}
}

func chatTools(t *testing.T, c openai.Client, model, question string, calls int) {
	p := ask(model, question)
	p.Tools = []openai.ChatCompletionToolUnionParam{weatherTool}
	resp, err := c.Chat.Completions.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Choices[0].FinishReason != "tool_calls" {
		t.Errorf("finish reason %q", resp.Choices[0].FinishReason)
	}
	finishChatTools(t, c, p, resp.Choices[0].Message, calls)
}

// finishChatTools gives the calls back as the SDK keeps them: without the
// thought signatures, which Louter must remember.
func finishChatTools(t *testing.T, c openai.Client, p openai.ChatCompletionNewParams, said openai.ChatCompletionMessage, calls int) {
	t.Helper()
	if len(said.ToolCalls) != calls {
		t.Fatalf("%d calls: %s", len(said.ToolCalls), said.RawJSON())
	}
	p.Messages = append(p.Messages, said.ToParam())
	seen := map[string]bool{}
	for i, call := range said.ToolCalls {
		city := []string{"Paris", "Tokyo"}[i]
		if call.Function.Name != "get_weather" || !strings.Contains(call.Function.Arguments, city) || call.ID == "" || seen[call.ID] {
			t.Fatalf("call %d: %s", i, call.RawJSON())
		}
		seen[call.ID] = true
		p.Messages = append(p.Messages, openai.ToolMessage("sunny in "+city, call.ID))
	}
	resp, err := c.Chat.Completions.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, city := range []string{"Paris", "Tokyo"}[:calls] {
		if !strings.Contains(resp.Choices[0].Message.Content, "sunny in "+city) {
			t.Errorf("the result for %s did not arrive: %q", city, resp.Choices[0].Message.Content)
		}
	}
}

func chatStreamTools(t *testing.T, c openai.Client, model string) {
	p := ask(model, "weather in two cities")
	p.Tools = []openai.ChatCompletionToolUnionParam{weatherTool}
	s := c.Chat.Completions.NewStreaming(t.Context(), p)
	var acc openai.ChatCompletionAccumulator
	for s.Next() {
		if !acc.AddChunk(s.Current()) {
			t.Fatal("the client cannot add a chunk")
		}
	}
	if s.Err() != nil || acc.Choices[0].FinishReason != "tool_calls" {
		t.Fatalf("%v: %q", s.Err(), acc.Choices[0].FinishReason)
	}
	finishChatTools(t, c, p, acc.Choices[0].Message, 2)
}

func chatMedia(t *testing.T, c openai.Client, model string) {
	data := base64.StdEncoding.EncodeToString([]byte("\x89abc"))
	for want, part := range map[string]openai.ChatCompletionContentPartUnionParam{
		"image/png of 4 bytes":       openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: "data:image/png;base64," + data}),
		"application/pdf of 4 bytes": openai.FileContentPart(openai.ChatCompletionContentPartFileFileParam{Filename: openai.String("a.pdf"), FileData: openai.String("data:application/pdf;base64," + data)}),
		"audio/wav of 4 bytes":       openai.InputAudioContentPart(openai.ChatCompletionContentPartInputAudioInputAudioParam{Data: data, Format: "wav"}),
	} {
		resp, err := c.Chat.Completions.New(t.Context(), openai.ChatCompletionNewParams{Model: model, Messages: []openai.ChatCompletionMessageParamUnion{
			openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{openai.TextContentPart("What is this?"), part})}})
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if got := resp.Choices[0].Message.Content; got != "Seen: "+want {
			t.Errorf("%s: %q", want, got)
		}
	}
}

func chatSchema(t *testing.T, c openai.Client, model string) {
	p := ask(model, "Who?")
	p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
		Name: "person", Strict: openai.Bool(true), Schema: map[string]any{"type": "object", "additionalProperties": false, "required": []string{"name", "age"},
			"properties": map[string]any{"name": map[string]any{"type": "string"}, "age": map[string]any{"type": []string{"integer", "null"}}}},
	}}
	resp, err := c.Chat.Completions.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Choices[0].Message.Content != `{"name":"Ada","age":36}` {
		t.Errorf("got %q", resp.Choices[0].Message.Content)
	}
}

func chatErrors(t *testing.T, c openai.Client, model string) {
	for question, want := range map[string]struct {
		status int
		code   string
	}{"fail 429": {429, "rate_limit_exceeded"}, "fail context": {400, "context_length_exceeded"}} {
		_, err := c.Chat.Completions.New(t.Context(), ask(model, question), option.WithMaxRetries(0))
		var api *openai.Error
		if !errors.As(err, &api) || api.StatusCode != want.status || api.Code != want.code || api.Message == "" {
			t.Errorf("%s: %v", question, err)
			continue
		}
		if got := api.Response.Header.Get("Retry-After"); want.status == 429 && got != "7" {
			t.Errorf("Retry-After %q", got)
		}
	}
	_, err := c.Chat.Completions.New(t.Context(), ask("nowhere", "x"))
	var api *openai.Error
	if !errors.As(err, &api) || api.StatusCode != 404 || api.Code != "model_not_found" {
		t.Errorf("a model that no backend has: %v", err)
	}
}

// TestBadKeyIsLoutersOwnFault: an upstream 401 never reaches the client as
// one, and never with the provider's words.
func TestBadKeyIsLoutersOwnFault(t *testing.T) {
	g := startGateway(t, func(c *config.Config) {
		for _, b := range c.Backends {
			b.APIKey = "canary-secret"
		}
	})
	c := g.openai()
	for _, model := range models {
		_, err := c.Chat.Completions.New(t.Context(), ask(model, "x"), option.WithMaxRetries(0))
		var api *openai.Error
		if !errors.As(err, &api) || api.StatusCode != 502 || strings.Contains(string(api.DumpResponse(true)), "canary") {
			t.Errorf("%s: %v", model, err)
		}
		if strings.Contains(err.Error(), strict.Key) {
			t.Error("the key is told")
		}
	}
}

func chatThinking(t *testing.T, c openai.Client, model string) {
	p := ask(model, "What is the weather?")
	p.Tools = []openai.ChatCompletionToolUnionParam{weatherTool}
	p.ReasoningEffort = shared.ReasoningEffortHigh
	// Google's thoughts are shown only to those who ask for them.
	show := option.WithJSONSet("extra_body", map[string]any{"google": map[string]any{"thinking_config": map[string]any{"include_thoughts": true}}})
	if strings.HasSuffix(model, "chat") {
		show = option.WithMaxRetries(0)
	}
	resp, err := c.Chat.Completions.New(t.Context(), p, show)
	if err != nil {
		t.Fatal(err)
	}
	said := resp.Choices[0].Message
	if !strings.Contains(said.RawJSON(), `"reasoning_content":"Let me think about it."`) {
		t.Errorf("no thoughts in %s", said.RawJSON())
	}
	finishChatTools(t, c, p, said, 1)
}
