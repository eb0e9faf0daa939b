package telemetry

import (
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"louter/server/config"
	"louter/translate"
)

// Peers are the backends of one configuration as spans and figures name them.
type Peers map[string]*peer

type peer struct {
	provider   string
	operations map[translate.Operation]string
	address    []attribute.KeyValue
	cfg        *config.Backend
}

// providers are the conventions' well-known values, by the end of a host's
// name. Other hosts get that of the API they speak, as the conventions say.
var providers = []struct{ suffix, name string }{
	{"api.openai.com", "openai"},
	{"openai.azure.com", "azure.ai.openai"},
	{"services.ai.azure.com", "azure.ai.inference"},
	{"api.groq.com", "groq"},
	{"api.mistral.ai", "mistral_ai"},
	{"api.deepseek.com", "deepseek"},
	{"api.x.ai", "x_ai"},
	{"generativelanguage.googleapis.com", "gcp.gemini"},
	{"aiplatform.googleapis.com", "gcp.vertex_ai"},
}

// spoken is what a protocol is called, and what it calls its operations. A
// name that the conventions do not know is Louter's own, which they allow.
var spoken = map[string]struct {
	provider   string
	operations map[translate.Operation]string
}{
	config.ProtocolOpenAI: {"openai", map[translate.Operation]string{
		translate.OpGenerate: "chat", translate.OpEmbed: "embeddings", translate.OpCountTokens: "count_tokens",
	}},
	config.ProtocolGemini: {"gcp.gemini", map[translate.Operation]string{
		translate.OpGenerate: "generate_content", translate.OpEmbed: "embeddings", translate.OpCountTokens: "count_tokens",
	}},
}

// NewPeers reads what is told of each backend.
func NewPeers(cfg *config.Config) Peers {
	all := Peers{}
	for name, b := range cfg.Backends {
		says := spoken[b.Protocol]
		p := &peer{provider: says.provider, operations: says.operations, cfg: b}
		if u, err := b.BaseURL(); err == nil { // a configuration with another is never served
			for _, known := range providers {
				if u.Hostname() == known.suffix || strings.HasSuffix(u.Hostname(), "."+known.suffix) {
					p.provider = known.name
				}
			}
			p.address = []attribute.KeyValue{attribute.String(keyAddress, u.Hostname()), attribute.Int(keyPort, portOf(u))}
		}
		all[name] = p
	}
	return all
}

func portOf(u *url.URL) int {
	if n, err := strconv.Atoi(u.Port()); err == nil {
		return n
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// label is the configuration's name or pattern for a model that a client
// named, so that clients make no series.
func (p *peer) label(model string) string {
	if pattern, fits := p.cfg.MatchPattern(model); fits {
		return pattern
	}
	return "other"
}
