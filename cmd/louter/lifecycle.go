package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"louter/server"
	"louter/server/config"
)

// lifecycle answers the signals of a serving process.
type lifecycle struct {
	app    *server.App
	log    *slog.Logger
	notify notifier
	reread func() (*config.Loaded, error)
}

// run returns when serving has ended: after a drain, or with what ended it.
// ready is called once signals are heard: whoever reads of it may send one.
func (l lifecycle) run(cfg *config.Config, ready func()) error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	ready()
	l.tell("READY=1")
	for {
		select {
		case err := <-l.app.Served():
			return fmt.Errorf("serving ended: %w", err)
		case <-reload:
			l.tell(reloading())
			if fresh := l.reload(); fresh != nil {
				cfg = fresh
			}
			l.tell("READY=1")
		case <-stop.Done():
			cancel() // a second signal ends the process at once
			l.tell("STOPPING=1")
			l.log.Info("draining", "delay", cfg.Drain.Delay.D(), "timeout", cfg.Drain.Timeout.D())
			if err := l.app.Stop(context.Background()); err != nil {
				return fmt.Errorf("stopped before every exchange had ended: %w", err)
			}
			return nil
		}
	}
}

// reload gives the configuration that serves from now on; nil: the old one is
// kept, since a bad one never replaces a good one (promise 9).
func (l lifecycle) reload() *config.Config {
	loaded, err := l.reread()
	if err != nil {
		l.log.Error("reload failed, the old configuration is kept", "error", err)
		return nil
	}
	broken := config.Broken(loaded.Problems)
	level := slog.LevelWarn
	if broken {
		level = slog.LevelError
	}
	for _, p := range loaded.Problems {
		l.log.Log(context.Background(), level, "configuration", "problem", p.String())
	}
	if broken {
		l.log.Error("reload failed, the old configuration is kept", "error", errUnusable)
		return nil
	}
	if err := l.app.Reload(loaded.Config); err != nil {
		l.log.Error("reload failed, the old configuration is kept", "error", err)
		return nil
	}
	l.log.Info("reloaded", "from", loaded.Source)
	return loaded.Config
}

// tell: a manager that cannot be told is no reason to stop serving.
func (l lifecycle) tell(state string) {
	if err := l.notify.send(state); err != nil {
		l.log.Warn("the service manager was not told", "error", err)
	}
}
