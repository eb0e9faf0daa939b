package translate

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"louter/translate/ir"
)

// The types that the tests read have the forms that generated ones have:
// pointers, raw JSON, and unions that read themselves.
type testRequest struct {
	Model       string            `json:"model"`
	Messages    []testMessage     `json:"messages"`
	Temperature *float64          `json:"temperature,omitempty"`
	N           *int64            `json:"n,omitempty"`
	Top         *uint8            `json:"top,omitempty"`
	Store       *bool             `json:"store,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Schema      json.RawMessage   `json:"schema,omitempty"`
	Hidden      string            `json:"-"`
	Plain       string
	testEmbedded
}

type testEmbedded struct {
	Inner *testMessage `json:"inner,omitempty"`
}

type testMessage struct {
	Role    string      `json:"role"`
	Content testContent `json:"content"`
}

type testContent struct {
	text  string
	parts []testPart
}

type testPart struct {
	Type  string       `json:"type"`
	Score *int         `json:"score,omitempty"`
	Sub   *testContent `json:"sub,omitempty"`
}

func (c *testContent) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, &c.parts)
	}
	return json.Unmarshal(data, &c.text)
}

func (c testContent) MarshalJSON() ([]byte, error) {
	if c.parts != nil {
		return json.Marshal(c.parts)
	}
	return json.Marshal(c.text)
}

func TestDecodeJSONErrors(t *testing.T) {
	deep := func(n int) string { return `{"schema":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}" }
	tests := []struct{ name, body, param, message string }{
		{"empty", "", "", "empty"},
		{"only space", " \r\n\t", "", "empty"},
		{"cut", `{"model":"m","messages":[{"role":`, "messages.0.role", "ends too early"},
		{"cut in a string", `{"model":"secret`, "model", "ends too early"},
		{"trailing garbage", `{"model":"m"} secret`, "", "goes on after the JSON value ended (line 1, column 14)"},
		{"two values", `{"model":"m"}{"model":"m"}`, "", "goes on after"},
		{"not JSON", "model=secret", "", "not valid JSON (line 1, column 1)"},
		{"missing comma", "{\n  \"messages\": [\n    {\"role\": \"user\" \"secret\"}]}", "messages.0.role", "line 3, column 21"},
		{"leading zero", `{"n":01}`, "n", "not valid JSON"},
		{"NaN", `{"temperature":NaN}`, "temperature", "not valid JSON"},
		{"comment", `{/* secret */}`, "", "not valid JSON"},
		{"control character", "{\"model\":\"a\nb\"}", "model", "not valid JSON"},
		{"bad escape", `{"model":"\x"}`, "model", "not valid JSON"},
		{"not UTF-8", "{\"messages\":[{\"role\":\"u\"},{\"role\":\"\xff\"}]}", "messages.1.role", "not valid UTF-8 (byte 35)"},
		{"surrogate as bytes", "{\"model\":\"\xed\xa0\x80\"}", "model", "not valid UTF-8"},
		{"too deep", deep(128), "schema.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", "deeper than 128"},
		{"far too deep", deep(10_000), "schema.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", "deeper than 128"},
		{"unclosed and deep", strings.Repeat(`{"a":`, 10_000), "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a", "deeper than 128"},
		{"array for the body", `[1]`, "", "Invalid type for the body: expected an object, but got an array instead."},
		{"string for the body", `"secret"`, "", "expected an object, but got a string"},
		{"object for an array", `{"messages":{"secret":1}}`, "messages", "expected an array, but got an object"},
		{"string for an object", `{"messages":["secret"]}`, "messages.0", "expected an object, but got a string"},
		{"number for a string", `{"messages":[{"role":"user"},{"role":5}]}`, "messages.1.role", "expected a string, but got a number"},
		{"in a union", `{"messages":[{"content":[{"type":"a"},{"type":{}}]}]}`, "messages.0.content.1.type", "expected a string, but got an object"},
		{"in a union in a union", `{"messages":[{"content":[{"sub":[{},{"score":"secret"}]}]}]}`, "messages.0.content.0.sub.1.score", "expected a whole number, but got a string"},
		{"the union itself", `{"messages":[{"content":true}]}`, "messages.0.content", "true or false is not accepted here"},
		{"behind a pointer", `{"inner":{"role":[]}}`, "inner.role", "expected a string, but got an array"},
		{"any case", `{"MODEL":7}`, "model", "'model': expected a string"},
		{"no tag", `{"Plain":7}`, "Plain", "expected a string"},
		{"exact name first", `{"model":7,"Model":"m"}`, "model", "expected a string"},
		{"bool", `{"store":"true"}`, "store", "expected true or false, but got a string"},
		{"huge float", `{"temperature":1e999}`, "temperature", "out of range"},
		{"huge integer", `{"n":99999999999999999999}`, "n", "out of range"},
		{"negative unsigned", `{"top":-1}`, "top", "out of range"},
		{"fraction", `{"n":1.5}`, "n", "expected a whole number."},
		{"in a map", `{"labels":{"team":7}}`, "labels.team", "expected a string, but got a number"},
		{"a key that is content", `{"labels":{"my secret":7}}`, "labels.*", "expected a string, but got a number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v testRequest
			err := DecodeJSON([]byte(tt.body), &v)
			var e *ir.Error
			if !errors.As(err, &e) || e.Kind != ir.KindInvalid || e.HTTPStatus() != 400 {
				t.Fatalf("error %#v", err)
			}
			if e.Param != tt.param {
				t.Errorf("param %q, want %q", e.Param, tt.param)
			}
			if !strings.Contains(e.Message, tt.message) {
				t.Errorf("message %q, want %q in it", e.Message, tt.message)
			}
			for _, never := range []string{"secret", "test", "int64", "float", "json:", "Go "} {
				if strings.Contains(e.Error()+e.Param, never) {
					t.Errorf("%q tells %q", e.Error()+e.Param, never)
				}
			}
		})
	}
}

