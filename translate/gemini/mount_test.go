package gemini

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	gen "louter/gen/gemini"
	"louter/translate"
)

// mounted serves the routes on a real socket and keeps every call.
func mounted(t *testing.T) (addr string, calls func() []translate.Call) {
	t.Helper()
	app := fiber.New(fiber.Config{DisableStartupMessage: true, CaseSensitive: true, StrictRouting: true, StreamRequestBody: true})
	got := make(chan translate.Call, 256)
	Mount(app, func(c *fiber.Ctx, call translate.Call) error {
		got <- call
		return c.SendString("ok")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	t.Cleanup(func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String(), func() []translate.Call {
		var all []translate.Call
		for {
			select {
			case call := <-got:
				all = append(all, call)
			default:
				return all
			}
		}
	}
}

// send writes requests on one connection, as they are, and gives the statuses.
func send(t *testing.T, addr string, lines ...string) []int {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	var statuses []int
	for _, line := range lines {
		if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: h\r\nX-Goog-Api-Key: k\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 2\r\n\r\n{}", line); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		resp.Body.Close()
		statuses = append(statuses, resp.StatusCode)
	}
	return statuses
}

func TestMountCalls(t *testing.T) {
	addr, calls := mounted(t)
	cases := []struct{ line, want string }{ // operation, prefix, path, query, model, stream
		{"POST /v1beta/models/gemini-2.5-flash:generateContent", "generate /v1beta /models/gemini-2.5-flash:generateContent  gemini-2.5-flash false"},
		{"POST /v1beta/models/m:streamGenerateContent?alt=sse&key=SECRET", "generate /v1beta /models/m:streamGenerateContent alt=sse m true"},
		{"POST /v1beta/models/Qwen3%3A8b:generateContent", "generate /v1beta /models/Qwen3%3A8b:generateContent  Qwen3:8b false"},
		{"POST /v1beta/models/foo%2Fbar:countTokens", "count_tokens /v1beta /models/foo%2Fbar:countTokens  foo/bar false"},
		{"POST /v1beta/models/hf.co/a/b%3A7b:embedContent", "embed /v1beta /models/hf.co%2Fa%2Fb:7b:embedContent  hf.co/a/b:7b false"},
		{"POST /v1beta/models/a%20b+c%2Bd:generateContent", "generate /v1beta /models/a%20b+c%2Bd:generateContent  a b+c+d false"},
		{"POST /v1beta/models/a%2525b:generateContent", "generate /v1beta /models/a%2525b:generateContent  a%25b false"},
		{"POST /v1beta/tunedModels/t:batchEmbedContents", "embed /v1beta /tunedModels/t:batchEmbedContents  tunedModels/t false"},
		{"POST /v1beta/models/models/x:generateContent", "generate /v1beta /models/x:generateContent  x false"},
		{"POST /v1/models/x:generateContent", "generate /v1 /models/x:generateContent  x false"},
		{"POST /v1alpha/models/x:generateContent", "generate /v1alpha /models/x:generateContent  x false"},
		{"POST /models/x:generateContent", "generate  /models/x:generateContent  x false"},
		{"GET /v1beta/models/a/b", "get_model /v1beta /models/a%2Fb  a/b false"},
		{"GET /v1beta/models?pageSize=3", "list_models /v1beta /models pageSize=3  false"},
		{"POST /upload/v1beta/files?uploadType=resumable", "other /upload/v1beta /files uploadType=resumable  false"},
		{"GET /v1beta/files/abc", "other /v1beta /files/abc   false"},
		{"PATCH /v1beta/cachedContents/c?updateMask=ttl", "other /v1beta /cachedContents/c updateMask=ttl  false"},
	}
	var lines []string
	for _, c := range cases {
		lines = append(lines, c.line)
	}
	// All on one connection: fiber's memory is used again for each, and the
	// calls are looked at when the last is through (facts 1).
	for i, status := range send(t, addr, lines...) {
		if status != 200 {
			t.Errorf("%s: status %d", lines[i], status)
		}
	}
	got := calls()
	if len(got) != len(cases) {
		t.Fatalf("%d calls of %d", len(got), len(cases))
	}
	for i, c := range cases {
		g := got[i]
		if s := fmt.Sprintf("%s %s %s %s %s %v", g.Operation, g.Prefix, g.Path, g.Query, g.Model, g.Stream); s != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.line, s, c.want)
		}
		if method, _, _ := strings.Cut(c.line, " "); g.Method != method {
			t.Errorf("%s: method %s", c.line, g.Method)
		}
	}
}

// TestEveryRouteIsMounted: each operation of the specification reaches serve.
func TestEveryRouteIsMounted(t *testing.T) {
	spec, err := gen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	addr, calls := mounted(t)
	var lines []string
	for path, item := range spec.Paths.Map() {
		for method := range item.Operations() {
			lines = append(lines, method+" "+strings.NewReplacer("{model}", "m", "{file}", "f", "{cachedContent}", "c").Replace(path))
		}
	}
	for i, status := range send(t, addr, lines...) {
		if status != 200 {
			t.Errorf("%s: status %d", lines[i], status)
		}
	}
	if got := len(calls()); got != len(lines) || got == 0 {
		t.Errorf("%d calls for %d routes", got, len(lines))
	}
}

func TestMountRefuses(t *testing.T) {
	addr, calls := mounted(t)
	for i, status := range send(t, addr, "POST /v1beta/models/m:STREAMgenerateContent", "POST /v1beta/models/m", "GET /v1beta/nothing", "GET /v1/models") {
		if status != 404 && status != 405 {
			t.Errorf("request %d: status %d", i, status)
		}
	}
	if got := calls(); len(got) > 0 {
		t.Errorf("served %v", got)
	}
}

func TestEncodeModels(t *testing.T) {
	body, err := Models{}.EncodeModels([]translate.Model{{Name: "gpt-4o"}, {Name: "tunedModels/t"}})
	if err != nil || !strings.HasPrefix(string(body), `{"models":[{"baseModelId":"gpt-4o",`) || !strings.Contains(string(body), `"name":"models/gpt-4o"`) || !strings.Contains(string(body), `"name":"tunedModels/t"`) {
		t.Errorf("%v: %s", err, body)
	}
	if body, err = (Models{}).EncodeModels(nil); err != nil || string(body) != `{"models":[]}` {
		t.Errorf("%v: %s", err, body)
	}
	if body, err = (Models{}).EncodeModel(translate.Model{Name: "a/b"}); err != nil || !strings.Contains(string(body), `"name":"models/a/b"`) {
		t.Errorf("%v: %s", err, body)
	}
}
