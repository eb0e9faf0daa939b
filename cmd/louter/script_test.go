package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"louter/server/config"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"louter": main})
}

// TestScript runs the command as a user does; each file is a session.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(e *testscript.Env) error {
		e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "none"))
		return nil
	}})
}

// TestExamplesAreFine: what deploy/examples shows can be used as it is.
func TestExamplesAreFine(t *testing.T) {
	files, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, problems := config.Parse(filepath.Base(file), data, config.Environment{
			Lookup: func(string) (string, bool) { return "a-key", true }, ReadFile: os.ReadFile,
		})
		for _, p := range problems {
			t.Error(p)
		}
	}
}
