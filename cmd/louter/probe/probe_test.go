package probe_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"louter/cmd/louter/probe"
	"louter/conformance/strict"
	"louter/server/config"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

func configured(protocol, url string, capabilities ...string) *config.Config {
	cfg := config.Default()
	b := config.DefaultBackend("b")
	b.Protocol, b.URL, b.APIKey, b.Capabilities = protocol, url, strict.Key, capabilities
	b.ModelMapping = map[string]string{"any-*": "gpt-5-mini"}
	if protocol == config.ProtocolGemini {
		b.ModelMapping = map[string]string{"gemini-2.5-flash": "*"}
	}
	cfg.Backends["b"] = b
	return cfg
}

func options() probe.Options {
	return probe.Options{Timeout: 10 * time.Second, Media: os.DirFS("../../../conformance/testdata/media")}
}

// TestTheStrictServicesTakeEveryQuestion: what is asked is what the real
// services take, through either protocol, one request for each capability.
func TestTheStrictServicesTakeEveryQuestion(t *testing.T) {
	chat, err := strict.NewChat()
	if err != nil {
		t.Fatal(err)
	}
	defer chat.Close()
	gemini, err := strict.NewGemini()
	if err != nil {
		t.Fatal(err)
	}
	defer gemini.Close()
	for _, c := range []struct {
		protocol     string
		service      *strict.Service
		capabilities []string
	}{
		{config.ProtocolOpenAI, chat, []string{"text", "vision", "audio", "pdf", "function_calling"}},
		{config.ProtocolGemini, gemini, nil},
	} {
		cfg := configured(c.protocol, c.service.URL, c.capabilities...)
		// None of these is for the probe: it asks the backend, not the configuration.
		cfg.Auth.Keys = []config.Secret{"client-key"}
		cfg.CustomInstructions, cfg.Performance.AllowedTools, cfg.AdminListen = "Speak Latin.", []string{"none"}, "127.0.0.1:1"
		told := 0
		o := options()
		o.Done = func(probe.Result) { told++ }
		results, err := probe.Backend(t.Context(), cfg, "b", o)
		if err != nil {
			t.Fatal(err)
		}
		want := c.capabilities
		if want == nil {
			want = []string{"text", "vision", "audio", "video", "pdf", "function_calling"}
		}
		if len(results) != len(want) || told != len(want) || len(c.service.Requests()) != len(want) {
			t.Errorf("%s: %d results, %d told, %d requests", c.protocol, len(results), told, len(c.service.Requests()))
		}
		for i, r := range results {
			verdict := probe.Answers // these services say what they were given, not what is on it
			if r.Capability == "text" || r.Capability == "function_calling" {
				verdict = probe.Works
			}
			if r.Capability != want[i] || r.Verdict != verdict || r.Took <= 0 {
				t.Errorf("%s: %+v, want %s", c.protocol, r, verdict)
			}
		}
		for _, request := range c.service.Requests() {
			if strings.Contains(request.Raw, "Latin") {
				t.Errorf("the configuration's instructions were sent: %s", request.Raw)
			}
		}
	}
}

func says(text string) string {
	return fmt.Sprintf(`{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, text)
}

// TestWhatABackendCannotDoIsFound, each in its way, and without waiting for
// another request to find it.
func TestWhatABackendCannotDoIsFound(t *testing.T) {
	refuse := func(status int, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"error":{"message":%q,"type":"invalid_request_error","code":null}}`, message)
		}
	}
	answer := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, says(text))
		}
	}
	for _, c := range []struct {
		name, capability string
		backend          http.HandlerFunc
		want             probe.Verdict
		detail           string
	}{
		{"right", "text", answer("It is Paris."), probe.Works, ""},
		{"sees", "vision", answer("RED"), probe.Works, ""},
		{"wrong", "text", answer("London,\n\tI think"), probe.Answers, "it said: London, I think"},
		{"guesses", "vision", answer("Blue"), probe.Answers, "Blue"},
		{"refuses pictures", "vision", refuse(400, "This model does not support image input."), probe.Fails, "400: This model does not support image input."},
		{"calls nothing", "function_calling", answer("It is sunny."), probe.Fails, "called no function and said: It is sunny."},
		{"says nothing", "text", answer(""), probe.Fails, "empty"},
		{"is down", "text", refuse(503, "later"), probe.Fails, "503: later"},
		{"refuses the key", "text", refuse(401, "bad key "+strict.Key), probe.Fails, "502: The backend refused"},
		{"no way to say it", "video", answer("red"), probe.Fails, "video"},
	} {
		t.Run(c.name, func(t *testing.T) {
			up := httptest.NewServer(c.backend)
			defer up.Close()
			cfg := configured(config.ProtocolOpenAI, up.URL, c.capability)
			cfg.Retry.Attempts = 1
			results, err := probe.Backend(t.Context(), cfg, "b", options())
			if err != nil || len(results) != 1 {
				t.Fatalf("%+v, %v", results, err)
			}
			if r := results[0]; r.Verdict != c.want || !strings.Contains(r.Detail, c.detail) || strings.Contains(r.Detail, strict.Key) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestABackendThatIsSilentFailsInTime, and one that may not be asked any more
// ends the probe.
func TestABackendThatIsSilentFailsInTime(t *testing.T) {
	arrived := make(chan struct{}, 1)
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		select {
		case arrived <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	}))
	defer up.Close()
	o := options()
	o.Timeout = 100 * time.Millisecond
	cfg := configured(config.ProtocolOpenAI, up.URL, "text", "vision")
	results, err := probe.Backend(t.Context(), cfg, "b", o)
	if err != nil || len(results) != 2 || results[1].Verdict != probe.Fails || !strings.Contains(results[1].Detail, "no answer within 100ms") {
		t.Errorf("%+v, %v", results, err)
	}
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if results, err := probe.Backend(ctx, cfg, "b", options()); !errors.Is(err, context.Canceled) || len(results) != 0 {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestTheModelIsTheMappings, or the one that is named.
func TestTheModelIsTheMappings(t *testing.T) {
	chat, err := strict.NewChat()
	if err != nil {
		t.Fatal(err)
	}
	defer chat.Close()
	for _, c := range []struct {
		mapping     map[string]string
		named, want string
		fault       string
	}{
		{map[string]string{"a": "gpt-5-mini"}, "", "gpt-5-mini", ""},
		{map[string]string{"gpt-5-mini": "*"}, "", "gpt-5-mini", ""},
		{map[string]string{"*": "*", "gpt-5": "*"}, "", "gpt-5", ""},
		{map[string]string{"*": "*"}, "gpt-5-mini", "gpt-5-mini", ""},
		{map[string]string{"*": "*"}, "", "", "--model"},
		{nil, "", "", "--model"},
		{map[string]string{"a": "b"}, "c", "", "does not serve"},
	} {
		cfg := configured(config.ProtocolOpenAI, chat.URL, "text")
		cfg.Backends["b"].ModelMapping = c.mapping
		o := options()
		o.Model = c.named
		results, err := probe.Backend(t.Context(), cfg, "b", o)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%v: %v", c.mapping, err)
			}
			continue
		}
		sent := chat.Requests()
		if err != nil || len(results) != 1 || results[0].Model != c.want || sent[len(sent)-1].Get("model").String() != c.want {
			t.Errorf("%v: %+v, %v", c.mapping, results, err)
		}
	}
}
