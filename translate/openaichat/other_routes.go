package openaichat

import (
	"net/http"
	"slices"
	"strings"

	"louter/translate/ir"
)

// otherOperations are the first segments of the paths of what the API has
// besides the generated routes.
var otherOperations = map[string]bool{
	"alpha": true, "assistants": true, "audio": true, "batches": true, "chat": true, "completions": true, "containers": true,
	"conversations": true, "evals": true, "files": true, "fine_tuning": true, "images": true, "models": true,
	"moderations": true, "organization": true, "realtime": true, "responses": true, "threads": true, "uploads": true,
	"vector_stores": true, "videos": true,
}

// otherMethods are the methods that the paths of the generated routes take
// besides: stored completions are listed by GET.
var otherMethods = map[string][]string{"/embeddings": nil, "/chat/completions": {http.MethodGet}}

// CheckOther says whether a route that is none of the generated ones is of
// this API all the same, so that it can pass to a backend that speaks it.
// path has no version. The error is an *ir.Error.
func CheckOther(method, path string) error {
	if methods, known := otherMethods[path]; known && !slices.Contains(methods, method) {
		return ir.WrongMethod()
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !otherOperations[first] {
		return ir.NoRoute()
	}
	return nil
}
