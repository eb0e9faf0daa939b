package gemini

import "testing"

func TestPartialArgs(t *testing.T) {
	type piece struct{ path, text, raw string }
	cases := []struct {
		name   string
		pieces []piece
		want   string // "": an error
	}{
		{"none", nil, `{}`},
		{"one string in two pieces", []piece{{"$.id", "A", ""}, {"$.id", "\"é", ""}}, `{"id":"A\"é"}`},
		{"order of coming", []piece{{"$.b", "", "1"}, {"$.a", "", "true"}}, `{"b":1,"a":true}`},
		{"nested", []piece{{"$.a[0].x", "q", ""}, {"$.a[1].x", "", "null"}, {"$['odd key'].y", "", "2"}}, `{"a":[{"x":"q"},{"x":null}],"odd key":{"y":2}}`},
		{"double quotes", []piece{{`$["k.l"]`, "v", ""}}, `{"k.l":"v"}`},
		{"empty string", []piece{{"$.s", "", ""}}, `{"s":""}`},
		{"object into a string", []piece{{"$.s", "x", ""}, {"$.s.t", "y", ""}}, ""},
		{"gap in a list", []piece{{"$.s[7]", "x", ""}}, ""},
		{"no path", []piece{{"id", "x", ""}}, ""},
		{"broken path", []piece{{"$.a[", "x", ""}}, ""},
		{"empty name", []piece{{"$..a", "x", ""}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var args partialArgs
			var err error
			for _, p := range c.pieces {
				if p.raw != "" {
					err = args.setRaw(p.path, p.raw)
				} else {
					err = args.addText(p.path, p.text)
				}
			}
			if (err != nil) != (c.want == "") {
				t.Fatalf("error %v", err)
			}
			if err == nil && args.JSON() != c.want {
				t.Errorf("got %s, want %s", args.JSON(), c.want)
			}
		})
	}
}
