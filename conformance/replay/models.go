package replay

import (
	"encoding/json"
	"net/http"
	"strings"

	"louter/conformance/scenario"
)

// List makes the server answer lists of models, which some gateways ask for
// before they take a request.
func (s *Server) List(models []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = models
}

func asksModels(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(strings.TrimRight(r.URL.Path, "/"), "/models")
}

func (s *Server) listModels(w http.ResponseWriter) {
	s.mu.Lock()
	models := s.models
	s.mu.Unlock()
	list := []any{}
	for _, m := range models {
		if s.dialect == scenario.Gemini {
			list = append(list, map[string]any{"name": "models/" + m, "displayName": m, "inputTokenLimit": 1 << 20, "outputTokenLimit": 1 << 16,
				"supportedGenerationMethods": []string{"generateContent", "countTokens", "embedContent"}})
			continue
		}
		list = append(list, map[string]any{"id": m, "object": "model", "created": 0, "owned_by": "replay"})
	}
	body := map[string]any{"object": "list", "data": list}
	if s.dialect == scenario.Gemini {
		body = map[string]any{"models": list}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(http.ErrAbortHandler) // the gateway has left
	}
}
