package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/translate"
	"louter/translate/ir"
)

// serveOther takes what no generated route took.
func (a *generation) serveOther(c *fiber.Ctx) error {
	prefix, rest := cutVersion(string(c.Request().URI().PathOriginal()))
	if prefix == "" {
		return a.refuse(c, ir.NoRoute())
	}
	if err := a.frontFor(c).checkOther(c.Method(), rest); err != nil {
		return a.refuse(c, err)
	}
	call := translate.Call{
		Operation: translate.OpOther, Method: strings.Clone(c.Method()), Prefix: prefix, Path: rest,
		Query: string(c.Request().URI().QueryString()),
	}
	return a.serve(c, call)
}

func cutVersion(path string) (prefix, rest string) {
	for _, p := range []string{"/upload/v1beta", "/download/v1beta", "/v1beta", "/v1alpha", "/v1"} {
		if rest, ok := strings.CutPrefix(path, p); ok && strings.HasPrefix(rest, "/") {
			return p, rest
		}
	}
	return "", path
}
