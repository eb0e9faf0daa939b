package gemini

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestTheSpecificationIsValid: by the validator's own rules.
func TestTheSpecificationIsValid(t *testing.T) {
	spec, err := GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestRecordingsRoundTrip: what the service has said is read and written
// again without a loss, and is valid by the specification. What clients have
// said may be spelt in snake_case: the translator's tests read that.
func TestRecordingsRoundTrip(t *testing.T) {
	root := os.Getenv("LOUTER_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(root, "recordings", "gemini", "*", "response.*"))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		for i, doc := range documents(t, file) {
			seen++
			name, into := "GenerateContentResponse", any(&GenerateContentResponse{})
			if bytes.Contains(doc, []byte(`"error"`)) {
				name, into = "ErrorResponse", &ErrorResponse{}
			}
			var want, got any
			if err := json.Unmarshal(doc, &want); err != nil {
				t.Fatal(err)
			}
			if err := spec.Components.Schemas[name].Value.VisitJSON(want); err != nil {
				t.Errorf("%s %d is not valid", file, i)
			}
			if err := json.Unmarshal(doc, into); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(into)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(again, &got); err != nil {
				t.Fatal(err)
			}
			for _, d := range differences("", want, got) {
				t.Errorf("%s %d: %s is lost", file, i, d)
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d documents under %s: the recordings must lie beside the checkout", seen, root)
	}
}

func documents(t *testing.T, file string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(file) {
	case ".json":
		return [][]byte{data}
	case ".sse":
		var out [][]byte
		for _, line := range bytes.Split(data, []byte("\n")) {
			if doc, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:")); ok {
				out = append(out, bytes.TrimSpace(doc))
			}
		}
		return out
	}
	return nil
}

// differences names what is in want and not the same in got.
func differences(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		other, _ := got.(map[string]any)
		var out []string
		for key, v := range want {
			out = append(out, differences(path+"."+key, v, other[key])...)
		}
		return out
	case []any:
		other, _ := got.([]any)
		if len(other) != len(want) {
			return []string{path}
		}
		var out []string
		for i, v := range want {
			out = append(out, differences(path+"[]", v, other[i])...)
		}
		return out
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		return []string{path}
	}
	return nil
}
