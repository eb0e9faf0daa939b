package gemini

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// seeds gives the files of that name in the archives of testdata.
func seeds(f *testing.F, name string) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no archives: %v", err)
	}
	var out [][]byte
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, a := range archive.Files {
			if a.Name == name {
				out = append(out, a.Data)
			}
		}
	}
	return out
}

// FuzzDecodeRequest: any body gives a request that can be sent, or an error
// that is the client's.
func FuzzDecodeRequest(f *testing.F) {
	for _, body := range seeds(f, "client.json") {
		f.Add(body)
	}
	backs := []Back{
		newTestBack(f, translate.BackOptions{Profile: "google"}),
		newTestBack(f, translate.BackOptions{Profile: "generic"}),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, model := range []string{"gemini-2.0-flash", "gemini-3-pro-preview", "gemma-3-27b-it"} {
			req, err := Front{}.DecodeRequest(translate.Call{Model: model, Body: body})
			if err != nil {
				var e *ir.Error
				if !errors.As(err, &e) || e.HTTPStatus() >= 500 {
					t.Fatalf("not the client's error: %v", err)
				}
				return
			}
			for _, back := range backs {
				call, err := back.EncodeRequest(req)
				if err != nil {
					var e *ir.Error
					if !errors.As(err, &e) || e.HTTPStatus() >= 500 {
						t.Fatalf("not the client's error: %v", err)
					}
					continue
				}
				if !json.Valid(call.Body) {
					t.Fatalf("broken: %s", call.Body)
				}
				if _, err := (Front{}).DecodeRequest(call); err != nil {
					t.Fatalf("what was sent cannot be read: %v\n%s", err, call.Body)
				}
			}
		}
	})
}

// FuzzDecodeStream: any stream gives events by the grammar or an error, and
// what a client then gets is a stream of JSON.
func FuzzDecodeStream(f *testing.F) {
	for _, body := range seeds(f, "upstream.sse") {
		f.Add(body)
	}
	for _, body := range seeds(f, "upstream.answer.json") {
		f.Add(append([]byte("data: "), bytes.ReplaceAll(body, []byte("\n"), []byte(" "))...))
	}
	for _, name := range recordings(f) {
		if body := recording(f, name, "response.sse"); body != nil {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := tryStream(Back{}, nil, body)
		if err != nil {
			var e *ir.Error
			if !errors.As(err, &e) && !errors.Is(err, wire.ErrCut) && !errors.Is(err, wire.ErrTooLarge) {
				t.Fatalf("%v", err)
			}
			return
		}
		for i, e := range events {
			if _, failed := e.(ir.Fail); failed {
				events = events[:i+1]
				break
			}
		}
		if err := ir.Check(events); err != nil {
			t.Fatalf("%v\n%s", err, dump(events))
		}
		enc := Front{}.NewEncoder(nil, testMint())
		var frames []wire.Frame
		for _, e := range events {
			if frames, err = enc.Encode(frames, e); err != nil {
				t.Fatal(err)
			}
		}
		if frames, err = enc.Close(frames); err != nil {
			t.Fatal(err)
		}
		for _, frame := range frames {
			if !json.Valid(frame.Data) {
				t.Fatalf("broken: %s", frame.Data)
			}
		}
	})
}
