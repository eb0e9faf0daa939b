package openai

import (
	"encoding/json"
	"strings"
	"testing"
)

// The unions against the plain types they replace: what they cost is the
// difference between the two lines of a pair.
func BenchmarkDecode(b *testing.B) {
	text := strings.Repeat("Some words\\nand a line. ", 4300) // 100 KB
	blob := strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQ", 3200)
	type plainMessage struct {
		Role, Content string
	}
	type plainRequest struct {
		Model    string
		Messages []plainMessage
	}
	request := func(content string) []byte {
		return []byte(`{"model":"m","messages":[{"role":"user","content":` + content + `}]}`)
	}
	b.Run("text 100KB", func(b *testing.B) { decodes[ChatCompletionRequest](b, request(`"`+text+`"`)) })
	b.Run("text 100KB, plain string", func(b *testing.B) { decodes[plainRequest](b, request(`"`+text+`"`)) })
	b.Run("parts 100KB base64", func(b *testing.B) {
		decodes[ChatCompletionRequest](b, request(`[{"type":"image_url","image_url":{"url":"data:image/png;base64,`+blob+`"}}]`))
	})
	b.Run("parts 100KB base64, plain structs", func(b *testing.B) {
		type plainPart struct {
			Type     string
			ImageURL struct{ URL string } `json:"image_url"`
		}
		type plainParts struct {
			Model    string
			Messages []struct {
				Role    string
				Content []plainPart
			}
		}
		decodes[plainParts](b, request(`[{"type":"image_url","image_url":{"url":"data:image/png;base64,`+blob+`"}}]`))
	})
	b.Run("chunk", func(b *testing.B) {
		decodes[ChatCompletionChunk](b, []byte(`{"id":"chatcmpl-C4HqHBe4xca0k0EzsCnf1t6V3YFXp","object":"chat.completion.chunk","created":1755137933,"model":"gpt-5-nano-2025-08-07","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}`))
	})
	vector := "[" + strings.Repeat("-0.013158156536519527,", 1535) + "0]"
	b.Run("vector of 1536", func(b *testing.B) { decodes[Vector](b, []byte(vector)) })
	b.Run("vector of 1536, plain floats", func(b *testing.B) { decodes[[]float64](b, []byte(vector)) })
}

// BenchmarkUnion reads and writes each small union once.
func BenchmarkUnion(b *testing.B) {
	b.Run("Content", func(b *testing.B) { decodes[Content](b, []byte(`"Hello there"`)) })
	b.Run("NullableString", func(b *testing.B) { decodes[NullableString](b, []byte(`null`)) })
	b.Run("LooseString", func(b *testing.B) { decodes[LooseString](b, []byte(`"chatcmpl-1"`)) })
	b.Run("LooseInt", func(b *testing.B) { decodes[LooseInt](b, []byte(`1755137933`)) })
	b.Run("Arguments", func(b *testing.B) { decodes[Arguments](b, []byte(`"{\"city\":\"Oslo\"}"`)) })
	b.Run("ErrorCode", func(b *testing.B) { decodes[ErrorCode](b, []byte(`"invalid_value"`)) })
	b.Run("Thinking", func(b *testing.B) { decodes[Thinking](b, []byte(`[{"type":"text","text":"hm"}]`)) })
	b.Run("Stop", func(b *testing.B) { decodes[Stop](b, []byte(`["a","b"]`)) })
	b.Run("ToolChoice", func(b *testing.B) { decodes[ToolChoice](b, []byte(`"auto"`)) })
	b.Run("FunctionCallChoice", func(b *testing.B) { decodes[FunctionCallChoice](b, []byte(`{"name":"f"}`)) })
	b.Run("Voice", func(b *testing.B) { decodes[Voice](b, []byte(`"alloy"`)) })
	b.Run("EmbeddingInput", func(b *testing.B) { decodes[EmbeddingInput](b, []byte(`["a","b"]`)) })
}

// BenchmarkEncode writes a chunk and 100 KB of text.
func BenchmarkEncode(b *testing.B) {
	chunk := ChatCompletionChunk{ID: "chatcmpl-1", Object: ChatCompletionChunkObjectChatCompletionChunk, Model: "m",
		Choices: []ChunkChoice{{Delta: Delta{Content: TextContent("Hi")}}}}
	b.Run("chunk", func(b *testing.B) { encodes(b, chunk) })
	text := strings.Repeat("Some words\nand a line. ", 4300)
	b.Run("text 100KB", func(b *testing.B) { encodes(b, Message{Role: RoleUser, Content: TextContent(text)}) })
	b.Run("text 100KB, plain string", func(b *testing.B) { encodes(b, text) })
}

func decodes[T any](b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var v T
		if err := json.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func encodes(b *testing.B, v any) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}
