package media

import (
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"louter/server/config"
	"louter/translate/ir"
)

var limits = config.Media{Fetch: true, MaxBytes: 1000, Timeout: config.Duration(5 * time.Second)}

func serveMedia(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/typed":
		w.Header().Set("Content-Type", "image/webp")
		_, _ = w.Write([]byte("webp"))
	case "/untyped": // a signed URL: defects 68
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write([]byte("%PDF-1.7 x"))
	case "/large":
		_, _ = w.Write(make([]byte, 2000))
	case "/gone":
		w.WriteHeader(http.StatusNotFound)
	case "/loop":
		http.Redirect(w, r, "/loop", http.StatusFound)
	case "/inside":
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	}
}

func TestInline(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(serveMedia))
	defer up.Close()
	f := NewFetcher(limits, (&net.Dialer{}).DialContext)
	for path, want := range map[string]ir.Media{
		"/typed":   {Modality: ir.ModalityImage, MIME: "image/webp", Data: base64.StdEncoding.EncodeToString([]byte("webp"))},
		"/untyped": {Modality: ir.ModalityPDF, MIME: "application/pdf", Data: base64.StdEncoding.EncodeToString([]byte("%PDF-1.7 x"))},
	} {
		if got, err := f.Inline(t.Context(), ir.Media{URL: up.URL + path, Modality: ir.ModalityImage}); err != nil || got != want {
			t.Errorf("%s: %v %+v", path, err, got)
		}
	}
	for _, path := range []string{"/large", "/gone", "/loop", "/inside"} {
		refused(t, f, up.URL+path+"?signature=canary")
	}
}

func refused(t *testing.T, f *Fetcher, url string) {
	t.Helper()
	_, err := f.Inline(t.Context(), ir.Media{URL: url})
	var e *ir.Error
	if !errors.As(err, &e) || e.Kind != ir.KindInvalid {
		t.Errorf("%s: %v", url, err)
		return
	}
	if strings.Contains(err.Error(), "canary") { // reports F24
		t.Errorf("the URL is told: %v", err)
	}
}

// TestInsideIsOutOfReach: the guard looks at the address that is dialled.
func TestInsideIsOutOfReach(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(serveMedia))
	defer up.Close()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(up.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	f := NewFetcher(limits, nil)
	for _, url := range []string{
		up.URL + "/typed", "http://localhost:" + port + "/typed", "http://2130706433:" + port + "/typed", "http://0x7f.1:" + port + "/typed",
		"http://[::1]:" + port + "/typed", "http://[::ffff:127.0.0.1]:" + port + "/typed", "http://0.0.0.0:" + port + "/typed",
		"http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://192.168.1.1/", "http://[fd00::1]/", "http://100.64.0.1/",
		"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://h/", "//h/x", "http://",
	} {
		refused(t, f, url)
	}
}
