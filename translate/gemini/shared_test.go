package gemini

import (
	"os"
	"path/filepath"
	"testing"
)

// sharedDir is the folder "shared" beside the checkout, or $LOUTER_SHARED.
func sharedDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("LOUTER_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("recordings are needed, set LOUTER_SHARED: %v", err)
	}
	return dir
}

// recording reads a file of recordings/gemini; nil where that one has none.
func recording(t testing.TB, name, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(sharedDir(t), "recordings", "gemini", name, file))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func recordings(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(sharedDir(t), "recordings", "gemini"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
