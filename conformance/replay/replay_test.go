package replay

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"louter/conformance/scenario"
)

func ask(t *testing.T, method, url, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

func start(t *testing.T, dialect string) *Server {
	t.Helper()
	s, err := Start(dialect, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func answer(t *testing.T, text string) scenario.Answer {
	t.Helper()
	a, err := scenario.ParseAnswer([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const stream = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n: +1ms cut 9+1ms\ndata: {\"a\":1}\n\ndata: {\"b\":2}\n"

func TestCasesAreToldApartByModel(t *testing.T) {
	s := start(t, scenario.OpenAIChat)
	for _, model := range []string{"one", "two"} {
		session, err := s.Open(model, []scenario.Answer{answer(t, "HTTP/1.1 200 OK\n\n{\"i\":\""+model+"\"}"), answer(t, "HTTP/1.1 503 x\n\n{}")}, Cuts{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if arrived := session.Close(); len(arrived) != 3 || arrived[0].Target != "/v1/chat/completions" {
				t.Errorf("arrived %+v", arrived)
			}
		}()
		for i, want := range []int{200, 503, 503} {
			status, body, err := ask(t, "POST", s.URL()+"/v1/chat/completions", `{"model":"prefix/`+model+`"}`)
			if err != nil || status != want || i == 0 && !strings.Contains(body, model) {
				t.Errorf("%s, request %d: %d %s %v", model, i, status, body, err)
			}
		}
	}
	if _, err := s.Open("one", nil, Cuts{}); err == nil {
		t.Error("one model has two sessions")
	}
	if status, _, err := ask(t, "POST", s.URL()+"/v1/chat/completions", `{"model":"three"}`); status != 501 || err != nil || len(s.Strays()) != 1 {
		t.Errorf("a stray got %d, %v; strays %q", status, err, s.Strays())
	}
}

// TestStreamsKeepTheirBytesHoweverTheyAreCut, as SSE and as an array.
func TestStreamsKeepTheirBytesHoweverTheyAreCut(t *testing.T) {
	for target, want := range map[string]string{
		"/v1beta/models/m:streamGenerateContent?alt=sse": "data: {\"a\":1}\n\ndata: {\"b\":2}\n\n",
		"/v1beta/models/m:streamGenerateContent":         "[{\"a\":1}\n,\r\n{\"b\":2}\n]",
	} {
		for seed := range uint64(5) {
			s := start(t, scenario.Gemini)
			if _, err := s.Open("m", []scenario.Answer{answer(t, stream)}, Cuts{Seed: seed}); err != nil {
				t.Fatal(err)
			}
			if status, got, err := ask(t, "POST", s.URL()+target, "{}"); status != 200 || got != want || err != nil {
				t.Errorf("%s, seed %d: %d %q %v", target, seed, status, got, err)
			}
		}
	}
}

func TestAbortBreaksTheConnection(t *testing.T) {
	for seed := range uint64(2) {
		s := start(t, scenario.Gemini)
		if _, err := s.Open("m", []scenario.Answer{answer(t, stream+"\n: abort\n")}, Cuts{Seed: seed}); err != nil {
			t.Fatal(err)
		}
		_, got, err := ask(t, "POST", s.URL()+"/v1beta/models/m:streamGenerateContent?alt=sse", "{}")
		if err == nil || !strings.Contains(got, `{"b":2}`) {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

func TestListsOfModels(t *testing.T) {
	for dialect, want := range map[string]string{scenario.Gemini: `"name":"models/m"`, scenario.OpenAIChat: `"id":"m"`} {
		s := start(t, dialect)
		s.List([]string{"m"})
		if status, got, err := ask(t, "GET", s.URL()+"/v1/models", ""); status != 200 || !strings.Contains(got, want) || err != nil {
			t.Errorf("%d %s %v", status, got, err)
		}
	}
}

func TestMediaAreServed(t *testing.T) {
	m, err := StartMedia(fstest.MapFS{"a.png": {Data: []byte("png")}}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for query, want := range map[string]int{"/a.png": 200, "/a.png?type=image/x": 200, "/a.png?status=404": 404, "/b.png": 404} {
		if status, _, err := ask(t, "GET", "http://"+m.Address()+query, ""); status != want || err != nil {
			t.Errorf("%s: %d %v", query, status, err)
		}
	}
	if _, err := StartMedia(os.DirFS("."), "256.0.0.1:1"); err == nil {
		t.Error("an impossible address is no fault")
	}
}
