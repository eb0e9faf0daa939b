package config

import (
	"crypto/x509"
	"strings"

	"golang.org/x/net/http/httpguts"
)

func (c *checker) backend(b *Backend) {
	at := path{"backends", b.Name}
	if b.Name == "" {
		c.faultyKey(at, "a backend needs a name")
	}
	if b.Protocol == "openai-responses" {
		c.fault(at.with("protocol"), `%s: "openai-responses" is not available in this version`, at.with("protocol"))
	} else {
		c.word("backends.*.protocol", at.with("protocol"), b.Protocol)
	}
	for key, value := range map[string]string{
		"profile": b.Profile, "max_tokens_field": b.MaxTokensField,
		"custom_instruction_mode": b.CustomInstructionMode, "tool_format": b.ToolFormat,
	} {
		c.word("backends.*."+key, at.with(key), value)
	}
	for i, capability := range b.Capabilities {
		c.word("backends.*.capabilities", at.with("capabilities").index(i), capability)
	}
	c.address(b, at.with("url"))
	c.notNegative(at.with("weight"), b.Weight)
	if b.Temperature != nil {
		c.notNegative(at.with("temperature"), *b.Temperature)
	} else if b.TemperatureOverride {
		c.warn(at.with("temperature_override"), "%s has no effect without temperature", at.with("temperature_override"))
	}
	c.mapping(b, at.with("model_mapping"))
	c.headers(b, at.with("headers"))
	c.authorities(b, at.with("ca_file"))
	c.breaker(b.Breaker, at.with("breaker"))
	if b.Health.Interval > 0 && b.Health.Timeout <= 0 {
		c.fault(at.with("health").with("timeout"), "%s cannot be 0: a backend that says nothing would never be noticed", at.with("health").with("timeout"))
	}
}

// breaker: a zero would open it at the first failure, or never close it.
func (c *checker) breaker(b Breaker, at path) {
	for key, value := range map[string]int64{
		"consecutive_failures": int64(b.ConsecutiveFailures), "min_requests": int64(b.MinRequests),
		"window": int64(b.Window), "open": int64(b.Open),
	} {
		if value <= 0 {
			c.fault(at.with(key), "%s must be more than 0", at.with(key))
		}
		if value > maxCount && (key == "consecutive_failures" || key == "min_requests") {
			c.fault(at.with(key), "%s is beyond all measure", at.with(key))
		}
	}
	if b.Ratio <= 0 || b.Ratio > 1 {
		c.fault(at.with("ratio"), "%s must be more than 0 and at most 1", at.with("ratio"))
	}
}

func (c *checker) address(b *Backend, at path) {
	if b.URL == "" {
		c.fault(at, "%s is missing", at)
		return
	}
	u, err := b.BaseURL()
	if err != nil {
		c.fault(at, "%s: %s", at, err)
		return
	}
	if u.RawQuery != "" || u.Fragment != "" {
		c.fault(at, "%s cannot have a query or a fragment", at)
	}
	for _, tail := range []string{"/models", "/chat/completions"} {
		if strings.HasSuffix(u.Path, tail) {
			c.warn(at, "%s should end before %s, which Louter appends itself", at, tail)
		}
	}
}

// mapping: a class or a star on the right would be taken literally, which
// nobody means.
func (c *checker) mapping(b *Backend, at path) {
	for from, to := range b.ModelMapping {
		switch {
		case from == "" || to == "":
			c.fault(at.with(from), "%s: an empty model name maps nothing", at)
		case to != "*" && IsPattern(to):
			c.fault(at.with(from), `%s: the backend's name has no wildcards; "*" alone keeps the client's name`, at.with(from))
		case strings.ContainsAny(from, "[]{}"):
			c.fault(at.with(from), "%s: a pattern knows * and ? alone", at.with(from))
		}
	}
}

// credentials are sent in the backend's own way, exactly one of them.
var credentials = []string{"Authorization", "X-Goog-Api-Key", "Api-Key", "X-Api-Key"}

func (c *checker) headers(b *Backend, at path) {
	for name, value := range b.Headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			c.fault(at.with(name), "%s is no valid header", at.with(name))
		}
		for _, credential := range credentials {
			if strings.EqualFold(name, credential) && b.APIKey != "" {
				c.warn(at.with(name), "%s is a credential beside api_key; a backend gets exactly one", at.with(name))
			}
		}
	}
}

func (c *checker) authorities(b *Backend, at path) {
	if b.CAFile == "" || c.isFaulty(at) {
		return
	}
	pem, err := c.env.ReadFile(b.CAFile)
	if err != nil {
		c.fault(at, "%s: the file cannot be read", at)
		return
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		c.fault(at, "%s: the file holds no PEM certificate", at)
	}
}

func (c *checker) fallback(b *Backend) {
	at := path{"backends", b.Name, "fallback"}
	if b.Fallback == "" || c.isFaulty(at) {
		return
	}
	if _, known := c.cfg.Backends[b.Fallback]; !known {
		names := make([]string, 0, len(c.cfg.Backends))
		for _, other := range c.cfg.BackendList() {
			names = append(names, other.Name)
		}
		c.fault(at, "%s: there is no backend %s%s", at, c.shown(at, b.Fallback), didYouMean(b.Fallback, names))
		return
	}
	seen := map[string]bool{b.Name: true}
	for next := c.cfg.Backends[b.Fallback]; next != nil; next = c.cfg.Backends[next.Fallback] {
		if next.Name == b.Name {
			c.warn(at, "%s: the chain of fallbacks comes back to %q; each backend is asked once", at, b.Name)
		}
		if seen[next.Name] {
			return
		}
		seen[next.Name] = true
	}
}
