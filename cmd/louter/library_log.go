package main

import (
	"log"
	"log/slog"
	"strings"
)

// followLibraries brings what libraries say on their own into the log.
func followLibraries(to *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(libraryLog{to})
}

// libraryLog leaves out what is quoted: net/http shows the first bytes of an
// answer that nobody asked for, which may be a model's words.
type libraryLog struct{ to *slog.Logger }

func (l libraryLog) Write(text []byte) (int, error) {
	said, _, _ := strings.Cut(string(text), `"`)
	l.to.Warn("a library says", "text", strings.TrimSpace(said))
	return len(text), nil
}
