package openaichat

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/gen/openai"
	"louter/translate"
)

const apiPrefix = "/v1"

// Mount puts the generated routes on a router. serve gets each call with all
// that it keeps copied out of fiber's memory but the body, which the server
// reads itself.
func Mount(r fiber.Router, serve func(*fiber.Ctx, translate.Call) error) {
	openai.RegisterHandlers(r, routes{serve: serve})
}

type routes struct {
	serve func(*fiber.Ctx, translate.Call) error
}

var _ openai.ServerInterface = routes{}

// CreateChatCompletion takes POST /v1/chat/completions.
func (r routes) CreateChatCompletion(c *fiber.Ctx) error {
	return r.serve(c, callOf(c, translate.OpGenerate))
}

// CreateEmbedding takes POST /v1/embeddings.
func (r routes) CreateEmbedding(c *fiber.Ctx) error {
	return r.serve(c, callOf(c, translate.OpEmbed))
}

// ListModels takes GET /v1/models.
func (r routes) ListModels(c *fiber.Ctx) error {
	return r.serve(c, callOf(c, translate.OpListModels))
}

// RetrieveModel takes GET /v1/models/{model}.
func (r routes) RetrieveModel(c *fiber.Ctx, model openai.ModelParam) error {
	call := callOf(c, translate.OpGetModel)
	if plain, err := url.PathUnescape(model); err == nil {
		call.Model = strings.Clone(plain)
	}
	return r.serve(c, call)
}

func callOf(c *fiber.Ctx, op translate.Operation) translate.Call {
	path, query, _ := strings.Cut(strings.Clone(c.OriginalURL()), "?")
	return translate.Call{
		Operation: op, Method: strings.Clone(c.Method()), Prefix: apiPrefix,
		Path: strings.TrimPrefix(path, apiPrefix), Query: query,
	}
}