func TestDecodeJSON(t *testing.T) {
	body := `{"model":"a","model":"b","messages":[{"role":"user","content":"\ud800x\ud83d\ude00"}],"temperature":0,
		"schema":{"z":1,"a":9007199254740993},"unknown":[1,{"x":2}],"Hidden":"h"} `
	var v testRequest
	if err := DecodeJSON([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	if v.Model != "b" {
		t.Errorf("of two members the last wins: %q", v.Model)
	}
	if got := v.Messages[0].Content.text; got != "\ufffdx\U0001f600" {
		t.Errorf("a lone surrogate is U+FFFD: %q", got)
	}
	if v.Temperature == nil || *v.Temperature != 0 {
		t.Error("zero is not unset")
	}
	if string(v.Schema) != `{"z":1,"a":9007199254740993}` {
		t.Errorf("raw JSON was changed: %s", v.Schema)
	}
	if v.Hidden != "" {
		t.Error("a field without a name in JSON was read")
	}
}

func TestDecodeJSONDepth(t *testing.T) {
	// Brackets in strings are none, and the limit itself is taken.
	body := `{"model":"` + strings.Repeat(`[{\"`, 1000) + `","schema":` + strings.Repeat("[", 127) + strings.Repeat("]", 127) + "}"
	if err := DecodeJSON([]byte(body), &testRequest{}); err != nil {
		t.Error(err)
	}
}

// A call that can never work is a fault of ours, not the client's.
func TestDecodeJSONMisuse(t *testing.T) {
	err := DecodeJSON([]byte(`{}`), testRequest{})
	if err == nil || ir.AsError(err).Kind != ir.KindInternal {
		t.Errorf("error %v", err)
	}
}

func TestEncodeJSON(t *testing.T) {
	v := testRequest{Model: "<a&b>\u2028\u2029\u0085é", Schema: json.RawMessage("{\n  \"b\":\r \"<\"}")}
	out, err := EncodeJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"model":"<a&b>\u2028\u2029\u0085é","messages":null,"schema":{"b":"<"},"Plain":""}`
	if string(out) != want {
		t.Errorf("%s, want %s", out, want)
	}
	// The bytes are the caller's: the next call does not change them.
	if _, err := EncodeJSON(strings.Repeat("x", 1000)); err != nil || string(out) != want {
		t.Errorf("after another call: %s, %v", out, err)
	}
	for name, bad := range map[string]any{"NaN": math.NaN(), "broken raw JSON": json.RawMessage("{"), "a function": func() {}} {
		if _, err := EncodeJSON(bad); err == nil || ir.AsError(err).Kind != ir.KindInternal {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// DecodeJSON takes what encoding/json takes, but for depth and bytes that are
// not UTF-8, reads the same from it, and never fails without saying so in an
// *ir.Error.
func FuzzDecodeJSON(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","messages":[{"role":"user","content":[{"type":"a","sub":"x"}]}],"labels":{"a":"b"}}`,
		`{"messages":[{"content":[{"sub":[{"score":"x"}]}]}]}`, `{"n":1e5}`, `{"temperature":1e999}`, `[[[[`, `{"inner":{"role":1}}`,
		"{\"model\":\"\xff\"}", `{"a":"\ud800"}`, `{"labels":{"":0}}`, `{"Model":1} x`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want testRequest
		err := DecodeJSON(body, &got)
		wantErr := json.Unmarshal(body, &want)
		if err == nil {
			if wantErr != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("read %#v, encoding/json %#v, %v", got, want, wantErr)
			}
			return
		}
		var e *ir.Error
		if !errors.As(err, &e) || e.Kind != ir.KindInvalid || e.Message == "" {
			t.Fatalf("error %#v", err)
		}
		if wantErr == nil && !strings.Contains(e.Message, "UTF-8") && !strings.Contains(e.Message, "deeper") {
			t.Fatalf("refused what encoding/json takes: %v", err)
		}
	})
}

func BenchmarkDecodeJSON(b *testing.B) {
	body := []byte(`{"model":"m","messages":[{"role":"system","content":"` + strings.Repeat("be brief ", 50) +
		`"},{"role":"user","content":[{"type":"` + strings.Repeat("x", 400) + `"}]}],"temperature":0.5}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v testRequest
		if err := DecodeJSON(body, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeJSON(b *testing.B) {
	v := testRequest{Model: "m", Messages: []testMessage{{Role: "user", Content: testContent{text: strings.Repeat("x", 1000)}}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := EncodeJSON(v); err != nil {
			b.Fatal(err)
		}
	}
}
