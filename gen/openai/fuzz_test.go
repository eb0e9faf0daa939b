package openai

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzUnions gives any bytes to each union, as encoding/json does (valid
// JSON) and directly: no panic, and what was read is written and read again
// as the same.
func FuzzUnions(f *testing.F) {
	for _, seed := range []string{
		`null`, `""`, `"a\u00e9\ud83d\ude00\ud83d"`, `[]`, `{}`, `7`, `-1.5e3`, `true`, `"7"`, `["a"]`, `[1,2]`, `[[1],[]]`, `[ 1 , 2.5 ]`,
		`[{"type":"text","text":"x"}]`, `{"type":"function","function":{"name":"f"}}`, `{"name":"f"}`, `{"id":"v"}`, `"`, `[`, `[1,`, `["a`, "\"\xff\"", `"\u12"`, `nul`,
		`[{"type":"thinking","thinking":[{"text":"a"}]}]`, `[{"type":"thinking","thinking":"a"}]`, `{"error":"x"}`, `[{"error":{"code":1}}]`,
		`[{"type":"image_url","image_url":{"url":"a","detail":"low"}},{"type":"input_audio","input_audio":{"data":"x","format":"wav"}},{"type":"file","file":{"file_data":"x\\"}}, null]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		again[Content](t, data)
		sameAsPlain(t, data)
		again[Thinking](t, data)
		again[NullableString](t, data)
		again[Stop](t, data)
		again[ToolChoice](t, data)
		again[FunctionCallChoice](t, data)
		again[Voice](t, data)
		again[EmbeddingInput](t, data)
		again[Vector](t, data)
		again[LooseString](t, data)
		again[LooseInt](t, data)
		again[Arguments](t, data)
		again[ErrorCode](t, data)
		again[ErrorResponse](t, data)
	})
}

func again[T any, P interface {
	*T
	json.Unmarshaler
}](t *testing.T, data []byte) {
	t.Helper()
	direct := P(new(T))
	directErr := direct.UnmarshalJSON(data)
	var first T
	if err := json.Unmarshal(data, &first); err != nil {
		return
	}
	if directErr == nil && len(data) == len(trimmed(data)) && !reflect.DeepEqual(first, *direct) {
		t.Fatalf("%T: directly %+v, by encoding/json %+v", first, *direct, first)
	}
	text, err := encode(first)
	if err != nil {
		t.Fatalf("%T: %+v cannot be written: %v", first, first, err)
	}
	var second T
	if err := json.Unmarshal(text, &second); err != nil {
		t.Fatalf("%T: %s cannot be read again: %v", first, text, err)
	}
	if !reflect.DeepEqual(first, second) {
		t.Fatalf("%T: %+v became %+v by %s", first, first, second, text)
	}
}

// sameAsPlain holds readParts against encoding/json.
func sameAsPlain(t *testing.T, data []byte) {
	t.Helper()
	var plain []ContentPart
	err := json.Unmarshal(data, &plain)
	if len(data) != len(trimmed(data)) || kindOf(data) != "array" {
		return
	}
	parts, partsErr := readParts(data)
	if (err == nil) != (partsErr == nil) || err == nil && !reflect.DeepEqual(plain, parts) {
		t.Fatalf("read as %+v, %v; by encoding/json %+v, %v", parts, partsErr, plain, err)
	}
}

func trimmed(data []byte) []byte {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil
	}
	return raw
}

// FuzzStrings holds unquote and quote against encoding/json.
func FuzzStrings(f *testing.F) {
	for _, seed := range []string{`""`, `"a"`, `"\""`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ude00\ud83d"`, "\"\xff\"", `"\u0000"`, "\"\u2028<>&\"", `"\/\b\f\n\r\t"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := unquote(data)
		var want string
		if err := json.Unmarshal(data, &want); err == nil && kindOf(data) == "string" && data[len(data)-1] == '"' {
			if !ok || got != want {
				t.Fatalf("unquote(%q) = %q, %v; want %q", data, got, ok, want)
			}
		}
		text := string(data)
		var back string
		if err := json.Unmarshal(quote(text), &back); err != nil {
			t.Fatalf("quote(%q) = %s: %v", text, quote(text), err)
		}
		if utf8.ValidString(text) && back != text {
			t.Fatalf("%q came back as %q", text, back)
		}
	})
}

// FuzzAnswers gives any bytes to the types of the hot paths.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"id":"x","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}`))
	f.Add([]byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"stop":"a","tools":[{"type":"function","function":{"name":"f","parameters":{}}}]}`))
	f.Add([]byte(`{"id":1,"choices":[{"message":{"content":null,"tool_calls":[{"function":{"arguments":{}}}]}}],"usage":{"prompt_tokens":"1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, schema := range []string{"ChatCompletionRequest", "ChatCompletion", "ChatCompletionChunk", "EmbeddingRequest", "EmbeddingResponse", "ErrorResponse", "ModelList"} {
			once, err := roundTrip(schema, data)
			if err != nil {
				continue // not a document of this kind
			}
			twice, err := roundTrip(schema, once)
			if err != nil {
				t.Fatalf("%s: %s cannot be read again: %v", schema, once, err)
			}
			if string(once) != string(twice) {
				t.Fatalf("%s: %s became %s", schema, once, twice)
			}
		}
	})
}
