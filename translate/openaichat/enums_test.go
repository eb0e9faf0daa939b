package openaichat

import (
	"fmt"
	"path/filepath"
	"testing"

	"louter/gen/enums"
	"louter/translate"
	"louter/translate/ir"
)

func wordsOf[K ~string, V any](table map[K]V) map[string]bool {
	words := map[string]bool{}
	for word := range table {
		words[string(word)] = true
	}
	return words
}

// switched are the enums that decide how the rest of an object is read. Each
// of their words must be taken in the place of %q, and no other.
var switched = map[string]string{
	"ContentPartType": `{"model": "m", "messages": [{"role": "assistant", "content": [{"type": %q, "text": "a", "refusal": "no", "thinking": "so",
		"image_url": {"url": "https://h.example/a.png"}, "video_url": {"url": "https://h.example/a.mp4"},
		"input_audio": {"data": "QUJD", "format": "wav"}, "file": {"file_id": "f"}}]}]}`,
	"CustomToolFormatType": `{"model": "m", "messages": [{"role": "user", "content": "a"}],
		"tools": [{"type": "custom", "custom": {"name": "f", "format": {"type": %q, "grammar": {"syntax": "lark", "definition": "a"}}}}]}`,
	"ToolType": `{"model": "m", "messages": [{"role": "user", "content": "a"}],
		"tools": [{"type": %q, "function": {"name": "f"}, "custom": {"name": "f"}}]}`,
	"ToolChoiceType": `{"model": "m", "messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f"}}],
		"tool_choice": {"type": %q, "function": {"name": "f"}, "custom": {"name": "f"},
			"allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]}}}`,
}

// unmapped are the enums without a table, and why.
var unmapped = map[string]string{
	"GrammarSyntax":             "ir.Grammar holds OpenAI's own words",
	"AnnotationType":            "there is one, and its member says it",
	"ChatCompletionObject":      "the dialect's word for what this is",
	"ChatCompletionChunkObject": "the dialect's word for what this is",
	"ListObject":                "the dialect's word for what this is",
	"ModelObject":               "the dialect's word for what this is",
	"EmbeddingObject":           "embeddings only pass through",
	"EncodingFormat":            "embeddings only pass through",
	"ModerationInputType":       "moderation is lost as a whole, with notice",
	"ModerationMode":            "moderation is lost as a whole, with notice",
	"ModerationOutcomeType":     "moderation is lost as a whole, with notice",
	"ModerationResultType":      "moderation is lost as a whole, with notice",
	"PredictionType":            "prediction is lost as a whole, with notice",
	"PromptCacheBreakpointMode": "caching is the provider's own matter, and told as lost",
	"PromptCacheMode":           "caching is the provider's own matter, and told as lost",
	"PromptCacheRetention":      "caching is the provider's own matter, and told as lost",
	"PromptCacheTTL":            "caching is the provider's own matter, and told as lost",
	"SearchContextSize":         "lost with notice where the tool is searched with",
	"UserLocationType":          "lost with notice where the tool is searched with",
}

// TestEveryEnumIsMapped: each generated constant is in a table, is taken where
// it decides, or is named with the reason; and no table has another word.
func TestEveryEnumIsMapped(t *testing.T) {
	generated, err := enums.Read(filepath.Join("..", "..", "gen", "openai", "gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]map[string]bool{
		"AllowedToolsMode": wordsOf(allowedModes), "AudioFormat": wordsOf(outputAudioTypes), "FinishReason": wordsOf(finishReasons),
		"ImageDetail": wordsOf(imageDetails), "InputAudioFormat": wordsOf(inputAudioTypes), "Modality": wordsOf(modalities),
		"ReasoningEffort": wordsOf(reasoningEfforts), "ResponseFormatType": wordsOf(outputKinds), "Role": wordsOf(speakers),
		"ServiceTier": wordsOf(serviceTiers), "ToolChoiceMode": wordsOf(toolModes), "Verbosity": wordsOf(verbosities),
	}
	for kind, words := range generated {
		switch table := tables[kind]; {
		case table != nil:
			compareWords(t, kind, words, table)
		case switched[kind] != "":
			takesWords(t, kind, words)
		case unmapped[kind] == "":
			t.Errorf("%s is in no table, and nothing says why", kind)
		}
	}
	for _, named := range []map[string]bool{wordsOf(tables), wordsOf(switched), wordsOf(unmapped)} {
		for kind := range named {
			if generated[kind] == nil {
				t.Errorf("%s is not generated any more", kind)
			}
		}
	}
}

func compareWords(t *testing.T, kind string, generated, table map[string]bool) {
	t.Helper()
	for word := range generated {
		if !table[word] {
			t.Errorf("%s %s is in no table", kind, word)
		}
	}
	for word := range table {
		if !generated[word] {
			t.Errorf("%s has no %s", kind, word)
		}
	}
}

func takesWords(t *testing.T, kind string, words map[string]bool) {
	t.Helper()
	read := func(word string) error {
		_, err := front{}.DecodeRequest(translate.Call{Body: fmt.Appendf(nil, switched[kind], word)})
		return err
	}
	for word := range words {
		if err := read(word); err != nil {
			t.Errorf("%s %s is refused: %v", kind, word, err)
		}
	}
	if read("no_such_word") == nil {
		t.Errorf("%s takes any word", kind)
	}
}

// TestFinishWordsCoverTheModel: every reason of the neutral model has a word,
// and what Chat itself says comes out as it was.
func TestFinishWordsCoverTheModel(t *testing.T) {
	for reason := ir.FinishStop; reason <= ir.FinishOther; reason++ {
		if finishWords[reason] == "" {
			t.Errorf("finish reason %d has no word", reason)
		}
	}
	for _, word := range []string{"stop", "length", "tool_calls", "content_filter"} {
		for native, reason := range finishReasons {
			if string(native) != word {
				continue
			}
			if got, _ := encodeFinish(ir.Finish{Reason: reason, Native: word}); string(got) != word {
				t.Errorf("%s came out as %s", word, got)
			}
		}
	}
}
