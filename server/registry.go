package server

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/server/backend"
	"louter/translate"
	"louter/translate/gemini"
	"louter/translate/openaichat"
)

// protocol is one entry of the list: what is spoken, and how its routes are
// mounted for clients.
type protocol struct {
	backend.Speaks
	mount func(fiber.Router, func(*fiber.Ctx, translate.Call) error)
	// claims says whether a request is of this dialect. The last of the list
	// needs no such word: it gets what no other claims.
	claims func(*fiber.Ctx) bool
	// checkOther says whether a route that mount has not is of this API.
	checkOther func(method, path string) error
}

// protocols is the one list of them.
func protocols() []protocol {
	return []protocol{
		{
			Speaks: backend.Speaks{Protocol: gemini.Protocol(), Authorize: authorizeGoogle, Finished: finishedGemini},
			mount:  gemini.Mount, claims: gemini.Claims, checkOther: gemini.CheckOther,
		},
		{
			Speaks: backend.Speaks{Protocol: openaichat.Protocol(), Authorize: authorizeBearer, Finished: finishedChat},
			mount:  openaichat.Mount, checkOther: openaichat.CheckOther,
		},
	}
}

func find(known []protocol, name string) (protocol, bool) {
	for _, p := range known {
		if p.Name == name {
			return p, true
		}
	}
	return protocol{}, false
}

func authorizeGoogle(h http.Header, _, key string) { h.Set("X-Goog-Api-Key", key) }

// authorizeBearer: Azure takes a key only in a header of its own.
func authorizeBearer(h http.Header, host, key string) {
	if strings.HasSuffix(host, ".azure.com") {
		h.Set("Api-Key", key)
		return
	}
	h.Set("Authorization", "Bearer "+key)
}

// finishedGemini: an unescaped quote cannot stand inside a JSON string, so
// finding the member's name is proof enough.
func finishedGemini(payload []byte) bool {
	return bytes.Contains(payload, []byte(`"finishReason"`)) ||
		bytes.Contains(payload, []byte(`"blockReason"`)) || isErrorFrame(payload)
}

func finishedChat(payload []byte) bool {
	return bytes.HasPrefix(payload, []byte("[DONE]")) ||
		bytes.Contains(payload, []byte(`"finish_reason":"`)) ||
		bytes.Contains(payload, []byte(`"finish_reason": "`)) || isErrorFrame(payload)
}

// isErrorFrame: a stream that told its failure is visibly failed already.
func isErrorFrame(payload []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(payload, " \t\r\n["), []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"error"`))
}
