package server

import (
	"crypto/rand"
	"time"

	"louter/translate"
)

func newMint() translate.Mint {
	return translate.Mint{
		ID:  func(prefix string) string { return prefix + rand.Text() },
		Now: time.Now,
	}
}
