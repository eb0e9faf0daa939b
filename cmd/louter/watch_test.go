package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestWatchFollowsSwaps: a ConfigMap's symlink is swapped twice, and a file
// is replaced by a rename; each is a reload (reports F18).
func TestWatchFollowsSwaps(t *testing.T) {
	dir := t.TempDir()
	text := "listen = \"127.0.0.1:0\"\n[backends.a]\nurl = \"http://127.0.0.1:1\"\n[drain]\ndelay = \"0s\"\n#"
	version := func(name string) {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "louter.toml"), text+name+"\n")
	}
	link := func(to, at string) {
		next := filepath.Join(dir, "next")
		if err := os.Symlink(to, next); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(dir, at)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"v1", "v2", "v3"} {
		version(name)
	}
	link("v1", "..data")
	link("..data/louter.toml", "louter.toml")
	cmd := exec.CommandContext(t.Context(), "louter", "serve", "--watch", "--config", filepath.Join(dir, "louter.toml"))
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
	if !readUntil(out, "listening on") {
		t.Fatal("it never listened")
	}
	for i, change := range []func(){
		func() { link("v2", "..data") },
		func() { link("v3", "..data") },
		func() {
			write(t, filepath.Join(dir, "new"), text+"renamed\n")
			if err := os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "louter.toml")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		change()
		if !readUntil(log, "reloaded") {
			t.Fatalf("change %d was not seen", i)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
