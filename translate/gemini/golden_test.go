package gemini

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

var update = flag.Bool("update", false, "rewrite the wanted files of testdata")

// TestGolden runs the archives of testdata. The files that one has say what
// is tested:
//
//	client.json     a Gemini client's request    → ir.txt, the neutral request
//	                                             → upstream.json, what a backend gets
//	upstream.sse or an answer of the service     → answer.txt, the neutral answer
//	upstream.answer.json                         → client.answer.json or client.sse
//
// Lines of the comment such as "model: x" or "profile: vertex" set the scene.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			g := golden{t: t, archive: archive, scene: readScene(archive.Comment)}
			g.run()
			if *update && g.changed {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type golden struct {
	t       *testing.T
	archive *txtar.Archive
	scene   map[string]string
	changed bool
}

func readScene(comment []byte) map[string]string {
	scene := map[string]string{"model": "gemini-2.5-flash", "profile": "google"}
	for line := range strings.Lines(string(comment)) {
		if key, value, found := strings.Cut(line, ": "); found && !strings.Contains(key, " ") {
			scene[key] = strings.TrimSpace(value)
		}
	}
	return scene
}

func (g *golden) file(name string) []byte {
	for _, f := range g.archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// want compares a file of the archive, where there is one, with what came out.
func (g *golden) want(name string, got []byte) {
	g.t.Helper()
	for i, f := range g.archive.Files {
		if f.Name != name {
			continue
		}
		if bytes.Equal(f.Data, got) {
			return
		}
		if *update {
			g.archive.Files[i].Data, g.changed = got, true
			return
		}
		g.t.Errorf("%s differs; got\n%s\nwant\n%s", name, got, f.Data)
	}
}

func (g *golden) run() {
	var req *ir.Request
	back := newTestBack(g.t, translate.BackOptions{Profile: g.scene["profile"]})
	if body := g.file("client.json"); body != nil {
		req = g.request(back, body)
	}
	if body := g.file("upstream.answer.json"); body != nil {
		resp, err := back.DecodeResponse(req, body, testMint())
		if err != nil {
			g.t.Fatal(err)
		}
		g.want("answer.txt", []byte(dump(resp)))
		out, err := Front{}.EncodeResponse(req, resp, testMint())
		if err != nil {
			g.t.Fatal(err)
		}
		g.want("client.answer.json", pretty(g.t, out))
	}
	if body := g.file("upstream.sse"); body != nil {
		events := decodeStream(g.t, back, req, body)
		resp, err := ir.Collect(events)
		if err != nil {
			g.t.Fatal(err)
		}
		g.want("answer.txt", []byte(dump(resp)))
		g.want("client.sse", encodeStream(g.t, req, events))
	}
}

func (g *golden) request(back Back, body []byte) *ir.Request {
	req, err := Front{}.DecodeRequest(translate.Call{
		Operation: translate.OpGenerate, Model: g.scene["model"], Stream: g.scene["stream"] == "true", Body: body,
	})
	if err != nil {
		g.t.Fatal(err)
	}
	g.want("ir.txt", []byte(dump(req)))
	if g.file("upstream.json") == nil {
		return req
	}
	before := len(req.Dropped)
	call, err := back.EncodeRequest(req)
	if err != nil {
		g.want("upstream.json", fmt.Appendf(nil, "refused, %s: %s\n", ir.AsError(err).Param, err))
		return req
	}
	out := pretty(g.t, call.Body)
	for _, l := range req.Dropped[before:] {
		out = fmt.Appendf(out, "dropped %s: %s\n", l.Path, l.Why)
	}
	g.want("upstream.json", out)
	return req
}

func pretty(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// testMint counts its ids, so that goldens stay as they are.
func testMint() translate.Mint {
	n := 0
	return translate.Mint{
		ID:  func(prefix string) string { n++; return fmt.Sprintf("%sminted%d", prefix, n) },
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	}
}

// decodeStream runs a whole SSE body through the decoder, under ir.Check.
func decodeStream(t testing.TB, back Back, req *ir.Request, body []byte) []ir.Event {
	t.Helper()
	events, err := tryStream(back, req, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := ir.Check(events); err != nil {
		t.Fatalf("grammar: %v\n%s", err, dump(events))
	}
	return events
}

func tryStream(back Back, req *ir.Request, body []byte) ([]ir.Event, error) {
	d := back.NewDecoder(req, testMint())
	split := wire.NewSSE(1 << 24)
	split.Push(body)
	split.End()
	var events []ir.Event
	for {
		f, ok, err := split.Next()
		if err != nil {
			return events, err
		}
		if !ok {
			break
		}
		if events, err = d.Decode(events, f); err != nil {
			return events, err
		}
	}
	return d.Close(events)
}

// encodeStream gives the SSE body that a client reads.
func encodeStream(t testing.TB, req *ir.Request, events []ir.Event) []byte {
	t.Helper()
	enc := Front{}.NewEncoder(req, testMint())
	var frames []wire.Frame
	var err error
	for _, e := range events {
		if frames, err = enc.Encode(frames, e); err != nil {
			t.Fatal(err)
		}
	}
	if frames, err = enc.Close(frames); err != nil {
		t.Fatal(err)
	}
	framing := wire.GeminiSSEFraming{}
	var out []byte
	for _, f := range frames {
		out = framing.AppendFrame(out, f)
	}
	return bytes.ReplaceAll(framing.AppendEnd(out), []byte("\r\n"), []byte("\n"))
}
