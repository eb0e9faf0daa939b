package suite

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"louter/conformance/scenario"
)

const (
	waitPause = 200 * time.Millisecond
	// maxReady bounds what is read of an answer to a Ready.
	maxReady = 4 << 20
)

// Ready is what a gateway answers once it serves: some listen before they
// have read all of their configuration.
type Ready struct {
	// Path is asked for with the headers of Chat clients until it answers 200.
	Path string `toml:"path"`
	// Says are words that must all be in the answer.
	Says []string `toml:"says"`
}

// await returns once the target listens and is ready: some gateways start only
// where their provider, the replayer, does already.
func (t *Target) await(ctx context.Context, c *client) error {
	if t == nil || t.Wait == "" {
		return nil
	}
	long, err := time.ParseDuration(t.Wait)
	if err != nil {
		return err
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return fmt.Errorf("target %s: %w", t.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	for {
		err := listens(ctx, u.Host)
		if err == nil && t.Ready.Path != "" {
			err = t.ready(ctx, c)
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("target %s is not ready after %s: %w", t.Name, long, err)
		case <-time.After(waitPause):
		}
	}
}

func listens(ctx context.Context, host string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (t *Target) ready(ctx context.Context, c *client) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(t.URL, "/")+t.Ready.Path, nil)
	if err != nil {
		return err
	}
	req.Header = t.headers(scenario.Pair{Front: scenario.OpenAIChat})
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReady))
	if closing := resp.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", t.Ready.Path, resp.StatusCode)
	}
	for _, word := range t.Ready.Says {
		if !strings.Contains(string(body), word) {
			return fmt.Errorf("%s does not say %q", t.Ready.Path, word)
		}
	}
	return nil
}
