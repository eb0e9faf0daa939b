package server

import (
	"net/url"
	"sort"
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/server/config"
	"louter/translate"
	"louter/translate/ir"
)

// modelsByCredential and modelByCredential serve the paths that both APIs
// have: a Gemini credential gets Gemini's dialect (product.md).
func (a *generation) modelsByCredential(c *fiber.Ctx) error {
	return a.serve(c, translate.Call{Operation: translate.OpListModels, Method: fiber.MethodGet})
}

func (a *generation) modelByCredential(c *fiber.Ctx) error {
	name, err := url.PathUnescape(c.Params("*"))
	if err != nil {
		return a.refuse(c, ir.Invalid("model", "The model's name is not well escaped."))
	}
	return a.serve(c, translate.Call{Operation: translate.OpGetModel, Method: fiber.MethodGet, Model: strings.Clone(name)})
}

// serveModels answers from the configuration; no backend is asked.
func (a *generation) serveModels(c *fiber.Ctx, front *translate.Protocol, call translate.Call) error {
	if front.Models == nil {
		return a.refuse(c, &ir.Error{Kind: ir.KindUnsupported, Message: "This dialect has no model list."})
	}
	var body []byte
	var err error
	if call.Operation == translate.OpListModels {
		body, err = front.Models.EncodeModels(a.listModels())
	} else {
		model, known := a.findModel(strings.TrimPrefix(call.Model, "models/"))
		if !known {
			return a.refuse(c, &ir.Error{Kind: ir.KindModelNotFound, Param: "model", Message: "No backend serves the model " + clipped(call.Model) + "."})
		}
		body, err = front.Models.EncodeModel(model)
	}
	if err != nil {
		return a.refuse(c, err)
	}
	c.Response().Header.SetContentType("application/json; charset=UTF-8")
	c.Response().SetBodyRaw(body)
	return nil
}

// listModels are the exact names that the mappings give; a pattern is no name.
func (a *generation) listModels() []translate.Model {
	owner := map[string]string{}
	for _, b := range a.cfg.BackendList() {
		for name := range b.ModelMapping {
			if _, taken := owner[name]; !taken && !config.IsPattern(name) {
				owner[name] = b.Name
			}
		}
	}
	models := make([]translate.Model, 0, len(owner))
	for name, backend := range owner {
		models = append(models, translate.Model{Name: name, Owner: backend})
	}
	sort.Slice(models, func(i, j int) bool { return models[i].Name < models[j].Name })
	return models
}

func (a *generation) findModel(name string) (translate.Model, bool) {
	for _, b := range a.cfg.BackendList() {
		if _, ok := b.MapModel(name); ok {
			return translate.Model{Name: name, Owner: b.Name}, true
		}
	}
	return translate.Model{}, false
}
