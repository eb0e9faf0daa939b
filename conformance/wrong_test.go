package conformance_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"louter/cmd/louter/inprocess"
	"louter/conformance/compare"
	"louter/conformance/scenario"
	"louter/conformance/suite"
)

// spoiler stands in front of a right gateway and makes it wrong.
type spoiler struct {
	request, answer func([]byte) []byte
	// cut is where answers end, in bytes; 0: nowhere.
	cut int
}

func (s spoiler) Start(ctx context.Context, settings suite.Settings) (suite.Gateway, error) {
	right, err := inprocess.Louter{}.Start(ctx, settings)
	if err != nil {
		return nil, err
	}
	to, err := url.Parse(right.URL(""))
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
			if s.answer != nil {
				body = s.answer(body)
			}
			if s.cut > 0 {
				body = body[:min(s.cut, len(body))]
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			r.Header.Del("Content-Length")
			r.ContentLength = -1
			return nil
		},
	}
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if s.request != nil {
			body = s.request(body)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		proxy.ServeHTTP(w, r)
	}))
	return wrongGateway{wrong, right}, nil
}

type wrongGateway struct {
	*httptest.Server
	right suite.Gateway
}

func (w wrongGateway) URL(string) string { return w.Server.URL }

func (w wrongGateway) Stop() error {
	w.Close()
	return w.right.Stop()
}

func swap(from, to string) func([]byte) []byte {
	return func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), from, to)) }
}

// spoilt is one way of being wrong.
type spoilt struct {
	spoiler
	filter string
	pair   string
	kinds  []compare.Kind // at least these are found
}

func wrongGateways() map[string]spoilt {
	return map[string]spoilt{
		"the limit is dropped": {spoiler{request: swap(`"maxOutputTokens": 64,`, ``)}, "text-answer-*", "gemini+openaichat",
			[]compare.Kind{compare.KindGolden}},
		"passthrough drops a field": {spoiler{request: swap(`"topP": 0.9,`, ``)}, "text-answer-*", "gemini+gemini",
			[]compare.Kind{compare.KindBytes}},
		"passthrough reorders": {spoiler{request: swap(`"temperature": 0.2, "topP": 0.9`, `"topP": 0.9, "temperature": 0.2`)}, "text-answer-*", "gemini+gemini",
			[]compare.Kind{compare.KindBytes}},
		"passthrough closes up an answer": {spoiler{answer: swap(`"index": 0,`, `"index":0,`)}, "text-answer-*", "openaichat+openaichat",
			[]compare.Kind{compare.KindBytes}},
		"a text loses a word": {spoiler{answer: swap("speaks for", "speaks")}, "text-answer-*", "gemini+openaichat",
			[]compare.Kind{compare.KindText, compare.KindGolden}},
		"usage is lost": {spoiler{answer: swap(`"prompt_tokens":21`, `"prompt_tokens":0`)}, "text-answer-*", "openaichat+gemini",
			[]compare.Kind{compare.KindUsage, compare.KindGolden}},
		"a finish is another": {spoiler{answer: swap(`"STOP"`, `"MAX_TOKENS"`)}, "text-answer-*", "gemini+openaichat",
			[]compare.Kind{compare.KindFinish, compare.KindGolden}},
		"a word that no schema knows": {spoiler{answer: swap(`"role":"assistant"`, `"role":"robot"`)}, "text-answer-*", "openaichat+gemini",
			[]compare.Kind{compare.KindAnswered, compare.KindGolden}},
		"a stream is cut": {spoiler{cut: 300}, "text-stream-*", "openaichat+gemini",
			[]compare.Kind{compare.KindFailure, compare.KindGolden}},
		"a stream loses its end": {spoiler{answer: swap("data: [DONE]\n\n", "")}, "text-stream-*", "openaichat+openaichat",
			[]compare.Kind{compare.KindBytes}},
		"parallel calls share an index": {spoiler{answer: swap(`"index":1`, `"index":0`)}, "tools-parallel-stream-*", "openaichat+gemini",
			[]compare.Kind{compare.KindGolden}},
		"a call's id is lost": {spoiler{answer: swap(`call_oslo`, `call_rome`)}, "tools-parallel-stream-*", "gemini+openaichat",
			[]compare.Kind{compare.KindIDs, compare.KindGolden}},
		"an argument is another": {spoiler{answer: swap(`Oslo`, `Bonn`)}, "tools-parallel-stream-*", "gemini+openaichat",
			[]compare.Kind{compare.KindCalls, compare.KindGolden}},
		"an error is called fine": {spoiler{answer: swap(`"error"`, `"fine"`)}, "error-429-*", "openaichat+gemini",
			[]compare.Kind{compare.KindAnswered, compare.KindGolden}},
		"a broken stream looks whole": {spoiler{answer: swap(`"error"`, `"note"`)}, "stream-truncated-*", "gemini+openaichat",
			[]compare.Kind{compare.KindFailure, compare.KindGolden}},
		"a recut stream is another": {spoiler{answer: swap("wörld", "world")}, "text-stream-*", "gemini+openaichat",
			[]compare.Kind{compare.KindText, compare.KindGolden}},
		"an image is another": {spoiler{request: swap(`iVBORw0KGgo`, `iVBORw0KGgp`)}, "image-inline-*", "gemini+openaichat",
			[]compare.Kind{compare.KindGolden}},
		"the signature is another": {spoiler{answer: swap(`c2lnbmF0dXJl`, `AAAA`)}, "thinking-signature-returns-*", "openaichat+gemini",
			[]compare.Kind{compare.KindGolden}},
		"the signature is lost": {spoiler{answer: swap(`thought_signature`, `note`)}, "thinking-signature-returns-*", "openaichat+gemini",
			[]compare.Kind{compare.KindRun}},
	}
}

