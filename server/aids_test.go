package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"louter/server/config"
)

// capture answers and keeps what the backend was asked.
func capture(got *string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		*got = string(b)
		w.Header().Set("Content-Type", "application/json")
		say(w, whole(r))
	}
}

const (
	chatTalk = `{ "model":"%", "messages":[{"role":"system","content":"own"},{"role":"user","content":"one"},{"role":"assistant","content":"1"},{"role":"user","content":"two"}],` +
		` "temperature":0.3, "unknown":  12345678901234567890, "tools":[{"type":"function","function":{"name":"good"}},{"type":"function","function":{"name":"bad"}}]}`
	geminiTalk = `{ "systemInstruction":{"parts":[{"text":"own"}]}, "contents":[{"role":"user","parts":[{"text":"one"}]},{"role":"model","parts":[{"text":"1"}]},{"role":"user","parts":[{"text":"two"}]}],` +
		` "generationConfig":{"temperature":0.3}, "tools":[{"functionDeclarations":[{"name":"good"},{"name":"bad"}]}]}`
)

// TestAidsWorkInBothModes: the instructions and small-model aids of the
// configuration are on the live path, whether bytes pass or are translated.
func TestAidsWorkInBothModes(t *testing.T) {
	var got string
	temperature := 0.0
	g := run(t, capture(&got), func(c *config.Config) {
		c.Performance.AllowedTools = []string{"good"}
		c.Performance.MaxConversationTurns = 1
		for _, b := range c.Backends {
			b.CustomInstruction, b.CustomInstructionMode = "added", "prepend"
			b.MaxTokens, b.Temperature, b.TemperatureOverride = 77, &temperature, true
		}
	})
	for _, c := range []struct{ path, body, mode string }{
		{"/v1/chat/completions", strings.Replace(chatTalk, "%", "chat", 1), "passthrough"},
		{"/v1/chat/completions", strings.Replace(chatTalk, "%", "gem", 1), "convert"},
		{"/v1beta/models/gem:generateContent", geminiTalk, "passthrough"},
		{"/v1beta/models/chat:generateContent", geminiTalk, "convert"},
	} {
		resp, answer := g.post(t, c.path, c.body)
		if resp.StatusCode != 200 || resp.Header.Get("X-Louter-Mode") != c.mode {
			t.Errorf("%s: %d %s %s", c.path, resp.StatusCode, resp.Header.Get("X-Louter-Mode"), answer)
			continue
		}
		added, own := strings.Index(got, "added"), strings.Index(got, "own")
		if added < 0 || own < added || !strings.Contains(got, "77") || strings.Contains(got, "0.3") || !strings.Contains(got, "good") ||
			strings.Contains(got, "bad") || strings.Contains(got, "one") || !strings.Contains(got, "two") {
			t.Errorf("%s, %s: the backend got %s", c.path, c.mode, got)
		}
		if c.mode == "passthrough" && strings.Contains(c.body, "unknown") && !strings.Contains(got, `"unknown":  12345678901234567890`) {
			t.Errorf("more than the edits changed: %s", got)
		}
	}
}

// TestLossesAreTold: promise 3, in a header, and as a refusal under strict.
func TestLossesAreTold(t *testing.T) {
	var got string
	const body = `{"model":"gem","messages":[{"role":"user","content":"x"}],"logit_bias":{"1":2},"unheard_of":1}`
	g := run(t, capture(&got), nil)
	resp, answer := g.post(t, "/v1/chat/completions", body)
	if told := resp.Header.Get("X-Louter-Dropped"); resp.StatusCode != 200 || !strings.Contains(told, "logit_bias") || !strings.Contains(told, "unheard_of") {
		t.Errorf("%d %q %s", resp.StatusCode, told, answer)
	}
	strict := run(t, capture(&got), func(c *config.Config) { c.Strict = true })
	if resp, answer := strict.post(t, "/v1/chat/completions", body); resp.StatusCode != 400 || !strings.Contains(answer, "logit_bias") {
		t.Errorf("strict: %d %s", resp.StatusCode, answer)
	}
	if resp, answer := strict.post(t, "/v1/chat/completions", `{"model":"gem","messages":[{"role":"user","content":"x"}],"temperature":0}`); resp.StatusCode != 200 {
		t.Errorf("strict refuses what can be carried: %d %s", resp.StatusCode, answer)
	}
}

// TestRequestsAreValidatedOnWish: by pointer, and without the client's content.
func TestRequestsAreValidatedOnWish(t *testing.T) {
	g := run(t, answers, func(c *config.Config) { c.Validate.Requests = true })
	for path, body := range map[string]string{
		"/v1/chat/completions":                `{"model":"gem","messages":[{"role":"user","content":"x"}],"reasoning_effort":"odd-effort"}`,
		"/v1beta/models/chat:generateContent": `{"contents":[{"role":"user","parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":"odd-mode"}}}`,
	} {
		resp, answer := g.post(t, path, body)
		if resp.StatusCode != 400 || strings.Contains(answer, "odd-") || !strings.Contains(answer, "reasoning_effort") && !strings.Contains(answer, "functionCallingConfig.mode") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, answer)
		}
	}
	for _, route := range routes(false) {
		if resp, answer := g.post(t, route.path, route.body); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", route.name, resp.StatusCode, answer)
		}
	}
}

// TestCallsInTextAreRead: tool_format = "xml" reads the answer even where
// both sides speak Chat.
func TestCallsInTextAreRead(t *testing.T) {
	g := run(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		say(w, `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"<tool_call>\n{\"name\":\"f\",\"arguments\":{\"x\":1}}\n</tool_call>"},"finish_reason":"stop"}]}`)
	}, func(c *config.Config) { c.Backends["openai"].ToolFormat = "xml" })
	_, answer := g.post(t, "/v1/chat/completions", `{"model":"chat","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}`)
	if !strings.Contains(answer, `"name":"f"`) || !strings.Contains(answer, `"finish_reason":"tool_calls"`) {
		t.Error(answer)
	}
}

// TestCrossOrigin: reports F15.
func TestCrossOrigin(t *testing.T) {
	g := run(t, answers, func(c *config.Config) {
		c.CORS.Origins = []string{"https://app.example"}
		c.Auth.Keys = []config.Secret{"canary-good"}
	})
	req, err := http.NewRequest(http.MethodOptions, g.url+"/v1/chat/completions", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://app.example")
	req.Header.Set("Access-Control-Request-Method", "POST")
	req.Header.Set("Access-Control-Request-Headers", "authorization,x-stainless-os")
	resp, err := g.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Headers") != "authorization,x-stainless-os" || resp.Header.Get("Access-Control-Allow-Origin") != "https://app.example" {
		t.Errorf("preflight: %d %v", resp.StatusCode, resp.Header)
	}
	refused, _ := g.post(t, "/v1/chat/completions", `{}`, "Origin", "https://app.example")
	if refused.StatusCode != 401 || refused.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("an error without the headers: %d %v", refused.StatusCode, refused.Header)
	}
	if other, _ := g.post(t, "/v1/chat/completions", `{}`, "Origin", "https://evil.example"); other.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("another origin is allowed")
	}
}
