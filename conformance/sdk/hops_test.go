package sdk_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// hops holds every body that goes to and from Louter, on both of its sides,
// against the OpenAPI files.
type hops struct {
	t       *testing.T
	schemas *compare.Schemas
	checked atomic.Int64
}

func newHops(t *testing.T) *hops {
	t.Helper()
	schemas, err := compare.NewSchemas()
	if err != nil {
		t.Fatal(err)
	}
	h := &hops{t: t, schemas: schemas}
	t.Cleanup(func() {
		if h.checked.Load() == 0 {
			t.Error("no body was checked")
		}
	})
	return h
}

func (h *hops) request(hop string, r *http.Request) {
	if r.Body == nil {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		h.t.Errorf("%s: request body: %v", hop, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.report(hop, r, h.schemas.Request(dialectOf(r), r.URL.Path, body))
}

func (h *hops) answer(hop string, r *http.Request, status int, contentType string, body []byte) {
	h.report(hop, r, h.schemas.Answer(dialectOf(r), r.URL.Path, status, contentType, body))
}

func (h *hops) report(hop string, r *http.Request, faults []string) {
	h.checked.Add(1)
	for _, fault := range faults {
		h.t.Errorf("%s %s: %s", hop, r.URL.Path, fault)
	}
}

func dialectOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/v1beta/") {
		return scenario.Gemini
	}
	return scenario.OpenAIChat
}

// watchUpstream stands between Louter and a service.
func (h *hops) watchUpstream(s *httptest.Server) {
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.request("to the backend", r)
		copied := &copyingWriter{ResponseWriter: w, status: http.StatusOK}
		inner.ServeHTTP(copied, r)
		h.answer("from the backend", r, copied.status, w.Header().Get("Content-Type"), copied.body.Bytes())
	})
}

type copyingWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *copyingWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *copyingWriter) Write(p []byte) (int, error) {
	w.body.Write(p)
	return w.ResponseWriter.Write(p)
}

func (w *copyingWriter) Flush() { w.ResponseWriter.(http.Flusher).Flush() }

// watchedTransport stands between a client and Louter.
type watchedTransport struct {
	*http.Transport
	hops *hops
}

func (w watchedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	w.hops.request("to Louter", r)
	resp, err := w.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &copiedBody{ReadCloser: resp.Body, whole: func(body []byte) {
		w.hops.answer("from Louter", r, resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}}
	return resp, nil
}

// copiedBody gives the whole body to a check once its end was read; what a
// client does not read to the end is not judged.
type copiedBody struct {
	io.ReadCloser
	copied bytes.Buffer
	whole  func([]byte)
}

func (c *copiedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.copied.Write(p[:n])
	if err == io.EOF && c.whole != nil {
		c.whole(c.copied.Bytes())
		c.whole = nil
	}
	return n, err
}
