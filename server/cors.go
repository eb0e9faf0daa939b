package server

import (
	"slices"

	"github.com/gofiber/fiber/v2"
)

// cors answers browsers of the configured origins; preflight comes before
// authentication, and errors carry the headers, too (reports F15).
func (a *generation) cors(c *fiber.Ctx) error {
	origin := c.Get(fiber.HeaderOrigin)
	allowed := slices.Contains(a.cfg.CORS.Origins, origin) || slices.Contains(a.cfg.CORS.Origins, "*")
	if origin == "" || !allowed {
		return c.Next()
	}
	c.Set(fiber.HeaderAccessControlAllowOrigin, origin)
	c.Append(fiber.HeaderVary, fiber.HeaderOrigin)
	c.Set(fiber.HeaderAccessControlExposeHeaders, "*")
	if c.Method() != fiber.MethodOptions || c.Get(fiber.HeaderAccessControlRequestMethod) == "" {
		return c.Next()
	}
	c.Set(fiber.HeaderAccessControlAllowMethods, "GET, POST, PATCH, DELETE, OPTIONS")
	c.Set(fiber.HeaderAccessControlAllowHeaders, c.Get(fiber.HeaderAccessControlRequestHeaders))
	c.Set(fiber.HeaderAccessControlMaxAge, "600")
	return c.SendStatus(fiber.StatusNoContent)
}
