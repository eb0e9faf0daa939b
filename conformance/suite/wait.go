package suite

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"
)

const waitPause = 200 * time.Millisecond

// await returns once the target listens: some gateways start only where their
// provider, the replayer, does already.
func (t *Target) await(ctx context.Context) error {
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
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", u.Host)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("target %s does not listen after %s: %w", t.Name, long, err)
		case <-time.After(waitPause):
		}
	}
}
