package gemini

import (
	"net/http"
	"strings"

	"louter/translate/ir"
)

// otherOperations are the first segments of the paths of what the API has
// besides the generated routes.
var otherOperations = map[string]bool{
	"batches": true, "cachedContents": true, "corpora": true, "dynamic": true, "files": true, "fileSearchStores": true,
	"interactions": true, "models": true, "operations": true, "tunedModels": true,
}

// postOnly are the actions of models that exist by one method alone.
var postOnly = map[string]bool{
	actionGenerate: true, actionStream: true, "countTokens": true, "embedContent": true, "batchEmbedContents": true,
}

// CheckOther says whether a route that is none of the generated ones is of
// this API all the same, so that it can pass to a backend that speaks it.
// path has no version. The error is an *ir.Error.
func CheckOther(method, path string) error {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, ":")
	if !otherOperations[first] {
		return ir.NoRoute()
	}
	if i := strings.LastIndexByte(path, ':'); postOnly[path[i+1:]] && method != http.MethodPost {
		return ir.WrongMethod()
	}
	return nil
}
