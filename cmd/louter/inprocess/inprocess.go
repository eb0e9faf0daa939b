// Package inprocess starts Louter inside the conformance suite's process: the
// one place where the judge meets the judged.
package inprocess

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pelletier/go-toml/v2"

	"louter/conformance/scenario"
	"louter/conformance/suite"
	"louter/server"
	"louter/server/config"
	"louter/translate"
)

// UpstreamKey is the credential that the gateway shows the replayer.
const UpstreamKey = "replay-key"

// Louter starts a gateway per run.
type Louter struct{}

var _ suite.Starter = Louter{}

// protocols by the suite's names of dialects.
var protocols = map[string]string{scenario.Gemini: "gemini", scenario.OpenAIChat: "openai"}

// Start builds a gateway with one backend, named like its protocol, from the
// settings' keys over the suite's own.
func (Louter) Start(_ context.Context, s suite.Settings) (suite.Gateway, error) {
	tree := map[string]any{
		"listen": "127.0.0.1:0",
		"drain":  map[string]any{"delay": "0s", "timeout": "1s"},
		// A case that is about trying again says so.
		"retry": map[string]any{"attempts": 1},
		"backends": map[string]any{protocols[s.Back]: map[string]any{
			"protocol": protocols[s.Back], "url": s.UpstreamURL, "api_key": UpstreamKey,
		}},
	}
	if err := merge(tree, s.Config, protocols[s.Back]); err != nil {
		return nil, err
	}
	text, err := toml.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	text = bytes.ReplaceAll(text, []byte("{{upstream}}"), []byte(s.UpstreamURL))
	cfg, problems := config.Parse("case.toml [gateway]", text, config.Environment{})
	if config.Broken(problems) {
		var all []error
		for _, p := range problems {
			all = append(all, errors.New(p.String()))
		}
		return nil, errors.Join(all...)
	}
	cfg.AdminListen = "" // gateways run side by side
	app, err := server.New(cfg, server.Options{Mint: fixedMint(), DialMedia: dialMedia(s.Media)})
	if err != nil {
		return nil, err
	}
	if err := app.Start(); err != nil {
		return nil, err
	}
	return &gateway{app}, nil
}

// merge lays the case's tables over the suite's. A case may say something of
// both backends; the one that is not asked in this run is left out.
func merge(into, from map[string]any, back string) error {
	for key, value := range from {
		if key == "backends" {
			all, ok := value.(map[string]any)
			if !ok {
				return errors.New("gateway.backends is no table")
			}
			kept := map[string]any{}
			for name, b := range all {
				if name == back || name != "openai" && name != "gemini" {
					kept[name] = b
				}
			}
			value = kept
		}
		deeper, isTable := value.(map[string]any)
		if known, ok := into[key].(map[string]any); ok && isTable {
			if err := merge(known, deeper, back); err != nil {
				return err
			}
			continue
		}
		into[key] = value
	}
	return nil
}

// fixedMint numbers identifiers and stops the clock, so that goldens are the
// same in every run.
func fixedMint() *translate.Mint {
	var n atomic.Int64
	return &translate.Mint{
		ID:  func(prefix string) string { return prefix + "minted" + strconv.FormatInt(n.Add(1), 10) },
		Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	}
}

// dialMedia reaches the suite's media under their public name, and nothing
// else.
func dialMedia(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, wanted string) (net.Conn, error) {
		if wanted != net.JoinHostPort(suite.MediaHost, "80") {
			return nil, fmt.Errorf("%s is not a public address", wanted)
		}
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
}

type gateway struct{ app *server.App }

func (g *gateway) URL(string) string { return "http://" + g.app.Addr() }

func (g *gateway) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return g.app.Stop(ctx)
}
