package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecondSignalEndsTheDrain: the first asks for a drain of a minute, the
// second does not wait for it.
func TestSecondSignalEndsTheDrain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "louter.toml")
	text := "listen = \"127.0.0.1:0\"\n[backends.a]\nurl = \"http://127.0.0.1:1\"\n[drain]\ndelay = \"1m\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "louter", "serve", "--config", file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		from io.Reader
		word string
	}{{out, "listening on"}, {log, "draining"}} {
		if !readUntil(step.from, step.word) {
			t.Fatalf("it never said %q", step.word)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("it ended with %v, not by the second signal", err)
	}
}

func readUntil(r io.Reader, word string) bool {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), word) {
			return true
		}
	}
	return false
}
