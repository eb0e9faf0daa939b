package server_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"louter/server/config"
)

func answers(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Encoding") != "" {
		http.Error(w, "the backend was told a coding that the body does not have", http.StatusTeapot)
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	say(w, whole(r))
}

// TestBadInputIsTheClientsFault: a 4xx in the client's dialect that names the
// field; no input makes a 5xx.
func TestBadInputIsTheClientsFault(t *testing.T) {
	g := run(t, answers, nil)
	const chat, gem, onChat = "/v1/chat/completions", "/v1beta/models/gem:generateContent", "/v1beta/models/chat:generateContent"
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	for _, c := range []struct {
		name, path, body string
		status           int
		names            string
	}{
		{"no JSON", chat, `{"model":`, 400, ""},
		{"empty body", chat, ``, 400, ""},
		{"an array", chat, `[]`, 400, ""},
		{"no model", chat, `{"messages":[]}`, 400, "model"},
		{"model is a number", chat, `{"model":5}`, 400, "model"},
		{"stream is a string", chat, `{"model":"gem","stream":"yes","messages":[{"role":"user","content":"x"}]}`, 400, "stream"},
		{"unknown model", chat, `{"model":"nope","messages":[]}`, 404, "model"},
		{"no messages", chat, `{"model":"gem","messages":[]}`, 400, "messages"},
		{"unknown role", chat, `{"model":"gem","messages":[{"role":"robot","content":"x"}]}`, 400, "messages.0.role"},
		{"content is a number", chat, `{"model":"gem","messages":[{"role":"user","content":7}]}`, 400, "messages.0.content"},
		{"unpaired tool result", chat, `{"model":"gem","messages":[{"role":"tool","tool_call_id":"x","content":"y"}]}`, 400, "messages.0.tool_call_id"},
		{"huge number", chat, `{"model":"gem","temperature":1e999,"messages":[{"role":"user","content":"x"}]}`, 400, "temperature"},
		{"deep", chat, `{"model":"gem","messages":` + deep + `}`, 400, ""},
		{"no data URL", chat, `{"model":"gem","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,%%%"}}]}]}`, 400, "image_url"},
		{"no JSON", onChat, `{"contents":`, 400, ""},
		{"empty body", onChat, ``, 400, ""},
		{"no contents", onChat, `{}`, 400, "contents"},
		{"text is a number", onChat, `{"contents":[{"parts":[{"text":5}]}]}`, 400, "contents"},
		{"unknown role", onChat, `{"contents":[{"role":"robot","parts":[{"text":"x"}]}]}`, 400, "role"},
		{"deep", onChat, `{"contents":` + deep + `}`, 400, ""},
		{"huge number", onChat, `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"temperature":1e999}}`, 400, "temperature"},
		{"unknown model", "/v1beta/models/nope:generateContent", `{}`, 404, "nope"},
		{"video to a server without it", onChat, `{"contents":[{"parts":[{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}]}]}`, 400, "video"},
		{"unknown route", "/v2/nothing", `{}`, 404, ""},
		{"unknown gemini route", "/v1beta/nothing", `{}`, 404, ""},
	} {
		resp, got := g.post(t, c.path, c.body)
		if resp.StatusCode != c.status || !strings.HasPrefix(got, `{"error":{`) || !strings.Contains(got, c.names) {
			t.Errorf("%s to %s: %d %s", c.name, c.path, resp.StatusCode, got)
		}
		if isGoogle := strings.Contains(got, `"status":"`); isGoogle != strings.HasPrefix(c.path, "/v1beta") {
			t.Errorf("%s to %s: the other dialect: %s", c.name, c.path, got)
		}
	}
	// A lone surrogate is text that cannot be, not a reason to fail.
	for _, path := range []string{gem, onChat} {
		if resp, got := g.post(t, path, `{"contents":[{"role":"user","parts":[{"text":"\ud800"}]}]}`); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, got)
		}
	}
}

