package rawjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMembers(t *testing.T) {
	text := []byte(` { "a" : 1 ,"b\u0041":[1,{"x":"]}\\\""}], "c":{} , "d":"\\" } `)
	members, err := Members(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range members {
		got = append(got, fmt.Sprintf("%s=%s", m.Key, m.Raw(text)))
	}
	want := `a=1|bA=[1,{"x":"]}\\\""}]|c={}|d="\\"`
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

func TestElements(t *testing.T) {
	text := []byte(`[ 1, "a,b" ,[ ], null]`)
	items, err := Elements(text, 0)
	if err != nil || len(items) != 4 || string(items[1].Raw(text)) != `"a,b"` || items[2].KeyStart != items[2].Start {
		t.Errorf("%v, %v", items, err)
	}
	if items, err := Elements([]byte(" [ ] "), 0); err != nil || len(items) != 0 {
		t.Errorf("%v, %v", items, err)
	}
}

func TestBroken(t *testing.T) {
	for text, want := range map[string]error{
		``: ErrSyntax, `[`: ErrSyntax, `{`: ErrSyntax, `{"a"}`: ErrSyntax, `{"a":}`: ErrSyntax, `{"a":1,}`: ErrSyntax,
		`{"a":1 "b":2}`: ErrSyntax, `{"a":"x}`: ErrSyntax, `{"a":tru}`: ErrSyntax, `{a:1}`: ErrSyntax, `{"a":[1}}`: ErrSyntax,
		`{"a":` + strings.Repeat("[", 1000): ErrDepth,
	} {
		if _, err := Members([]byte(text), 0); !errors.Is(err, want) {
			t.Errorf("%.30s: %v", text, err)
		}
	}
}

func TestSplices(t *testing.T) {
	text := []byte(`[ {"a":1}, 2 , 3,4 ]`)
	items, err := Elements(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	for mask, want := range map[int]string{
		0b1111: `[ {"a":1}, 2 , 3,4 ]`, 0b0001: `[ {"a":1} ]`, 0b1000: `[ 4 ]`, 0b0110: `[ 2 , 3 ]`,
		0b1001: `[ {"a":1}, 4 ]`, 0b0000: `[  ]`, 0b0101: `[ {"a":1}, 3 ]`,
	} {
		s := Splices{Text: text}
		s.KeepOnly(items, func(i int) bool { return mask>>i&1 == 1 })
		if got := string(s.Apply()); got != want {
			t.Errorf("%04b: got %s, want %s", mask, got, want)
		}
	}
	s := Splices{Text: text}
	if got := s.Apply(); &got[0] != &text[0] {
		t.Error("an unchanged text was copied")
	}
	s.Insert(1, []byte("x"))
	s.Insert(1, []byte("y"))
	s.Replace(0, 1, []byte("("))
	if got := string(s.Apply()); got != `(xy {"a":1}, 2 , 3,4 ]` {
		t.Errorf("got %s", got)
	}
}

func TestString(t *testing.T) {
	for _, text := range []string{"", `a"b\`, "<&>\n", "é", "\x00"} {
		var back string
		if err := json.Unmarshal(String(text), &back); err != nil || back != text {
			t.Errorf("%q: %q, %v", text, back, err)
		}
	}
	if got := string(String("<")); got != `"<"` {
		t.Errorf("got %s", got)
	}
}

// FuzzMembers: what encoding/json reads as an object is read the same way,
// and keeping everything but one member leaves valid JSON.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":"\""}],"c":-1.5e3,"a":null}`))
	f.Add([]byte(`{ }`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var want map[string]json.RawMessage
		if json.Unmarshal(text, &want) != nil || want == nil || !utf8.Valid(text) {
			return // encoding/json mends keys that are not UTF-8
		}
		members, err := Members(text, 0)
		if errors.Is(err, ErrDepth) {
			return
		}
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		got := map[string]json.RawMessage{}
		for _, m := range members {
			got[m.Key] = m.Raw(text)
		}
		if len(got) != len(want) {
			t.Fatalf("%d members, not %d: %s", len(got), len(want), text)
		}
		for key, raw := range want {
			if string(got[key]) != string(raw) {
				t.Fatalf("%q: %s, not %s", key, got[key], raw)
			}
		}
		for gone := range members {
			s := Splices{Text: text}
			s.KeepOnly(members, func(i int) bool { return i != gone })
			if out := s.Apply(); !json.Valid(out) {
				t.Fatalf("broken: %s\nfrom %s", out, text)
			}
		}
	})
}

func TestCompact(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"a b\": [1, 12345678901234567890, 1.0],\n \"<\": \" x \"\n}": `{"a b":[1,12345678901234567890,1.0],"<":" x "}`,
		"": "", "{broken": "{broken", `"é\u2028"`: `"é\u2028"`,
	} {
		if got := string(Compact([]byte(text))); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
