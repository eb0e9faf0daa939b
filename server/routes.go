package server

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	keepAliveIdle = 180 * time.Second
)

// newFiber mounts every route. Bodies are read by readBody under Louter's own
// bounds: in stream mode fasthttp enforces none (facts 5c).
func (a *App) newFiber() *fiber.App {
	f := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         true,
		StrictRouting:         true,
		StreamRequestBody:     true,
		ReduceMemoryUsage:     true, // a slow stream does not keep its 64 KiB header buffer
		ReadBufferSize:        int(a.cfg.Limits.MaxHeader),
		BodyLimit:             int(a.cfg.Limits.MaxBody),
		Concurrency:           a.cfg.Limits.MaxConnections,
		ReadTimeout:           a.cfg.Limits.HeaderTimeout.D(),
		IdleTimeout:           keepAliveIdle,
		ErrorHandler:          a.handleError,
	})
	f.Get("/livez", a.alive)
	f.Get("/healthz", a.alive)
	f.Get("/readyz", a.ready)
	if len(a.cfg.CORS.Origins) > 0 {
		f.Use(a.cors)
	}
	f.Use(a.identify)
	f.Get("/v1/models", a.modelsByCredential)
	f.Get("/v1/models/*", a.modelByCredential)
	for _, p := range protocols() {
		p.mount(f, a.serve)
	}
	f.Use(a.serveOther)
	return f
}

func (a *App) alive(c *fiber.Ctx) error { return c.SendString("ok\n") }

func (a *App) ready(c *fiber.Ctx) error {
	if a.draining.Load() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("draining\n")
	}
	return c.SendString("ok\n")
}
