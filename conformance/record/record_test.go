package record_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"louter/conformance/record"
	"louter/conformance/replay"
	"louter/conformance/scenario"
)

var day = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func clock() func() time.Time {
	now := day
	return func() time.Time { now = now.Add(20 * time.Millisecond); return now }
}

const (
	caseToml = "why = 'It is recorded.'\n"
	client   = "POST /v1/chat/completions\n\n{\"model\": \"{{model}}\", \"stream\": true}\n"
)

func write(t *testing.T, files map[string]string) (string, []*scenario.Case) {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := scenario.Load(os.DirFS(root), root)
	if err != nil {
		t.Fatal(err)
	}
	return root, cases
}

func run(t *testing.T, url string, cases []*scenario.Case) error {
	t.Helper()
	return record.Run(t.Context(), cases, record.Options{
		Services: map[string]record.Service{scenario.OpenAIChat: {URL: url, Key: "sk-canary-key-1234567890", Model: "gpt-real"}},
		Client:   http.DefaultClient, Now: clock(), Done: func(string, string) {},
	})
}

// TestARecordingCanBeReplayedAndRecordedAgain: bytes and borders survive.
func TestARecordingCanBeReplayedAndRecordedAgain(t *testing.T) {
	for name, head := range map[string]string{"LF": "", "CRLF": "Replay: crlf\n"} {
		t.Run(name, func(t *testing.T) {
			upstream := "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n" + head +
				"\n: +20ms cut 20+30ms\ndata: {\"choices\":[{\"delta\":{\"content\":\"wörld\"}}]}\n\n: KEEPALIVE\n\ndata: [DONE]\n\n"
			root, cases := write(t, map[string]string{
				"streams/case.toml": caseToml, "streams/client.openaichat.http": client, "streams/upstream.openaichat.http": upstream,
			})
			service, err := replay.Start(scenario.OpenAIChat, replay.Options{Unit: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer service.Close()
			first := cases[0].Upstreams[scenario.OpenAIChat]
			session, err := service.Open("gpt-real", first, replay.Cuts{})
			if err != nil {
				t.Fatal(err)
			}
			if err := run(t, service.URL(), cases); err != nil {
				t.Fatal(err)
			}
			arrived := session.Close()
			if len(arrived) != 1 || !strings.Contains(string(arrived[0].Body), `"gpt-real"`) {
				t.Fatalf("the service was asked %v", arrived)
			}
			again, err := scenario.Load(os.DirFS(root), root)
			if err != nil {
				t.Fatal(err)
			}
			second := again[0].Upstreams[scenario.OpenAIChat][0]
			if got, want := string(second.Body()), string(first[0].Body()); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if second.Steps[0].Cut != first[0].Steps[0].Cut {
				t.Errorf("the border is at %d, was at %d", second.Steps[0].Cut, first[0].Steps[0].Cut)
			}
			if second.Recorded != "2026-03-04 gpt-real" {
				t.Errorf("stamped %q", second.Recorded)
			}
		})
	}
}

func TestSecretsAreNotRecorded(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Openai-Organization", "canary-org")
		w.Header().Set("Set-Cookie", "canary=1")
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write([]byte(`{"echo":"` + r.Header.Get("Authorization") + `","org":"org-canaryABCDEF123","other":"AIzacanaryCANARYcanary1234567"}`)); err != nil {
			t.Error(err)
		}
	}))
	defer service.Close()
	root, cases := write(t, map[string]string{
		"whole/case.toml": caseToml, "whole/client.openaichat.http": client, "whole/upstream.openaichat.http": "HTTP/1.1 200 OK\n\n{}\n",
	})
	if err := run(t, service.URL, cases); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "whole", "upstream.openaichat.http"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(string(text)), "canary") || !strings.Contains(string(text), `"Bearer REDACTED"`) {
		t.Errorf("got %s", text)
	}
}

// TestOnlyUpstreamFilesAreWritten, and those only where the service answered
// as the case wants.
func TestOnlyUpstreamFilesAreWritten(t *testing.T) {
	status := http.StatusOK
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }))
	defer service.Close()
	files := map[string]string{
		"one/case.toml": caseToml, "one/client.openaichat.http": client, "one/upstream.openaichat.http": "HTTP/1.1 200 OK\n\n{}\n",
		"one/golden/gemini+openaichat.txtar": "", "one/client.gemini.http": "POST /v1beta/models/{{model}}:generateContent\n\n{}\n",
		"refused/case.toml": "why = 'x'\nrefused = true\nstatus = 400\n", "refused/client.openaichat.http": client,
	}
	root, cases := write(t, files)
	if err := run(t, service.URL, cases); err != nil {
		t.Fatal(err)
	}
	changed := 0
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if want, known := files[name]; !known || want != string(text) {
			changed++
			if name != "one/upstream.openaichat.http" {
				t.Errorf("%s was written", name)
			}
		}
		return err
	})
	if err != nil || changed != 1 {
		t.Fatalf("%d files changed, %v", changed, err)
	}
	status = http.StatusTooManyRequests
	if err := run(t, service.URL, cases); err == nil || !strings.Contains(err.Error(), "answered 429, the case wants 200") {
		t.Fatalf("got %v", err)
	}
}
