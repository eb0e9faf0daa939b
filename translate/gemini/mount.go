package gemini

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	gen "louter/gen/gemini"
	"louter/translate"
)

// Mount puts the path normaliser and the generated routes on a router. serve
// gets each call with all that it keeps copied out of fiber's memory but the
// body, which the server reads itself.
func Mount(r fiber.Router, serve func(*fiber.Ctx, translate.Call) error) {
	r.Use(func(c *fiber.Ctx) error {
		path := string(c.Request().URI().PathOriginal())
		if normal := normalizePath(c.Method(), path); normal != path {
			c.Path(normal)
		}
		return c.Next()
	})
	gen.RegisterHandlers(r, routes{serve: serve})
}

type routes struct {
	serve func(*fiber.Ctx, translate.Call) error
}

var _ gen.ServerInterface = routes{}

// GenerateContent takes POST /v1beta/models/{model}:generateContent.
func (r routes) GenerateContent(c *fiber.Ctx, model gen.ModelParam) error {
	return r.serve(c, modelCall(c, translate.OpGenerate, model, "generateContent"))
}

// StreamGenerateContent takes POST /v1beta/models/{model}:streamGenerateContent.
func (r routes) StreamGenerateContent(c *fiber.Ctx, model gen.ModelParam, _ gen.StreamGenerateContentParams) error {
	call := modelCall(c, translate.OpGenerate, model, "streamGenerateContent")
	call.Stream = true
	return r.serve(c, call)
}

// CountTokens takes POST /v1beta/models/{model}:countTokens.
func (r routes) CountTokens(c *fiber.Ctx, model gen.ModelParam) error {
	return r.serve(c, modelCall(c, translate.OpCountTokens, model, "countTokens"))
}

// EmbedContent takes POST /v1beta/models/{model}:embedContent.
func (r routes) EmbedContent(c *fiber.Ctx, model gen.ModelParam) error {
	return r.serve(c, modelCall(c, translate.OpEmbed, model, "embedContent"))
}

// BatchEmbedContents takes POST /v1beta/models/{model}:batchEmbedContents.
func (r routes) BatchEmbedContents(c *fiber.Ctx, model gen.ModelParam) error {
	return r.serve(c, modelCall(c, translate.OpEmbed, model, "batchEmbedContents"))
}

// ListModels takes GET /v1beta/models.
func (r routes) ListModels(c *fiber.Ctx, _ gen.ListModelsParams) error {
	return r.serve(c, callOf(c, translate.OpListModels))
}

// GetModel takes GET /v1beta/models/{model}.
func (r routes) GetModel(c *fiber.Ctx, model gen.ModelParam) error {
	return r.serve(c, modelCall(c, translate.OpGetModel, model, ""))
}

// The files and cached contents of the API only pass through.

// UploadFile takes POST /upload/v1beta/files.
func (r routes) UploadFile(c *fiber.Ctx) error { return r.pass(c) }

// ListFiles takes GET /v1beta/files.
func (r routes) ListFiles(c *fiber.Ctx, _ gen.ListFilesParams) error { return r.pass(c) }

// GetFile takes GET /v1beta/files/{file}.
func (r routes) GetFile(c *fiber.Ctx, _ string) error { return r.pass(c) }

// DeleteFile takes DELETE /v1beta/files/{file}.
func (r routes) DeleteFile(c *fiber.Ctx, _ string) error { return r.pass(c) }

// ListCachedContents takes GET /v1beta/cachedContents.
func (r routes) ListCachedContents(c *fiber.Ctx, _ gen.ListCachedContentsParams) error {
	return r.pass(c)
}

// CreateCachedContent takes POST /v1beta/cachedContents.
func (r routes) CreateCachedContent(c *fiber.Ctx) error { return r.pass(c) }

// GetCachedContent takes GET /v1beta/cachedContents/{cachedContent}.
func (r routes) GetCachedContent(c *fiber.Ctx, _ string) error { return r.pass(c) }

// UpdateCachedContent takes PATCH /v1beta/cachedContents/{cachedContent}.
func (r routes) UpdateCachedContent(c *fiber.Ctx, _ string, _ gen.UpdateCachedContentParams) error {
	return r.pass(c)
}

// DeleteCachedContent takes DELETE /v1beta/cachedContents/{cachedContent}.
func (r routes) DeleteCachedContent(c *fiber.Ctx, _ string) error { return r.pass(c) }

func (r routes) pass(c *fiber.Ctx) error { return r.serve(c, callOf(c, translate.OpOther)) }

// modelCall names the model by its plain name and the path by its escaped one.
func modelCall(c *fiber.Ctx, op translate.Operation, model, action string) translate.Call {
	call := callOf(c, op)
	model = strings.Clone(model)
	if plain, err := url.PathUnescape(model); err == nil {
		call.Model = plain
	} else {
		call.Model = model
	}
	call.Path = modelPath(call.Model, action)
	return call
}

func callOf(c *fiber.Ctx, op translate.Operation) translate.Call {
	path, query, _ := strings.Cut(strings.Clone(c.OriginalURL()), "?")
	prefix, rest := cutPrefix(path)
	for _, detour := range [...]string{"/upload", "/download"} {
		if after, found := strings.CutPrefix(path, detour); found {
			prefix, rest = cutPrefix(after)
			prefix = detour + prefix
		}
	}
	return translate.Call{
		Operation: op, Method: strings.Clone(c.Method()), Prefix: prefix, Path: rest, Query: query, Header: headerOf(c),
	}
}

func headerOf(c *fiber.Ctx) http.Header {
	h := make(http.Header, 16)
	for key, value := range c.Request().Header.All() {
		h.Add(string(key), string(value))
	}
	return h
}
