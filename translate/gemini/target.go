package gemini

import "strings"

// The actions that generate content.
const (
	actionGenerate = "generateContent"
	actionStream   = "streamGenerateContent"
)

// target is what a request line says, in the terms of translate.Call.
type target struct{ prefix, path, query string }

// credentials are the query parameters that hold the client's key. They are
// for Louter alone and never go on (promise 6).
var credentials = [...]string{"key", "$key", "access_token", "oauth_token"}

// parseTarget reads the request line as the client sent it, which may name
// scheme and host.
func parseTarget(uri string) target {
	if i := strings.Index(uri, "://"); i > 0 && !strings.ContainsAny(uri[:i], "/?") {
		rest := uri[i+len("://"):]
		slash := strings.IndexAny(rest, "/?")
		if slash < 0 {
			slash = len(rest)
		}
		uri = rest[slash:]
	}
	path, query, _ := strings.Cut(uri, "?")
	t := target{query: withoutCredentials(query)}
	for _, detour := range [...]string{"/upload", "/download"} {
		if after, found := strings.CutPrefix(path, detour+"/"); found {
			prefix, rest := cutPrefix("/" + after)
			t.prefix, t.path = detour+prefix, rest
			return t
		}
	}
	t.prefix, t.path = cutPrefix(path)
	return t
}

func withoutCredentials(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for param := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(param, "=")
		if !isCredential(strings.ReplaceAll(name, "%24", "$")) {
			kept = append(kept, param)
		}
	}
	return strings.Join(kept, "&")
}

func isCredential(name string) bool {
	for _, c := range credentials {
		if strings.EqualFold(name, c) {
			return true
		}
	}
	return false
}

// modelTarget gives the path of a call to a model. The client's own spelling
// stays where it is the plain one; what had to be folded is written anew.
func modelTarget(method string, t target, model, action string) string {
	if plain := apiPrefix + t.path; normalizePath(method, plain) == plain {
		return t.path
	}
	return modelPath(model, action)
}
