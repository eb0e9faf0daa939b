package server

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/translate"
	"louter/translate/ir"
)

// passedThrough are the first path segments of the operations that either API
// has besides those that Louter knows: they pass to a backend of the same
// protocol and are 501 where there is none.
var passedThrough = map[string]map[string]bool{
	"openai": set("assistants", "audio", "batches", "chat", "completions", "containers", "conversations",
		"evals", "files", "fine_tuning", "images", "models", "moderations", "organization", "realtime",
		"responses", "threads", "uploads", "vector_stores", "videos", "alpha"),
	"gemini": set("batches", "cachedContents", "corpora", "dynamic", "files", "fileSearchStores",
		"interactions", "models", "operations", "tunedModels"),
}

// postOnly are the routes of which only one method exists at all.
var postOnly = map[string]bool{"/v1/embeddings": true}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// serveOther takes what no generated route took.
func (a *generation) serveOther(c *fiber.Ctx) error {
	front := a.frontFor(c)
	path := string(c.Request().URI().PathOriginal())
	if postOnly[path] || (path == "/v1/chat/completions" && c.Method() != http.MethodGet) {
		return a.refuse(c, &ir.Error{Kind: ir.KindMethod, Message: "This route does not take this method."})
	}
	prefix, rest := cutVersion(path)
	first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	first, _, _ = strings.Cut(first, ":")
	if prefix == "" || !passedThrough[front.Name][first] {
		return a.refuse(c, &ir.Error{Kind: ir.KindNotFound, Message: "There is no such route."})
	}
	call := translate.Call{
		Operation: translate.OpOther, Method: strings.Clone(c.Method()), Prefix: prefix, Path: rest,
		Query: string(c.Request().URI().QueryString()),
	}
	return a.serve(c, call)
}

func cutVersion(path string) (prefix, rest string) {
	for _, p := range []string{"/upload/v1beta", "/download/v1beta", "/v1beta", "/v1alpha", "/v1"} {
		if rest, ok := strings.CutPrefix(path, p); ok && strings.HasPrefix(rest, "/") {
			return p, rest
		}
	}
	return "", path
}
