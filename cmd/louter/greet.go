package main

import (
	"fmt"
	"strings"

	"louter/server/config"
)

// greet tells where the gateway is and how to try it: with lines that work.
func greet(con console, cfg *config.Config, origin, addr string) {
	fmt.Fprintf(con.out, "Louter %s, configuration from %s\n", versionText(), origin)
	fmt.Fprintf(con.out, "listening on http://%s\n\n", addr)
	for _, b := range cfg.BackendList() {
		fmt.Fprintf(con.out, "  backend %-16s %-8s %s\n", b.Name, b.Protocol, shownURL(b))
	}
	fmt.Fprintln(con.out)
	auth := ""
	if len(cfg.Auth.Keys) > 0 {
		auth = ` -H "Authorization: Bearer $LOUTER_KEY"`
	}
	for _, b := range cfg.BackendList() {
		model := exampleModel(b)
		fmt.Fprintf(con.out, "# %s, asked in OpenAI's way and in Gemini's\n", model)
		fmt.Fprintf(con.out, "curl http://%s/v1/chat/completions%s -d '{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}]}'\n", addr, auth, model)
		fmt.Fprintf(con.out, "curl 'http://%s/v1beta/models/%s:streamGenerateContent?alt=sse'%s -d '{\"contents\":[{\"parts\":[{\"text\":\"What is the capital of France?\"}]}]}'\n\n", addr, model, auth)
	}
}

// shownURL leaves out what may be a secret: user and query.
func shownURL(b *config.Backend) string {
	u, err := b.BaseURL()
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + u.Path
}

func exampleModel(b *config.Backend) string {
	best := ""
	for name := range b.ModelMapping {
		if !config.IsPattern(name) && (best == "" || name < best) {
			best = name
		}
	}
	if best != "" {
		return best
	}
	if b.Protocol == config.ProtocolGemini {
		return "gemini-2.5-flash"
	}
	for name := range b.ModelMapping {
		if stem := strings.TrimRight(name, "*?-"); stem != "" {
			return stem
		}
	}
	return "gpt-5-mini"
}
