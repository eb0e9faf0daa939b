package scenario

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestAnswersAreReadWithTheirTiming(t *testing.T) {
	a, err := ParseAnswer([]byte("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n" +
		": +120ms cut 5+3ms\ndata: 1\n\n: KEEPALIVE\n\n: cut 2+1ms\ndata: 2\n\n: +7ms\ndata: 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	want := []Step{
		{Wait: 120 * ms, Cut: 5, CutWait: 3 * ms, Bytes: []byte("data: 1\n\n")}, {Bytes: []byte(": KEEPALIVE\n\n")},
		{Cut: 2, CutWait: ms, Bytes: []byte("data: 2\n\n")}, {Wait: 7 * ms, Bytes: []byte("data: 3\n\n")},
	}
	if len(a.Steps) != len(want) {
		t.Fatalf("%d steps: %+v", len(a.Steps), a.Steps)
	}
	for i, w := range want {
		g := a.Steps[i]
		if g.Wait != w.Wait || g.Cut != w.Cut || g.CutWait != w.CutWait || !bytes.Equal(g.Bytes, w.Bytes) {
			t.Errorf("step %d is %+v, want %+v", i, g, w)
		}
	}
}

func TestReplayHeadersDirectAndAreNotSent(t *testing.T) {
	const head = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nReplay: "
	for text, want := range map[string]string{
		head + "crlf\n\ndata: 1\n\ndata: 2\n":                   "data: 1\r\n\r\ndata: 2\r\n\r\n",
		head + "no-final-blank\n\ndata: 1\n":                    "data: 1",
		head + "gzip\n\ndata: 1\n":                              "data: 1\n\n",
		head + "wait=5ms\n\ndata: 1\n\n: abort\n":               "data: 1\n\n",
		"HTTP/1.1 200 OK\nReplay: base64\n\naGk=\n":             "hi",
		"HTTP/1.1 200 OK\nReplay: abort-after=2\n\n{\"a\":1}\n": `{"`,
		"HTTP/1.1 200 OK\nRecorded: today m\n\n{}\n":            "{}",
	} {
		a, err := ParseAnswer([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(a.Body()); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if len(a.Header["Replay"])+len(a.Header["Recorded"]) > 0 {
			t.Errorf("%q: would be sent", text)
		}
		if a.Aborts() != strings.Contains(text, "abort") {
			t.Errorf("%q: aborts: %t", text, a.Aborts())
		}
	}
}

func TestFillTakesWhatEarlierAnswersSaid(t *testing.T) {
	r := Request{Target: "/models/{{model}}:x", Body: []byte(`{"a":"{{1:x.0.y}}","n":{{1:n}},"b":"{{2:0.z}}","u":"{{url:a.png}}"}`)}
	got, err := r.Fill(Values{Model: "m", Media: "http://x", Answers: []string{`{"x":[{"y":"say \"hi\""}],"n":[1,2]}`, `[{"z":"last"}]`}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Target != "/models/m:x" || string(got.Body) != `{"a":"say \"hi\"","n":[1,2],"b":"last","u":"http://x/a.png"}` {
		t.Errorf("got %s %s", got.Target, got.Body)
	}
	for _, said := range [][]string{nil, {`{}`, `[]`}} {
		if _, err := r.Fill(Values{Model: "m", Answers: said}); err == nil {
			t.Errorf("nothing is missed in %q", said)
		}
	}
}

// good is a case without a fault; tests change one file of it.
func good() map[string]string {
	return map[string]string{
		"c/case.toml":                          "why = 'x'\n",
		"c/client.gemini.1.http":               "POST /v1beta/models/{{model}}:generateContent\n\n{}\n",
		"c/client.gemini.2.http":               "POST /v1beta/models/{{model}}:generateContent\n\n{\"data\":\"{{file:a.bin}}\"}\n",
		"c/upstream.openaichat.http":           "HTTP/1.1 200 OK\n\n{}\n",
		"c/golden/gemini+openaichat.txtar":     "",
		"media/a.bin":                          "hello",
		"d/case.toml":                          "why = 'x'\nrefused = true\n",
		"d/client.openaichat.http":             "POST /v1/chat/completions\n\n{}\n",
		"d/golden/openaichat+gemini.txtar":     "",
		"d/golden/openaichat+openaichat.txtar": "",
	}
}

func load(files map[string]string) ([]*Case, error) {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(tree, "")
}

func TestLoad(t *testing.T) {
	cases, err := load(good())
	if err != nil || len(cases) != 2 {
		t.Fatal(len(cases), err)
	}
	c, d := cases[0], cases[1]
	if len(c.Clients[Gemini]) != 2 || string(c.Clients[Gemini][1].Body) != `{"data":"aGVsbG8="}` || c.Model != "c" {
		t.Errorf("got %+v", c)
	}
	if pairs := c.AllPairs(); len(pairs) != 1 || c.WantRequests(pairs[0]) != 2 {
		t.Errorf("got %v", pairs)
	}
	if pairs := d.AllPairs(); len(pairs) != 2 || d.WantRequests(pairs[0]) != 0 || !d.HasGolden(pairs[1]) {
		t.Errorf("got %v", pairs)
	}
}

func TestLoadTellsEveryFault(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"no reason":            {"c/case.toml", "", "why is missing"},
		"an unknown key":       {"c/case.toml", "why = 'x'\nstauts = 4\n", "stauts"},
		"covers nothing":       {"c/case.toml", "why = 'x'\ncovers = ['24']\n", `"24" is neither`},
		"no such pair":         {"c/case.toml", "why = 'x'\npairs = ['gemini+gemni']\n", `"gemini+gemni" is no pair`},
		"a pair without files": {"c/case.toml", "why = 'x'\npairs = ['gemini+gemini']\n", "no pair has both"},
		"a model taken":        {"c/case.toml", "why = 'x'\nmodel = 'd'\n", `"d" is already that of`},
		"a strange file":       {"c/client.gemni.http", "POST / HTTP\n", "neither client.DIALECT"},
		"a gap in numbers":     {"c/client.gemini.4.http", "POST /x\n\n{}\n", "number 3 is missing"},
		"a stale golden":       {"c/golden/openaichat+gemini.txtar", "", "no pair of the case is judged by it"},
		"no start line":        {"c/client.gemini.1.http", "{}\n", "METHOD /path"},
		"no status":            {"c/upstream.openaichat.http", "HTTP/1.1 OK\n\n{}\n", `status "OK"`},
		"an unknown direction": {"c/upstream.openaichat.http", "HTTP/1.1 200 OK\nReplay: slowly\n\n{}\n", `"slowly" is not known`},
		"no such media":        {"c/client.gemini.1.http", "POST /x\n\n{{file:b.bin}}\n", "b.bin"},
		"differs from nothing": {"c/case.toml", "why = 'x'\ndiffers = {'x+y' = 'z'}\n", `"x+y" is neither`},
	} {
		t.Run(name, func(t *testing.T) {
			files := good()
			files[c.file] = c.text
			if _, err := load(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