func packed(t *testing.T, coding, text string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if coding == "zstd" {
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBodiesAreBounded: reports F01, promise 8.
func TestBodiesAreBounded(t *testing.T) {
	g := run(t, answers, func(c *config.Config) { c.Limits.MaxBody, c.Limits.MaxInFlight = 1<<20, 3<<20 })
	const path = "/v1/chat/completions"
	body := func(n int) string {
		return `{"model":"chat","messages":[{"role":"user","content":"` + strings.Repeat("x", n) + `"}]}`
	}
	for _, c := range []struct {
		name, body, coding string
		status             int
	}{
		{"fits", body(900_000), "", 200},
		{"gzip", packed(t, "gzip", body(1000)), "gzip", 200},
		{"zstd", packed(t, "zstd", body(1000)), "zstd", 200},
		{"too large", body(1 << 20), "", 413},
		{"bomb", packed(t, "gzip", body(50<<20)), "gzip", 413},
		{"zstd bomb", packed(t, "zstd", body(50<<20)), "zstd", 413},
		{"unknown coding", "x", "foo", 415},
		{"broken gzip", "no gzip at all", "gzip", 400},
		{"broken zstd", "\x28\xb5\x2f\xfdxx", "zstd", 400},
	} {
		header := []string{}
		if c.coding != "" {
			header = []string{"Content-Encoding", c.coding}
		}
		if resp, got := g.post(t, path, c.body, header...); resp.StatusCode != c.status {
			t.Errorf("%s: %d %.200s", c.name, resp.StatusCode, got)
		}
	}
	chunked, err := http.NewRequest(http.MethodPost, g.url+path, struct{ io.Reader }{strings.NewReader(body(2 << 20))})
	if err != nil {
		t.Fatal(err)
	}
	// The gateway may close while the client still sends: then there is no answer.
	if resp, err := g.http.Do(chunked); err == nil {
		if resp.StatusCode != 413 {
			t.Errorf("chunked: %d", resp.StatusCode)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPassThroughKeepsTheBytes: promise 1. Only the model's name changes.
func TestPassThroughKeepsTheBytes(t *testing.T) {
	var got string
	var header http.Header
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, header = string(b), r.Header.Clone()
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("X-Vendor", "kept")
		w.Header().Set("Content-Type", "application/json")
		say(w, "{ \"odd\" : 12345678901234567890,\n\"odd\":1.0 }")
	}, func(c *config.Config) { c.Backends["openai"].ModelMapping["alias"] = "chat" })
	const body = "{ \"unknown\" : {\"b\":1,\"a\":[ ]},\n\"model\" : \"%s\" , \"seed\":12345678901234567890, \"seed\":1e2,\t\"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9 \\/ é\"}] }"
	for _, name := range []string{"chat", "alias"} {
		resp, answer := g.post(t, "/v1/chat/completions", fmt.Sprintf(body, name), "Authorization", "Bearer canary-client",
			"Cookie", "c=d", "X-Forwarded-For", "1.2.3.4", "X-Louter-Cache", "bypass", "X-Custom", "kept", "Accept", "x/y")
		if want := fmt.Sprintf(body, "chat"); got != want {
			t.Errorf("the backend got %q", got)
		}
		if answer != "{ \"odd\" : 12345678901234567890,\n\"odd\":1.0 }" || resp.Header.Get("X-Vendor") != "kept" || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("the client got %q, %v", answer, resp.Header)
		}
		for _, gone := range []string{"Cookie", "X-Forwarded-For", "X-Louter-Cache"} {
			if header.Get(gone) != "" {
				t.Errorf("%s went up", gone)
			}
		}
		if header.Get("Authorization") != "Bearer "+upstreamKey || header.Get("X-Custom") != "kept" || header.Get("Accept") != "x/y" {
			t.Errorf("headers %v", header)
		}
		if mode := resp.Header.Get("X-Louter-Mode"); mode != "passthrough" {
			t.Errorf("mode %q", mode)
		}
	}
}

// TestKeysAreAsked: no request reaches a backend without one of the keys.
func TestKeysAreAsked(t *testing.T) {
	g := run(t, answers, func(c *config.Config) { c.Auth.Keys = []config.Secret{"canary-good"} })
	for _, route := range routes(false) {
		if resp, got := g.post(t, route.path, route.body); resp.StatusCode != 401 || !strings.Contains(got, `"error"`) {
			t.Errorf("%s without a key: %d %s", route.name, resp.StatusCode, got)
		}
		if resp, _ := g.post(t, route.path, route.body, "Authorization", "Bearer wrong"); resp.StatusCode != 401 {
			t.Errorf("%s with a wrong key: %d", route.name, resp.StatusCode)
		}
		for _, header := range [][]string{{"Authorization", "Bearer canary-good"}, {"X-Goog-Api-Key", "canary-good"}} {
			if resp, got := g.post(t, route.path, route.body, header...); resp.StatusCode != 200 {
				t.Errorf("%s with %s: %d %s", route.name, header[0], resp.StatusCode, got)
			}
		}
		query := "?"
		if strings.Contains(route.path, "?") {
			query = "&"
		}
		if resp, got := g.post(t, route.path+query+"key=canary-good", route.body); resp.StatusCode != 200 {
			t.Errorf("%s with ?key=: %d %s", route.name, resp.StatusCode, got)
		}
	}
}

// TestWebSocketsAreRefusedAtOnce: reports F02.
func TestWebSocketsAreRefusedAtOnce(t *testing.T) {
	g := run(t, answers, nil)
	req, err := http.NewRequest(http.MethodGet, g.url+"/v1/responses", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	resp, err := g.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("status %d", resp.StatusCode)
	}
}
