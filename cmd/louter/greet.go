package main

import (
	"fmt"
	"slices"
	"strings"

	"louter/server/config"
)

// greet tells where the gateway is, who answers for what, and how to try it:
// with lines that work.
func greet(con console, cfg *config.Config, origin, addr, admin string) {
	fmt.Fprintf(con.out, "Louter %s, configuration from %s\n", versionText(), origin)
	fmt.Fprintf(con.out, "listening on http://%s\n", addr)
	if admin != "" {
		fmt.Fprintf(con.out, "metrics at http://%s/metrics\n", admin)
	}
	fmt.Fprintf(con.out, "\nbackends\n")
	for _, b := range cfg.BackendList() {
		fmt.Fprintf(con.out, "  %-16s %-8s %s\n", b.Name, b.Protocol, shownURL(b))
	}
	fmt.Fprintln(con.out, "\nmodels")
	for _, b := range cfg.BackendList() {
		for _, line := range modelLines(b) {
			fmt.Fprintln(con.out, " ", line)
		}
	}
	fmt.Fprintln(con.out)
	auth := ""
	if len(cfg.Auth.Keys) > 0 {
		auth = ` -H "Authorization: Bearer $LOUTER_KEY"`
	}
	for _, b := range cfg.BackendList() {
		model := exampleModel(cfg, b)
		if model == "" {
			continue
		}
		fmt.Fprintf(con.out, "# %s on %s, asked in OpenAI's way and in Gemini's\n", model, b.Name)
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

// wellKnown are tried where a backend maps patterns or everything.
var wellKnown = []string{"gpt-5-mini", "gemini-2.5-flash"}

// exampleModel is a name that this backend, and none before it, answers to;
// "" if no such name can be guessed. It must do inside of a quoted URL.
func exampleModel(cfg *config.Config, b *config.Backend) string {
	var names []string
	for name := range b.ModelMapping {
		if !config.IsPattern(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	guesses := slices.Clone(wellKnown)
	if b.Protocol == config.ProtocolGemini {
		slices.Reverse(guesses)
	}
	for _, name := range append(names, guesses...) {
		if !strings.ContainsAny(name, `'"\ ?#%`) && answers(cfg, name) == b {
			return name
		}
	}
	return ""
}

func answers(cfg *config.Config, name string) *config.Backend {
	for _, b := range cfg.BackendList() {
		if _, mapped := b.MapModel(name); mapped {
			return b
		}
	}
	return nil
}
