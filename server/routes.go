package server

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	keepAliveIdle = 180 * time.Second
	// Each stream holds one; larger answers are written straight through.
	writeBufferSize = 2 << 10
)

// newFront makes what owns the connections. It mounts nothing: each request
// is answered by the generation that is current when it comes. Bodies are
// read by readBody under Louter's own bounds: in stream mode fasthttp
// enforces none (facts 5c).
func (a *App) newFront() *fiber.App {
	limits := a.first.Limits
	f := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		StreamRequestBody:     true,
		ReduceMemoryUsage:     true, // a slow stream does not keep its 64 KiB header buffer
		WriteBufferSize:       writeBufferSize,
		ReadBufferSize:        int(limits.MaxHeader),
		BodyLimit:             int(limits.MaxBody),
		Concurrency:           limits.MaxConnections,
		ReadTimeout:           limits.HeaderTimeout.D(),
		IdleTimeout:           keepAliveIdle,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			g := a.acquire()
			defer g.release()
			return g.handleError(c, err)
		},
	})
	f.Server().Handler = a.dispatch
	return f
}

// newFiber mounts every route.
func (a *generation) newFiber() *fiber.App {
	f := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         true,
		StrictRouting:         true,
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
	for _, p := range a.fronts {
		p.mount(f, a.serve)
	}
	f.Use(a.serveOther)
	return f
}

func (a *generation) alive(c *fiber.Ctx) error { return c.SendString("ok\n") }

func (a *generation) ready(c *fiber.Ctx) error {
	if a.app.draining.Load() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("draining\n")
	}
	return c.SendString("ok\n")
}
