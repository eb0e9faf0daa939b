package backend

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"louter/server/config"
	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
)

// Speaks is what a protocol needs besides its translator to be spoken upstream.
type Speaks struct {
	translate.Protocol
	// Authorize puts Louter's key into a request in the protocol's own way.
	Authorize func(h http.Header, host, key string)
	// Finished says whether a frame of a stream ends it well, so that a
	// clean end of a broken stream is seen on pass-through, too (promise 2).
	Finished func(payload []byte) bool
}

// Fetcher brings media that a backend cannot fetch itself.
type Fetcher interface {
	// Inline puts base64 data where the URL was, or fails with an *ir.Error.
	Inline(ctx context.Context, m ir.Media) (ir.Media, error)
}

// Options are what all backends share.
type Options struct {
	Config  *config.Config
	Mint    translate.Mint
	Fetcher Fetcher // nil: media is never fetched
	Seals   *Seals
	// Check looks at a request that is about to be translated; nil: no check.
	Check func(*exchange.Exchange) error
	Trace Trace
}

// Backend is one service that answers.
type Backend struct {
	cfg       *config.Backend
	shared    Options
	speaks    Speaks
	back      translate.Back
	base      *url.URL
	transport *http.Transport
	edits     translate.Edits
}

// New builds a backend; it opens no connection.
func New(cfg *config.Backend, speaks Speaks, shared Options) (*Backend, error) {
	base, err := cfg.BaseURL()
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", cfg.Name, err)
	}
	back, err := speaks.NewBack(translate.BackOptions{
		Profile: cfg.Profile, Host: base.Hostname(), Quirks: cfg.Quirks,
		MaxTokensField: cfg.MaxTokensField, ToolFormat: cfg.ToolFormat,
	})
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", cfg.Name, err)
	}
	transport, err := newTransport(cfg)
	if err != nil {
		return nil, err
	}
	return &Backend{
		cfg: cfg, shared: shared, speaks: speaks, back: back, base: base,
		transport: transport, edits: editsOf(cfg, shared.Config),
	}, nil
}

// Close ends idle connections.
func (b *Backend) Close() { b.transport.CloseIdleConnections() }

// Ask sends the exchange to this backend, whose name for the model is given.
func (b *Backend) Ask(ctx context.Context, x *exchange.Exchange, model string) (*exchange.Reply, error) {
	x.Outcome.Backend, x.Outcome.Model = b.cfg.Name, model
	if b.passes(x) {
		x.Outcome.Mode = exchange.ModePassthrough
		return b.pass(ctx, x, model)
	}
	x.Outcome.Mode = exchange.ModeConvert
	if x.Call.Operation != translate.OpGenerate {
		return nil, &ir.Error{Kind: ir.KindUnsupported, Message: fmt.Sprintf(
			"%s %s only passes through to a backend that speaks %q, and %q speaks %q.",
			x.Call.Method, x.Call.Path, x.Front.Name, b.cfg.Name, b.speaks.Name)}
	}
	return b.convert(ctx, x, model)
}

// passes says whether the bytes may go through. Tool calls written as text
// are read out of the answer, so such answers are translated even within one
// protocol.
func (b *Backend) passes(x *exchange.Exchange) bool {
	return x.Front.Name == b.speaks.Name &&
		(b.cfg.ToolFormat != "xml" || x.Call.Operation != translate.OpGenerate)
}

// editsOf: the backend's own instruction wins over the global one; a whole
// replacement wins over both.
func editsOf(b *config.Backend, c *config.Config) translate.Edits {
	e := translate.Edits{
		System:      c.Performance.OverrideSystemInstruction,
		Instruction: b.CustomInstruction, Mode: b.CustomInstructionMode,
		AllowedTools: c.Performance.AllowedTools, MaxTurns: c.Performance.MaxConversationTurns,
		MaxTokens: b.MaxTokens, MaxTokensField: b.MaxTokensField,
		Temperature: b.Temperature, Override: b.TemperatureOverride,
	}
	if e.Instruction == "" {
		e.Instruction, e.Mode = c.CustomInstructions, "append"
	}
	return e
}
