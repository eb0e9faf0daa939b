package suite

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// patience bounds one exchange, so that a gateway that hangs fails its case
// and not the run.
const patience = 20 * time.Second

// client is what asks gateways.
type client struct{ http.Client }

func newClient() *client {
	return &client{http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}}
}

func (c *client) close() { c.CloseIdleConnections() }

// ask sends a filled request. A connection that breaks is part of the answer.
func (c *client) ask(ctx context.Context, url string, r scenario.Request, auth http.Header) (compare.Answered, error) {
	sent := r.Body
	if r.Gzip {
		var err error
		if sent, err = squeeze(r.Body); err != nil {
			return compare.Answered{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, url+r.Target, bytes.NewReader(sent))
	if err != nil {
		return compare.Answered{}, err
	}
	if r.Gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	if len(r.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, from := range []http.Header{auth, r.Header} {
		for name, values := range from {
			req.Header[name] = values
		}
	}
	resp, err := c.Do(req)
	if err != nil {
		return compare.Answered{}, err
	}
	body, err := readBody(resp)
	a := compare.Answered{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if err != nil {
		a.Broken = "the connection broke"
	}
	return a, resp.Body.Close()
}

// readBody gives the body as the client's program sees it.
func readBody(resp *http.Response) ([]byte, error) {
	if resp.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(resp.Body)
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func squeeze(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(body)
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
}
