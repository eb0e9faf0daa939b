// Package media fetches what a client names by URL and a backend cannot
// fetch itself: https and http, public addresses only, bounded in size and
// time. The address is checked when it is dialled, so that neither a
// redirect nor a name that changes its mind reaches the inside.
package media

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"louter/server/config"
	"louter/translate/ir"
)

// Dial opens a connection; nil stands for the guarded dialer.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Fetcher brings media inline.
type Fetcher struct {
	client   *http.Client
	maxBytes int64
}

const maxRedirects = 5

// NewFetcher builds a fetcher. It goes through no proxy: a proxy would dial
// in its stead, where the guard does not see the address.
func NewFetcher(cfg config.Media, dial Dial) *Fetcher {
	if dial == nil {
		guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithNetworks("tcp4", "tcp6"))
		dialer := &net.Dialer{Timeout: cfg.Timeout.D(),
			Control: func(network, address string, c syscall.RawConn) error { return guard.Safe(network, address, c) }}
		dial = dialer.DialContext
	}
	return &Fetcher{maxBytes: int64(cfg.MaxBytes), client: &http.Client{
		Timeout:   cfg.Timeout.D(),
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= maxRedirects {
				return errors.New("too many redirects")
			}
			return checkURL(r.URL)
		},
	}}
}

// Inline puts base64 data where the URL was. Each failure is a 400 that tells
// the client which media could not be had, and never what is inside.
func (f *Fetcher) Inline(ctx context.Context, m ir.Media) (ir.Media, error) {
	u, err := url.Parse(m.URL)
	if err != nil || checkURL(u) != nil {
		return m, refusal("only http and https URLs can be fetched", nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL, nil)
	if err != nil {
		return m, refusal("the URL cannot be requested", err)
	}
	req.Header.Set("User-Agent", "louter")
	resp, err := f.client.Do(req)
	if err != nil {
		return m, refusal("the address could not be reached, or is not a public one", withoutURL(err))
	}
	defer resp.Body.Close() //nolint:errcheck // the body was read or given up
	if resp.StatusCode != http.StatusOK {
		return m, refusal(fmt.Sprintf("the server answered with status %d", resp.StatusCode), nil)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, f.maxBytes+1))
	if err != nil {
		return m, refusal("the download broke off", withoutURL(err))
	}
	if int64(len(data)) > f.maxBytes {
		return m, refusal(fmt.Sprintf("it exceeds the limit of %d bytes", f.maxBytes), nil)
	}
	m.MIME = typeOf(m, resp.Header.Get("Content-Type"), data)
	m.Modality = ir.ModalityOf(m.MIME, m.Modality)
	m.URL, m.Data = "", base64.StdEncoding.EncodeToString(data)
	return m, nil
}

func checkURL(u *url.URL) error {
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("not an http or https URL")
	}
	return nil
}

// withoutURL takes off net/http's wrapping, which repeats the URL and with it
// any signature in its query (reports F24).
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func refusal(why string, cause error) *ir.Error {
	return &ir.Error{Kind: ir.KindInvalid, Code: "invalid_media_url",
		Message: "Media given by URL could not be fetched: " + why + ".", Cause: cause}
}

// typeOf believes the client first, then the server, then the bytes: signed
// URLs often come as octet-stream (defects 68).
func typeOf(m ir.Media, header string, data []byte) string {
	if m.MIME != "" && !strings.HasSuffix(m.MIME, "/*") {
		return m.MIME
	}
	told, _, err := mime.ParseMediaType(header)
	if err == nil && told != "application/octet-stream" && told != "binary/octet-stream" {
		return told
	}
	sniffed, _, err := mime.ParseMediaType(http.DetectContentType(data))
	if err != nil {
		return "application/octet-stream"
	}
	return sniffed
}
