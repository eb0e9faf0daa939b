package server

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/gofiber/fiber/v2"

	"louter/server/config"
	"louter/translate/ir"
)

// keyring holds the hashes of the keys that clients may show. Looking up a
// hash takes the same time for any wrong key.
type keyring map[[sha256.Size]byte]bool

func newKeyring(keys []config.Secret) keyring {
	k := keyring{}
	for _, key := range keys {
		k[sha256.Sum256([]byte(key.Reveal()))] = true
	}
	return k
}

// admit gives the tenant that the request belongs to. Without configured
// keys everyone is one tenant.
func (k keyring) admit(c *fiber.Ctx) (tenant string, err error) {
	if len(k) == 0 {
		return "", nil
	}
	shown := shownKey(c)
	if shown == "" {
		return "", &ir.Error{Kind: ir.KindUnauthenticated, Code: "missing_api_key",
			Message: "An API key is required: Authorization: Bearer KEY, x-goog-api-key: KEY or ?key=KEY."}
	}
	sum := sha256.Sum256([]byte(shown))
	if !k[sum] {
		return "", &ir.Error{Kind: ir.KindUnauthenticated, Code: "invalid_api_key", Message: "The API key is not valid."}
	}
	return hex.EncodeToString(sum[:8]), nil
}

func shownKey(c *fiber.Ctx) string {
	if key := c.Get("X-Goog-Api-Key"); key != "" {
		return key
	}
	if scheme, key, ok := strings.Cut(c.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	if key := c.Get("Api-Key"); key != "" {
		return key
	}
	return c.Query("key")
}
