package server

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"louter/translate/ir"
)

const headerRequestID = "X-Request-Id"

// goodID is what a client's own request id may look like; anything else is
// replaced, so that no log line or header can be forged.
var goodID = regexp.MustCompile(`^[\w-]{1,128}$`)

// identify gives every request an id and refuses what no route can answer.
func (a *generation) identify(c *fiber.Ctx) error {
	id := strings.Clone(c.Get(headerRequestID))
	if !goodID.MatchString(id) {
		id = uuid.NewString()
	}
	c.Locals(localID, id)
	c.Set(headerRequestID, id)
	if c.Get(fiber.HeaderUpgrade) != "" && strings.EqualFold(c.Get(fiber.HeaderUpgrade), "websocket") {
		// codex falls back to plain requests on this status alone (reports F02).
		return a.refuse(c, &ir.Error{Kind: ir.KindUpgrade, Message: "WebSocket connections are not offered here."})
	}
	return c.Next()
}

func requestID(c *fiber.Ctx) string {
	id, ok := c.Locals(localID).(string)
	if !ok {
		return ""
	}
	return id
}

// withoutKey takes the credential out of a query, whoever put it there.
func withoutKey(query string) string {
	if !strings.Contains(query, "key=") {
		return query
	}
	kept := make([]string, 0, 4)
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && plain == "key" {
			continue
		}
		kept = append(kept, pair)
	}
	return strings.Join(kept, "&")
}
