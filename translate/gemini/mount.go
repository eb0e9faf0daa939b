package gemini

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/translate"

	gen "louter/gen/gemini"
)

// Mount puts the API's routes on r and gives each call to serve, with all but
// the body, which serve reads under bounds of its own. What the call holds is
// copied: fiber uses its memory again (facts 1).
func Mount(r fiber.Router, serve func(*fiber.Ctx, translate.Call) error) {
	r.Use(normalizeRequest)
	gen.RegisterHandlers(r, routes{serve})
}

// normalizeRequest folds the paths that only the real service's router knows.
// OriginalURL still has the client's own.
func normalizeRequest(c *fiber.Ctx) error {
	if path := c.Path(); path != "" {
		if plain := normalizePath(c.Method(), path); plain != path {
			c.Path(plain)
		}
	}
	return c.Next()
}

// routes implements the generated interface.
type routes struct {
	serve func(*fiber.Ctx, translate.Call) error
}

var _ gen.ServerInterface = routes{}

// pass hands over a call that names no model.
func (r routes) pass(c *fiber.Ctx, op translate.Operation) error {
	t := parseTarget(strings.Clone(c.OriginalURL()))
	return r.serve(c, translate.Call{
		Operation: op, Method: strings.Clone(c.Method()),
		Prefix: t.prefix, Path: t.path, Query: t.query,
	})
}

// ask hands over a call to a model; action is "" where the model itself is
// asked for. The generated code has taken the escapes off the name: doing so
// again would turn "%2525" into another model.
func (r routes) ask(c *fiber.Ctx, op translate.Operation, model, action string) error {
	t := parseTarget(strings.Clone(c.OriginalURL()))
	model = strings.Clone(model)
	return r.serve(c, translate.Call{
		Operation: op, Method: strings.Clone(c.Method()),
		Prefix: t.prefix, Path: modelTarget(c.Method(), t, model, action), Query: t.query,
		Model: model, Stream: action == actionStream,
	})
}

// GenerateContent takes POST /v1beta/models/{model}:generateContent.
func (r routes) GenerateContent(c *fiber.Ctx, model gen.ModelParam) error {
	return r.ask(c, translate.OpGenerate, model, actionGenerate)
}

// StreamGenerateContent takes POST /v1beta/models/{model}:streamGenerateContent.
func (r routes) StreamGenerateContent(c *fiber.Ctx, model gen.ModelParam, _ gen.StreamGenerateContentParams) error {
	return r.ask(c, translate.OpGenerate, model, actionStream)
}

// CountTokens takes POST /v1beta/models/{model}:countTokens.
func (r routes) CountTokens(c *fiber.Ctx, model gen.ModelParam) error {
	return r.ask(c, translate.OpCountTokens, model, "countTokens")
}

// EmbedContent takes POST /v1beta/models/{model}:embedContent.
func (r routes) EmbedContent(c *fiber.Ctx, model gen.ModelParam) error {
	return r.ask(c, translate.OpEmbed, model, "embedContent")
}

// BatchEmbedContents takes POST /v1beta/models/{model}:batchEmbedContents.
func (r routes) BatchEmbedContents(c *fiber.Ctx, model gen.ModelParam) error {
	return r.ask(c, translate.OpEmbed, model, "batchEmbedContents")
}

// GetModel takes GET /v1beta/models/{model}.
func (r routes) GetModel(c *fiber.Ctx, model gen.ModelParam) error {
	return r.ask(c, translate.OpGetModel, model, "")
}

// ListModels takes GET /v1beta/models.
func (r routes) ListModels(c *fiber.Ctx, _ gen.ListModelsParams) error {
	return r.pass(c, translate.OpListModels)
}

// The files and cached contents of the API only pass through.

// UploadFile takes POST /upload/v1beta/files.
func (r routes) UploadFile(c *fiber.Ctx) error { return r.pass(c, translate.OpOther) }

// ListFiles takes GET /v1beta/files.
func (r routes) ListFiles(c *fiber.Ctx, _ gen.ListFilesParams) error {
	return r.pass(c, translate.OpOther)
}

// GetFile takes GET /v1beta/files/{file}.
func (r routes) GetFile(c *fiber.Ctx, _ string) error { return r.pass(c, translate.OpOther) }

// DeleteFile takes DELETE /v1beta/files/{file}.
func (r routes) DeleteFile(c *fiber.Ctx, _ string) error { return r.pass(c, translate.OpOther) }

// ListCachedContents takes GET /v1beta/cachedContents.
func (r routes) ListCachedContents(c *fiber.Ctx, _ gen.ListCachedContentsParams) error {
	return r.pass(c, translate.OpOther)
}

// CreateCachedContent takes POST /v1beta/cachedContents.
func (r routes) CreateCachedContent(c *fiber.Ctx) error { return r.pass(c, translate.OpOther) }

// GetCachedContent takes GET /v1beta/cachedContents/{cachedContent}.
func (r routes) GetCachedContent(c *fiber.Ctx, _ string) error { return r.pass(c, translate.OpOther) }

// UpdateCachedContent takes PATCH /v1beta/cachedContents/{cachedContent}.
func (r routes) UpdateCachedContent(c *fiber.Ctx, _ string, _ gen.UpdateCachedContentParams) error {
	return r.pass(c, translate.OpOther)
}

// DeleteCachedContent takes DELETE /v1beta/cachedContents/{cachedContent}.
func (r routes) DeleteCachedContent(c *fiber.Ctx, _ string) error {
	return r.pass(c, translate.OpOther)
}

// Claims says whether a request is of this API: by its path, and where OpenAI
// has the same path by the key that it shows.
func Claims(c *fiber.Ctx) bool {
	path := string(c.Request().URI().PathOriginal())
	for _, own := range []string{"/v1beta", "/v1alpha", "/upload/", "/download/", "/models/", "/tunedModels/"} {
		if strings.HasPrefix(path, own) {
			return true
		}
	}
	name, found := strings.CutPrefix(path, "/v1/models")
	return found && (isModelAction(name) || c.Get("X-Goog-Api-Key") != "" || c.Query("key") != "")
}

// isModelAction: "/x:generateContent" is asked of no model of OpenAI's.
func isModelAction(name string) bool {
	return (strings.HasSuffix(name, "Content") || strings.HasSuffix(name, "Contents") || strings.HasSuffix(name, "Tokens")) &&
		strings.ContainsAny(name, ":%")
}
