package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServiceManagerIsTold: ready, each reload with its time, good or bad,
// and the stop, in the words of sd_notify(3).
func TestServiceManagerIsTold(t *testing.T) {
	dir, manager := serviceManager(t)
	file := filepath.Join(dir, "louter.toml")
	good := "listen = \"127.0.0.1:0\"\n[backends.a]\nurl = \"http://127.0.0.1:1\"\n[drain]\ndelay = \"0s\"\n"
	write(t, file, good)
	var log strings.Builder
	cmd := exec.CommandContext(t.Context(), "louter", "serve", "--config", file)
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+filepath.Join(dir, socketName))
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		text   string
		signal syscall.Signal
		told   []string
	}{
		{good, 0, []string{"READY=1"}},
		{strings.Replace(good, "backends.a", "backends.b", 1), syscall.SIGHUP, []string{"RELOADING=1", "READY=1"}},
		{"nonsense = 1\n", syscall.SIGHUP, []string{"RELOADING=1", "READY=1"}},
		{good, syscall.SIGTERM, []string{"STOPPING=1"}},
	}
	for _, step := range steps {
		write(t, file, step.text)
		if step.signal != 0 {
			if err := cmd.Process.Signal(step.signal); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range step.told {
			expect(t, manager, want)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	for _, want := range []string{"reloaded", "nonsense", "the old configuration is kept"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}

const socketName = "notify"

// serviceManager listens in a directory of its own.
func serviceManager(t *testing.T) (string, *net.UnixConn) {
	t.Helper()
	dir, err := os.MkdirTemp("", "louter") // a socket's path may have 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, socketName), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := manager.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return dir, manager
}

// TestWatchdogIsCalmed: also while the drain waits. A watchdog that is meant
// for another process is not.
func TestWatchdogIsCalmed(t *testing.T) {
	const usec = "WATCHDOG_USEC=100000"
	text := "listen = \"127.0.0.1:0\"\n[backends.a]\nurl = \"http://127.0.0.1:1\"\n[drain]\ndelay = \"1m\"\n"
	for _, c := range []struct {
		name, pid string
		anyTime   []string
		told      []string
	}{
		{"own", "WATCHDOG_PID=", []string{"WATCHDOG=1"}, []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1", "WATCHDOG=1", "WATCHDOG=1"}},
		{"another's", "WATCHDOG_PID=1", nil, []string{"READY=1", "STOPPING=1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, manager := serviceManager(t)
			file := filepath.Join(dir, "louter.toml")
			write(t, file, text)
			cmd := exec.CommandContext(t.Context(), "louter", "serve", "--config", file)
			cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+filepath.Join(dir, socketName), usec, c.pid)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.told {
				if want != "STOPPING=1" {
					expect(t, manager, want)
					continue
				}
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				expect(t, manager, want, c.anyTime...)
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("the second signal did not end the drain")
			}
		})
	}
}

// expect reads what the manager is told next, but for what comes at any time.
func expect(t *testing.T, manager *net.UnixConn, want string, anyTime ...string) {
	t.Helper()
	buf := make([]byte, 1<<10)
	n, err := manager.Read(buf)
	for err == nil && slices.Contains(anyTime, string(buf[:n])) {
		n, err = manager.Read(buf)
	}
	if err != nil {
		t.Fatalf("waiting for %q: %v", want, err)
	}
	first, rest, _ := strings.Cut(string(buf[:n]), "\n")
	if first != want {
		t.Fatalf("told %q, not %q", first, want)
	}
	if want == "RELOADING=1" && !strings.HasPrefix(rest, "MONOTONIC_USEC=") {
		t.Errorf("a reload without its time: %q", rest)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
