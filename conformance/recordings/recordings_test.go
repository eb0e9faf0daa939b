// Package recordings_test sends every recorded answer of the real services
// through Louter: untouched where both sides speak one protocol, and folding
// to the same meaning where they do not.
package recordings_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"louter/server"
	"louter/server/config"
)

type recording struct {
	name   string
	body   []byte
	stream bool
	status int
}

// shared is the folder of recordings beside the checkout.
func shared(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("LOUTER_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared")
}

// statusField is where the status line has the status.
const statusField = 1

func load(t *testing.T, dirs ...string) []recording {
	t.Helper()
	var out []recording
	for _, dir := range dirs {
		folders, err := filepath.Glob(filepath.Join(shared(t), dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			status := http.StatusOK
			if text, err := os.ReadFile(filepath.Join(folder, "status")); err == nil {
				if status, err = strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
					t.Fatal(err)
				}
			} else if head, err := os.ReadFile(filepath.Join(folder, "headers.txt")); err == nil {
				if status, err = strconv.Atoi(strings.Fields(string(head)[strings.Index(string(head), "HTTP/1.1 "):])[statusField]); err != nil {
					t.Fatal(err)
				}
			} else if strings.Contains(folder, "-429-") {
				status = http.StatusTooManyRequests
			}
			for _, file := range []string{"response.json", "response.sse"} {
				body, err := os.ReadFile(filepath.Join(folder, file))
				if err == nil {
					out = append(out, recording{filepath.Base(folder) + "/" + file, body, file == "response.sse", status})
				}
			}
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d recordings under %s: they must lie beside the checkout", len(out), shared(t))
	}
	return out
}

// replay answers every request with the recording that is set, cut at random
// borders.
type replay struct {
	*httptest.Server
	current recording
	seed    uint64
}

func newReplay() *replay {
	r := &replay{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if r.current.stream {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		w.WriteHeader(r.current.status)
		random := rand.New(rand.NewPCG(r.seed, 7))
		for body := r.current.body; len(body) > 0; {
			n := min(len(body), 1+random.IntN(400))
			if r.seed == 0 {
				n = len(body)
			}
			if _, err := w.Write(body[:n]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			body = body[n:]
		}
	}))
	return r
}

func start(t *testing.T, protocol string) (*replay, string) {
	t.Helper()
	up := newReplay()
	cfg := config.Default()
	cfg.Listen, cfg.Drain.Delay = "127.0.0.1:0", 0
	b := config.DefaultBackend("recorded")
	b.Protocol, b.URL, b.APIKey = protocol, up.URL, "key"
	cfg.Backends[b.Name] = b
	app, err := server.New(cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		up.Close()
	})
	return up, "http://" + app.Addr()
}

func ask(t *testing.T, url, body string) (int, []byte) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, got
}

func askChat(t *testing.T, base string, stream bool) (int, []byte) {
	t.Helper()
	return ask(t, base+"/v1/chat/completions", fmt.Sprintf(
		`{"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}],"stream":%t,"stream_options":{"include_usage":true}}`, stream))
}

func askGemini(t *testing.T, base string, stream bool) (int, []byte) {
	t.Helper()
	url := base + "/v1beta/models/any:generateContent"
	if stream {
		url = base + "/v1beta/models/any:streamGenerateContent?alt=sse"
	}
	return ask(t, url, `{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`)
}

// chatFolders hold recordings of Chat Completions, those of llama.cpp's
// server among them.
var chatFolders = []string{
	"recordings/openai/*", "realserver/recordings/chat*", "realserver/recordings/tool*", "realserver/recordings/reasoning*",
	"realserver/recordings/json-schema", "realserver/recordings/n2*", "realserver/recordings/stop-string",
	"realserver/recordings/max-tokens-0", "realserver/recordings/error-context",
}

var wires = map[string]struct {
	dirs         []string
	same, other  func(*testing.T, string, bool) (int, []byte)
	read, reread func([]byte) folded
}{
	"openai": {chatFolders, askChat, askGemini, foldChat, foldGemini},
	"gemini": {[]string{"recordings/gemini/*"}, askGemini, askChat, foldGemini, foldChat},
}

func TestPassThroughIsByteForByte(t *testing.T) {
	for protocol, wire := range wires {
		up, base := start(t, protocol)
		for _, r := range load(t, wire.dirs...) {
			for seed := range uint64(3) {
				up.current, up.seed = r, seed
				status, got := wire.same(t, base, r.stream)
				if status != r.status || !bytes.Equal(got, r.body) {
					t.Errorf("%s %s: status %d, %d bytes instead of %d", protocol, r.name, status, len(got), len(r.body))
				}
			}
		}
	}
}

func TestTranslationFoldsToTheSame(t *testing.T) {
	for protocol, wire := range wires {
		up, base := start(t, protocol)
		for _, r := range load(t, wire.dirs...) {
			t.Run(protocol+"/"+r.name, func(t *testing.T) {
				want := wire.read(r.body)
				// Gemini cannot say a call that was cut short: its end tells of it.
				want.calls = slices.DeleteFunc(want.calls, func(c string) bool { return want.finish == "length" && !strings.HasSuffix(c, "}") })
				if len(want.calls) == 0 {
					want.calls = nil
				}
				for seed := range uint64(3) {
					up.current, up.seed = r, seed
					status, got := wire.other(t, base, r.stream)
					again := wire.reread(got)
					if status != r.status || !reflect.DeepEqual(again, want) {
						t.Fatalf("status %d instead of %d\nwant %+v\ngot  %+v\n%s", status, r.status, want, again, got)
					}
				}
			})
		}
	}
}
