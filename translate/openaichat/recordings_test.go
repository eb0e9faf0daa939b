package openaichat

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

func testMint() translate.Mint {
	n := 0
	return translate.Mint{
		ID:  func(prefix string) string { n++; return fmt.Sprint(prefix, n) },
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) },
	}
}

func testBack(t testing.TB, profile string) translate.Back {
	t.Helper()
	b, err := NewBack(translate.BackOptions{Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sharedFolders(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("LOUTER_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	var folders []string
	for _, pattern := range []string{"recordings/openai/*", "realserver/recordings/chat*", "realserver/recordings/tool*",
		"realserver/recordings/reasoning*", "realserver/recordings/json-schema", "realserver/recordings/n2*",
		"realserver/recordings/stop-string", "realserver/recordings/max-tokens-0", "realserver/recordings/error-*"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, found...)
	}
	if len(folders) < 30 {
		t.Fatalf("only %d recordings under %s: they must lie beside the checkout", len(folders), root)
	}
	return folders
}

// decodeAll reads a stream to its end, checking the grammar of the events.
func decodeAll(t *testing.T, b translate.Back, req *ir.Request, body []byte) ([]ir.Event, error) {
	t.Helper()
	d := b.NewDecoder(req, testMint())
	reader := wire.NewReader(strings.NewReader(string(body)), wire.NewSSE(1<<20))
	var events []ir.Event
	for {
		f, err := reader.Next()
		if err != nil {
			break
		}
		if events, err = d.Decode(events, f); err != nil {
			return events, err
		}
	}
	events, err := d.Close(events)
	if err == nil {
		if err := ir.Check(events); err != nil {
			t.Errorf("grammar: %v", err)
		}
	}
	return events, err
}

// TestRecordingsDecode: every recorded answer is read, and a stream folds to
// what its unary twin says of shape.
func TestRecordingsDecode(t *testing.T) {
	b := testBack(t, "generic")
	for _, folder := range sharedFolders(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			req := &ir.Request{Model: "m"}
			if body, err := os.ReadFile(filepath.Join(folder, "response.json")); err == nil {
				decodeUnary(t, b, req, folder, body)
			}
			body, err := os.ReadFile(filepath.Join(folder, "response.sse"))
			if err != nil {
				return
			}
			events, err := decodeAll(t, b, req, body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := ir.Collect(events)
			if err != nil || len(resp.Candidates) == 0 || resp.Candidates[0].Finish.Reason == ir.FinishUnset {
				t.Errorf("%v %+v", err, resp)
			}
		})
	}
}

func decodeUnary(t *testing.T, b translate.Back, req *ir.Request, folder string, body []byte) {
	t.Helper()
	if strings.Contains(string(body), `"error":{`) || strings.Contains(string(body), `"error": {`) {
		e := b.DecodeError(400, nil, body)
		if e.Message == "" {
			t.Error("an error without its message")
		}
		if filepath.Base(folder) == "error-context" && e.Kind != ir.KindContextLength {
			t.Errorf("kind %v", e.Kind)
		}
		return
	}
	resp, err := b.DecodeResponse(req, body, testMint())
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.Candidates) == 0 || resp.Usage == nil {
		t.Errorf("%+v", resp)
	}
	folded, err := ir.Collect(ir.Expand(resp))
	if err != nil || !reflect.DeepEqual(folded, resp) {
		t.Errorf("a stream of the answer folds to another: %v\n%+v\n%+v", err, folded, resp)
	}
}
