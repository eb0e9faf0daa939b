package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"louter/server"
	"louter/server/config"
)

// lifecycle answers the signals of a serving process.
type lifecycle struct {
	app *server.App
	log *slog.Logger
	// reloaded is told whether a configuration was taken.
	reloaded func(ok bool)
	notify   notifier
	watch    bool
	read     *sources // filled by reread
	reread   func() (*config.Loaded, error)
}

// run returns when serving has ended: after a drain, or with what ended it.
// ready is called once signals are heard: whoever reads of it may send one.
func (l lifecycle) run(cfg *config.Config, ready func()) error {
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch files: %w", err)
	}
	defer func() {
		if err := files.Close(); err != nil {
			l.log.Warn("watching the configuration", "error", err)
		}
	}()
	l.follow(files)
	quiet := time.NewTimer(settle)
	quiet.Stop()
	ready()
	l.tell("READY=1")
	defer l.calmWatchdog()()
	for {
		select {
		case err := <-l.app.Served():
			return fmt.Errorf("serving ended: %w", err)
		case <-files.Events:
			quiet.Reset(settle)
		case err := <-files.Errors:
			l.log.Warn("watching the configuration", "error", err)
			quiet.Reset(settle) // events may have been lost
		case <-quiet.C:
			if fresh := l.reload(true); fresh != nil {
				cfg = fresh
			}
			l.follow(files)
		case <-reload:
			if fresh := l.reload(false); fresh != nil {
				cfg = fresh
			}
			l.follow(files)
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
// kept, since a bad one never replaces a good one (promise 9). What the files
// say must differ where onlyChanged.
func (l lifecycle) reload(onlyChanged bool) *config.Config {
	before := l.read.forget()
	loaded, err := l.reread()
	if onlyChanged && l.read.same(before) {
		return nil
	}
	l.tell(reloading())
	defer l.tell("READY=1")
	fresh := l.take(loaded, err)
	l.reloaded(fresh != nil)
	return fresh
}

// take swaps in what was loaded, or says why not.
func (l lifecycle) take(loaded *config.Loaded, err error) *config.Config {
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

// calmWatchdog tells the manager at half of its patience that the process
// lives, also in a reload and in the drain; the function returned ends that.
func (l lifecycle) calmWatchdog() (end func()) {
	patience, err := l.notify.watchdog()
	if err != nil {
		l.log.Warn("the service manager's watchdog", "error", err)
	}
	if patience == 0 {
		return func() {}
	}
	tick, ended := time.NewTicker(patience/2), make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		for {
			select {
			case <-tick.C:
				l.tell("WATCHDOG=1")
			case <-ended:
				return
			}
		}
	})
	return func() {
		tick.Stop()
		close(ended)
		telling.Wait()
	}
}

func (l lifecycle) follow(files *fsnotify.Watcher) {
	if !l.watch {
		return
	}
	if err := l.read.follow(files); err != nil {
		l.log.Warn("watching the configuration", "error", err)
	}
}
