package openai

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// recording is one JSON document that a real server or its client sent.
type recording struct {
	name   string // folder/file, with the number of the event for a stream
	schema string
	data   []byte
}

// TestRecordingsSurvive decodes and encodes what real servers sent. A field
// that does not come back must be in testdata/lost.txt with a reason, and
// each line there must still be true.
func TestRecordingsSurvive(t *testing.T) {
	lost := readTable(t, "testdata/lost.txt")
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) {
			again, err := roundTrip(r.schema, r.data)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range differences("", parse(t, r.data), parse(t, again)) {
				if lost.has(r.schema + d) {
					continue
				}
				t.Errorf("%s%s: not in testdata/lost.txt", r.schema, d)
			}
		})
	}
	lost.checkUsed(t)
}

// TestRecordingsAreValid holds the document against the same recordings.
// testdata/refused.txt lists what the vendor itself refuses.
func TestRecordingsAreValid(t *testing.T) {
	spec, err := GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused := readTable(t, "testdata/refused.txt")
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) {
			schema := spec.Components.Schemas[r.schema].Value
			var value any
			if err := json.Unmarshal(r.data, &value); err != nil {
				t.Fatal(err)
			}
			err := schema.VisitJSON(value)
			if err == nil {
				return
			}
			var at *openapi3.SchemaError
			if !errors.As(err, &at) {
				t.Fatal(err)
			}
			where := r.name + " /" + strings.Join(at.JSONPointer(), "/")
			if !refused.has(where) {
				t.Errorf("%s: %s", where, at.Reason)
			}
		})
	}
	refused.checkUsed(t)
}

func roundTrip(schema string, data []byte) ([]byte, error) {
	switch schema {
	case "ChatCompletionRequest":
		return roundTripAs[ChatCompletionRequest](data)
	case "ChatCompletion":
		return roundTripAs[ChatCompletion](data)
	case "ChatCompletionChunk":
		return roundTripAs[ChatCompletionChunk](data)
	case "ErrorResponse":
		return roundTripAs[ErrorResponse](data)
	case "EmbeddingRequest":
		return roundTripAs[EmbeddingRequest](data)
	case "EmbeddingResponse":
		return roundTripAs[EmbeddingResponse](data)
	case "ModelList":
		return roundTripAs[ModelList](data)
	}
	return nil, fmt.Errorf("no type for schema %q", schema)
}

func roundTripAs[T any](data []byte) ([]byte, error) {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// recordings reads every folder of Chat Completions, embeddings and models.
func recordings(t *testing.T) []recording {
	t.Helper()
	shared := os.Getenv("LOUTER_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	var all []recording
	for _, pattern := range []string{
		"recordings/openai/*", "recordings/openai-embeddings/*",
		"realserver/recordings/chat*", "realserver/recordings/tool*", "realserver/recordings/reasoning*",
		"realserver/recordings/json-schema", "realserver/recordings/n2*", "realserver/recordings/stop*",
		"realserver/recordings/embeddings", "realserver/recordings/models", "realserver/recordings/max-tokens-0",
		"realserver/recordings/error*",
	} {
		folders, err := filepath.Glob(filepath.Join(shared, pattern))
		if err != nil {
			t.Fatal(err)
		}
		if len(folders) == 0 {
			t.Fatalf("%s matches nothing in %s", pattern, shared)
		}
		for _, folder := range folders {
			all = append(all, readFolder(t, folder)...)
		}
	}
	return all
}

func readFolder(t *testing.T, folder string) []recording {
	t.Helper()
	var all []recording
	name := filepath.Base(folder)
	// A failed request may hold anything, even broken JSON.
	if data := readIfThere(t, filepath.Join(folder, "request.json")); data != nil && !strings.HasPrefix(name, "error") {
		all = append(all, recording{name + "/request.json", kindOfFolder(name, "ChatCompletionRequest", "EmbeddingRequest", ""), data})
	}
	if data := readIfThere(t, filepath.Join(folder, "response.json")); data != nil {
		schema := kindOfFolder(name, "ChatCompletion", "EmbeddingResponse", "ModelList")
		var failure struct{ Error json.RawMessage }
		if err := json.Unmarshal(data, &failure); err != nil {
			t.Fatal(err)
		}
		if failure.Error != nil {
			schema = "ErrorResponse"
		}
		all = append(all, recording{name + "/response.json", schema, data})
	}
	stream := readIfThere(t, filepath.Join(folder, "response.sse"))
	lines := bufio.NewScanner(bytes.NewReader(stream))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok || string(data) == "[DONE]" {
			continue
		}
		all = append(all, recording{fmt.Sprintf("%s/response.sse#%d", name, n), "ChatCompletionChunk", bytes.Clone(data)})
		n++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no recording", folder)
	}
	return all
}

func kindOfFolder(name, chat, embeddings, models string) string {
	switch {
	case strings.Contains(name, "embedding"):
		return embeddings
	case name == "models":
		return models
	}
	return chat
}

func readIfThere(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// differences lists the paths where want and got are not the same JSON, with
// [] for any index. A null member is as good as none.
func differences(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return []string{path}
		}
		var all []string
		for key := range union(want, got) {
			all = append(all, differences(path+"."+key, want[key], got[key])...)
		}
		sort.Strings(all)
		return all
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return []string{path}
		}
		var all []string
		for i := range want {
			all = append(all, differences(path+"[]", want[i], got[i])...)
		}
		return all
	}
	if want != got {
		return []string{path}
	}
	return nil
}

func union(a, b map[string]any) map[string]bool {
	keys := map[string]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}

// table is a file of lines "what: reason".
type table struct {
	file   string
	used   map[string]bool
	reason map[string]string
}

func readTable(t *testing.T, file string) *table {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := &table{file: file, used: map[string]bool{}, reason: map[string]string{}}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what, reason, ok := strings.Cut(line, ": ")
		if !ok || reason == "" {
			t.Fatalf("%s: no reason in %q", file, line)
		}
		all.reason[what] = reason
	}
	return all
}

func (x *table) has(what string) bool {
	if x.reason[what] == "" {
		return false
	}
	x.used[what] = true
	return true
}

func (x *table) checkUsed(t *testing.T) {
	t.Helper()
	for what := range x.reason {
		if !x.used[what] {
			t.Errorf("%s: %q matches nothing", x.file, what)
		}
	}
}
