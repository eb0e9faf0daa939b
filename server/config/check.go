package config

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
)

var (
	knownProtocols = []string{ProtocolOpenAI, ProtocolGemini}
	knownProfiles  = []string{
		"auto", "openai", "azure", "groq", "mistral", "deepseek", "xai", "openrouter", "llamacpp", "vllm",
		"ollama", "lmstudio", "google", "generic",
	}
	knownCapabilities = []string{"text", "vision", "audio", "video", "pdf", "function_calling"}
	knownModes        = []string{"append", "prepend", "override"}
	knownTokenFields  = []string{"auto", "max_tokens", "max_completion_tokens", "both"}
	knownToolFormats  = []string{"json", "xml"}
	knownLogFormats   = []string{"auto", "json", "text"}
	knownLogLevels    = []string{"debug", "info", "warn", "error"}
)

// check finds what is well written and cannot be meant.
func check(src *source, cfg *Config) []Problem {
	c := checker{src: src, cfg: cfg}
	c.listeners()
	c.word("log", "format", cfg.Log.Format, knownLogFormats)
	c.word("log", "level", cfg.Log.Level, knownLogLevels)
	for i, key := range cfg.Auth.Keys {
		if key == "" {
			c.fault("auth", "keys", "key %d is empty: it would let everyone in", i+1)
		}
	}
	if len(cfg.Backends) == 0 {
		c.fault("", "", "no [backends.NAME] is configured")
	}
	for _, b := range cfg.BackendList() {
		c.backend(b)
	}
	c.fallbacks()
	return c.problems
}

type checker struct {
	src      *source
	cfg      *Config
	problems []Problem
}

func (c *checker) fault(table, key, format string, args ...any) {
	line, column := c.src.find(table, key)
	c.problems = append(c.problems, c.src.problem(line, column, format, args...))
}

func (c *checker) warn(table, key, format string, args ...any) {
	c.fault(table, key, format, args...)
	c.problems[len(c.problems)-1].Warning = true
}

func (c *checker) word(table, key, value string, known []string) {
	if slices.Contains(known, value) {
		return
	}
	message := fmt.Sprintf("%s %q is none of %s", key, value, strings.Join(known, ", "))
	if guess := nearest(value, known); guess != "" {
		message += fmt.Sprintf("; did you mean %q?", guess)
	}
	c.fault(table, key, "%s", message)
}

func (c *checker) listeners() {
	host, _, err := net.SplitHostPort(c.cfg.Listen)
	if err != nil {
		c.fault("", "listen", `listen must be host:port, as "127.0.0.1:9000"`)
		return
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if !loopback && len(c.cfg.Auth.Keys) == 0 && !c.cfg.InsecureNoAuth {
		c.fault("", "listen", "%q can be reached by others and no [auth] keys are set; set some, or insecure_no_auth = true", c.cfg.Listen)
	}
	if c.cfg.AdminListen != "" {
		c.warn("", "admin_listen", "the admin listener is not available in this version; nothing listens there")
	}
	if l := c.cfg.Limits; l.MaxBody > l.MaxInFlight {
		c.fault("limits", "max_body", "max_body exceeds max_in_flight: no such request could ever be taken")
	}
}

func (c *checker) backend(b *Backend) {
	table := "backends." + b.Name
	if b.Protocol == "openai-responses" {
		c.fault(table, "protocol", `protocol "openai-responses" is not available in this version`)
	} else {
		c.word(table, "protocol", b.Protocol, knownProtocols)
	}
	c.word(table, "profile", b.Profile, knownProfiles)
	c.word(table, "max_tokens_field", b.MaxTokensField, knownTokenFields)
	c.word(table, "custom_instruction_mode", b.CustomInstructionMode, knownModes)
	c.word(table, "tool_format", b.ToolFormat, knownToolFormats)
	for _, capability := range b.Capabilities {
		c.word(table, "capabilities", capability, knownCapabilities)
	}
	c.address(b, table)
	if b.Weight < 0 || b.MaxTokens < 0 || b.Temperature != nil && *b.Temperature < 0 {
		c.fault(table, "", "weight, max_tokens and temperature cannot be negative")
	}
	if b.Weight != 1 {
		c.warn(table, "weight", "weights have no effect in this version: the first backend by priority answers")
	}
	for name, to := range b.ModelMapping {
		if name == "" || to == "" {
			c.fault(table+".model_mapping", name, "an empty model name maps nothing")
		}
	}
	if b.CAFile != "" {
		if _, err := os.Stat(b.CAFile); err != nil {
			c.fault(table, "ca_file", "the file cannot be read")
		}
	}
}

func (c *checker) address(b *Backend, table string) {
	if b.URL == "" {
		c.fault(table, "url", "url is missing")
		return
	}
	u, err := b.BaseURL()
	if err != nil {
		c.fault(table, "url", "%s", err)
		return
	}
	if strings.HasSuffix(u.Path, "/models") || strings.HasSuffix(u.Path, "/chat/completions") {
		c.warn(table, "url", "the url should end before this path: Louter appends it itself")
	}
}

func (c *checker) fallbacks() {
	for _, b := range c.cfg.BackendList() {
		if b.Fallback == "" {
			continue
		}
		table := "backends." + b.Name
		if _, known := c.cfg.Backends[b.Fallback]; !known {
			c.fault(table, "fallback", "there is no backend %q", b.Fallback)
			continue
		}
		c.warn(table, "fallback", "fallback has no effect in this version: the first backend by priority answers")
		seen := map[string]bool{}
		for at := b; at != nil && at.Fallback != ""; at = c.cfg.Backends[at.Fallback] {
			if seen[at.Name] {
				c.warn(table, "fallback", "the chain of fallbacks comes back to %q; each backend is asked once", at.Name)
				break
			}
			seen[at.Name] = true
		}
	}
}
