package gemini

import "strings"

// apiPrefix is where the generated routes stand.
const apiPrefix = "/v1beta"

// collections are the resources that a model's name may begin with on
// Google's own service. All but the first stay in the name.
var collections = [...]string{"models", "tunedModels", "dynamic"}

// normalizePath maps every path that Gemini clients use for a model to the
// form of the generated routes, /v1beta/models/{model}:{action} with the
// slashes of the name escaped. Other paths come back as they are.
//
// It serves what the router alone does not (facts 1): names with slashes,
// "models/models/x", tuned models, an escaped colon, "/v1" and "/v1alpha",
// and no version at all (defects 54). GET /v1/models stays: there the
// credential decides whose dialect it is.
func normalizePath(method, path string) string {
	prefix, rest := cutPrefix(path)
	plain := path
	if prefix == "/v1alpha" {
		plain = apiPrefix + rest
	}
	switch method {
	case "GET", "HEAD":
		if prefix == "" || prefix == "/v1" {
			return path
		}
		if name, ok := foldName(strings.TrimPrefix(rest, "/")); ok {
			return apiPrefix + "/models/" + name
		}
	case "POST": // alone: DELETE /v1/models/ft:gpt-4o:acme::x is OpenAI's
		if path, action, ok := cutAction(rest); ok {
			if name, ok := foldName(path); ok {
				return apiPrefix + "/models/" + name + ":" + action
			}
		}
	}
	return plain
}

// cutPrefix parts the version from the path; prefix is empty where the
// client left it out.
func cutPrefix(path string) (prefix, rest string) {
	for _, p := range [...]string{apiPrefix, "/v1alpha", "/v1"} {
		if after, found := strings.CutPrefix(path, p); found && strings.HasPrefix(after, "/") {
			return p, after
		}
	}
	return "", path
}

// cutAction cuts at the last colon, plain or escaped. Names may hold colons
// themselves ("Qwen3:8b"), so only letters count as an action.
func cutAction(rest string) (name, action string, ok bool) {
	rest = strings.TrimPrefix(rest, "/")
	at, width := strings.LastIndexByte(rest, ':'), 1
	for _, escaped := range [...]string{"%3A", "%3a"} {
		if i := strings.LastIndex(rest, escaped); i > at {
			at, width = i, len(escaped)
		}
	}
	if at < 0 || !isAction(rest[at+width:]) {
		return "", "", false
	}
	return rest[:at], rest[at+width:], true
}

func isAction(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

// foldName turns "models/a/b" into "a%2Fb" and "tunedModels/a" into
// "tunedModels%2Fa"; ok is false where no model is named.
func foldName(path string) (name string, ok bool) {
	head, tail, found := strings.Cut(path, "/")
	if !found || tail == "" || !isCollection(head) {
		return "", false
	}
	if head != "models" {
		return strings.ReplaceAll(path, "/", "%2F"), true
	}
	for {
		shorter := strings.TrimPrefix(strings.TrimPrefix(tail, "models/"), "models%2F")
		if shorter == tail || shorter == "" {
			return strings.ReplaceAll(tail, "/", "%2F"), true
		}
		tail = shorter
	}
}

func isCollection(s string) bool {
	for _, c := range collections {
		if s == c {
			return true
		}
	}
	return false
}
