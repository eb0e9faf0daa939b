package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func newArray() Splitter { return NewJSONArray(testLimit) }

func TestJSONArray(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
		err        error
	}{
		{"as Google sends it", "[{\n  \"a\": 1\n}\n,\r\n{\n  \"a\": 2\n}\n]\n", []string{"{\n  \"a\": 1\n}", "{\n  \"a\": 2\n}"}, nil},
		{"compact", `[{"a":1},{"a":2}]`, []string{`{"a":1}`, `{"a":2}`}, nil},
		{"empty", "[]", nil, nil},
		{"empty with space", " [ \n ] \r\n", nil, nil},
		{"nothing", "", nil, nil},
		{"space", " \n", nil, nil},
		{"brackets in strings", `[{"a":"}]{["},{"b":["]","}"]}]`, []string{`{"a":"}]{["}`, `{"b":["]","}"]}`}, nil},
		{"escapes in strings", `[{"a":"\"}\\"},{"b":"\\\""},{"c":"\u0022"}]`, []string{`{"a":"\"}\\"}`, `{"b":"\\\""}`, `{"c":"\u0022"}`}, nil},
		{"nested", `[{"a":[{"b":[[]]},{}]}]`, []string{`{"a":[{"b":[[]]},{}]}`}, nil},
		{"a single object", `{"error":{"code":429}}`, []string{`{"error":{"code":429}}`}, nil},
		{"an object a line", "{\"a\":1}\n{\"a\":2}\n", []string{`{"a":1}`, `{"a":2}`}, nil},
		{"defects 44: two values glued together", `{"a":1}{"a":2}`, []string{`{"a":1}`, `{"a":2}`}, nil},
		{"glued inside an array", `[{"a":1}{"a":2}]`, []string{`{"a":1}`, `{"a":2}`}, nil},
		{"other separators are text", "[{\"a\":\"\u2028\u0085\"}]", []string{"{\"a\":\"\u2028\u0085\"}"}, nil},
		{"cut in an element", `[{"a":1},{"a":`, []string{`{"a":1}`}, ErrCut},
		{"cut in a string", `[{"a":"}`, nil, ErrCut},
		{"cut between elements", `[{"a":1},`, []string{`{"a":1}`}, ErrCut},
		{"cut before the end", `[{"a":1}`, []string{`{"a":1}`}, ErrCut},
		{"cut single object", `{"a":{}`, nil, ErrCut},
		{"not JSON", "<html>", nil, ErrNotObjects},
		{"scalars", "[1,2]", nil, ErrNotObjects},
		{"after the end", `[{"a":1}]x`, []string{`{"a":1}`}, ErrNotObjects},
		{"a second array", `[{"a":1}][{"a":2}]`, []string{`{"a":1}`}, ErrNotObjects},
		{"comma without array", `{"a":1},{"a":2}`, []string{`{"a":1}`}, ErrNotObjects},
		{"bracket without array", `{"a":1}]`, []string{`{"a":1}`}, ErrNotObjects},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sameInAnyCut(t, newArray, []byte(tt.body))
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			var want []Frame
			for _, w := range tt.want {
				want = append(want, Frame{Data: []byte(w)})
			}
			sameFrames(t, "whole", got, want)
		})
	}
}

func TestJSONArrayDelaysNothing(t *testing.T) {
	s := newArray()
	s.Push([]byte(`[{"a":1}`))
	if f, ok, err := s.Next(); err != nil || !ok || string(f.Data) != `{"a":1}` {
		t.Errorf("%q %v %v", f.Data, ok, err)
	}
}

func TestJSONArrayPushTwice(t *testing.T) {
	s := newArray()
	s.Push([]byte(`[{"a":1},{"b":"`))
	s.Push([]byte(`}"}]`))
	s.End()
	for _, want := range []string{`{"a":1}`, `{"b":"}"}`} {
		if f, ok, err := s.Next(); err != nil || !ok || string(f.Data) != want {
			t.Errorf("%q %v %v, want %q", f.Data, ok, err, want)
		}
	}
	if _, ok, err := s.Next(); ok || err != nil {
		t.Errorf("after the last frame: %v %v", ok, err)
	}
}

func TestJSONArrayLimit(t *testing.T) {
	body := []byte(`[{"a":1},{"a":"` + strings.Repeat("x", 100) + `"}]`)
	for _, cuts := range []func(int) int{whole, single} {
		s := NewJSONArray(100)
		frames, err := pull(s, body, cuts)
		if !errors.Is(err, ErrTooLarge) || len(frames) != 1 {
			t.Errorf("%d frames, error %v", len(frames), err)
		}
		s.Push([]byte(`{"a":1}`))
		if _, ok, err := s.Next(); ok || !errors.Is(err, ErrTooLarge) {
			t.Errorf("the error does not last: %v %v", ok, err)
		}
	}
}