// TestWrongGatewaysFail: no check of the suite is one that cannot fail.
func TestWrongGatewaysFail(t *testing.T) {
	for name, wrong := range wrongGateways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases, err := scenario.Load(os.DirFS("testdata"), "testdata")
			if err != nil {
				t.Fatal(err)
			}
			results, err := suite.Run(t.Context(), suite.Options{Cases: cases, Starter: wrong.spoiler, Filter: wrong.filter})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				if r.Pair.String() != wrong.pair {
					continue
				}
				if !r.Bad() {
					t.Fatalf("%s passes", r.Case)
				}
				for _, kind := range wrong.kinds {
					if !found(r.Problems, kind) {
						t.Errorf("no problem of the kind %q in %v", kind, r.Problems)
					}
				}
				return
			}
			t.Fatal("the pair did not run")
		})
	}
}

// deaf is a gateway that takes each read of its provider for whole events.
type deaf struct{}

func (deaf) Start(ctx context.Context, settings suite.Settings) (suite.Gateway, error) {
	to, err := url.Parse(settings.UpstreamURL)
	if err != nil {
		return nil, err
	}
	between := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(to) },
		FlushInterval: -1,
		ModifyResponse: func(r *http.Response) error {
			r.Body = wholeReads{r.Body}
			return nil
		},
	})
	settings.UpstreamURL = between.URL
	right, err := inprocess.Louter{}.Start(ctx, settings)
	if err != nil {
		between.Close()
		return nil, err
	}
	return deafGateway{right, between}, nil
}

type deafGateway struct {
	suite.Gateway
	between *httptest.Server
}

func (d deafGateway) Stop() error {
	err := d.Gateway.Stop()
	d.between.Close()
	return err
}

// wholeReads forgets what does not end with an event.
type wholeReads struct{ io.ReadCloser }

func (w wholeReads) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if !bytes.HasSuffix(p[:n], []byte("\n\n")) {
		n = 0
	}
	return n, err
}

// TestBordersAreFelt: what reads whole events alone passes as recorded and
// fails when it is cut anew.
func TestBordersAreFelt(t *testing.T) {
	cases, err := scenario.Load(os.DirFS("testdata"), "testdata")
	if err != nil {
		t.Fatal(err)
	}
	for recuts, want := range map[int]bool{0: false, 2: true} {
		results, err := suite.Run(t.Context(), suite.Options{Cases: cases, Starter: deaf{}, Filter: "tools-parallel-stream-*", Recuts: recuts})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Bad() != want {
				t.Errorf("%s, recut %d times: %s %v", r.Pair, recuts, r.Outcome, r.Problems)
			}
		}
	}
}

func found(problems []compare.Problem, kind compare.Kind) bool {
	for _, p := range problems {
		if p.Kind == kind {
			return true
		}
	}
	return false
}
