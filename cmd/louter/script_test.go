package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"louter/server/config"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"louter": main})
}

// TestScript runs the command as a user does; each file is a session.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "none"))
			for _, name := range []string{"PORT", "PORT_GEMINI", "PORT_CHAT"} {
				port, err := freePort()
				if err != nil {
					return err
				}
				e.Setenv(name, port)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "ask": ask},
	})
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// status runs a command that must end with the given exit code.
func status(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}

// ask posts a body as curl -d does, and prints the answer.
func ask(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: ask PATH BODY")
	}
	resp, err := http.Post("http://127.0.0.1:"+ts.Getenv("PORT")+args[0], "application/x-www-form-urlencoded", strings.NewReader(args[1]))
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(body)
	ts.Check(err)
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("status %d: %s", resp.StatusCode, body)
	}
}

// TestExamplesAreFine: what deploy/examples shows passes `louter check`
// without a word.
func TestExamplesAreFine(t *testing.T) {
	files, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, file := range files {
		loaded, err := config.Load(config.Options{File: file, Env: config.Environment{
			Lookup: func(string) (string, bool) { return "a-key", true }, ReadFile: os.ReadFile,
		}})
		if err != nil {
			t.Fatal(err)
		}
		tryToBuild(loaded)
		for _, p := range loaded.Problems {
			t.Error(p)
		}
	}
}