// defects 44: elements of many megabytes, in any cut, cost what they weigh.
func TestJSONArrayLinear(t *testing.T) {
	pages := func(rest int) int { return min(rest, 4096) }
	element := func(n int) []byte { return []byte(`[{"a":"` + strings.Repeat("x", n) + `"}]`) }
	t.Run("one element in single bytes", func(t *testing.T) { linear(t, newArray, element, single) })
	t.Run("one element in pages", func(t *testing.T) { linear(t, newArray, element, pages) })
	t.Run("many elements", func(t *testing.T) {
		linear(t, newArray, func(n int) []byte {
			return []byte("[" + strings.Repeat(`{"a":1},`, n/8) + "{}]")
		}, pages)
	})
	t.Run("backslashes, 16 MiB", func(t *testing.T) {
		body := []byte(`[{"a":"` + strings.Repeat(`\n`, 8<<20) + `"}]`)
		if frames, err := pull(newArray(), body, whole); err != nil || len(frames) != 1 {
			t.Errorf("%d frames, %v", len(frames), err)
		}
	})
	t.Run("ten million levels", func(t *testing.T) {
		body := []byte("[" + strings.Repeat(`{"a":`, 4<<20) + "1" + strings.Repeat("}", 4<<20) + "]")
		if frames, err := pull(newArray(), body, pages); err != nil || len(frames) != 1 {
			t.Errorf("%d frames, %v", len(frames), err)
		}
	})
}

// What Google streams as SSE comes the same when it is an array.
func TestJSONArrayOfRecordings(t *testing.T) {
	for path, body := range recordings(t, "gemini/*/response.sse") {
		events, err := pull(newSSE(), body, whole)
		if err != nil {
			t.Fatal(path, err)
		}
		framing := &JSONArrayFraming{}
		var array []byte
		for _, f := range events {
			array = framing.AppendFrame(array, f)
		}
		array = framing.AppendEnd(array)
		if !json.Valid(array) {
			t.Errorf("%s: not JSON: %s", path, array)
		}
		got, err := sameInAnyCut(t, newArray, array)
		if err != nil {
			t.Error(path, err)
		}
		sameFrames(t, path, got, events)
	}
}

// The elements that are cut out of good JSON are those that encoding/json
// reads, in any cut.
func FuzzJSONArray(f *testing.F) {
	for _, s := range []string{
		"[{\n  \"a\": 1\n}\n,\r\n{\n}\n]\n", `{"a":"\"}\\"}{"b":[]}`, `[{"a":1},`, `[]`, `[[{}]]`, `{"a":1}]`, `[{"a":"` + "\u2028" + `"}]`,
	} {
		f.Add([]byte(s), uint64(3))
	}
	for _, body := range recordings(f, "gemini/*/response.json") {
		f.Add(append(append([]byte{'['}, body...), ']'), uint64(4))
	}
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		want, wantErr := pull(newArray(), body, whole)
		got, err := pull(newArray(), body, random(seed))
		if !errors.Is(err, wantErr) {
			t.Fatalf("recut: error %v, whole: %v", err, wantErr)
		}
		sameFrames(t, "recut", got, want)

		var elements []json.RawMessage
		if err := json.Unmarshal(body, &elements); err != nil || bytes.Equal(bytes.TrimSpace(body), []byte("null")) {
			return
		}
		var objects []Frame
		for _, e := range elements {
			if e[0] != '{' {
				if !errors.Is(wantErr, ErrNotObjects) {
					t.Fatalf("element %s: error %v", e, wantErr)
				}
				return
			}
			objects = append(objects, Frame{Data: e})
		}
		if wantErr != nil {
			t.Fatalf("an array of objects: %v", wantErr)
		}
		sameFrames(t, "encoding/json", want, objects)
	})
}

func BenchmarkJSONArray(b *testing.B) {
	chunk := []byte("{\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"hello\"}], \"role\": \"model\"}}]\n}\n,\r\n")
	for name, body := range map[string][]byte{
		"chunk": chunk,
		"5MB":   []byte(`{"data":"` + strings.Repeat("A", 5<<20) + `"},`),
	} {
		b.Run(name, func(b *testing.B) {
			s := newArray()
			s.Push([]byte{'['})
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := body; len(rest) > 0; {
					n := min(len(rest), readSize)
					s.Push(rest[:n])
					rest = rest[n:]
					for {
						if _, ok, err := s.Next(); err != nil {
							b.Fatal(err)
						} else if !ok {
							break
						}
					}
				}
			}
		})
	}
}
