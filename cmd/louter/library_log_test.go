package main

import (
	"bytes"
	"log"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// What net/http says of an answer that nobody asked for quotes the answer.
func TestLibrariesTellNoContent(t *testing.T) {
	flags := log.Flags()
	defer func() {
		log.SetFlags(flags)
		log.SetOutput(os.Stderr)
	}()
	var out bytes.Buffer
	followLibraries(slog.New(slog.NewJSONHandler(&out, nil)))
	log.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v", "HTTP/1.1 200 OK\r\n\r\nDear patient", error(nil))
	if got := out.String(); strings.Contains(got, "patient") || !strings.Contains(got, "Unsolicited response") || !strings.Contains(got, `"level":"WARN"`) {
		t.Error(got)
	}
}
