package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/lmittmann/tint"
	"go.opentelemetry.io/otel"

	"louter/conformance/demo"
	"louter/server"
	"louter/server/config"
	"louter/server/metrics"
	"louter/server/telemetry"
)

type serveCommand struct {
	configFile
	Listen  string `help:"Listen here instead of where the configuration says." placeholder:"HOST:PORT"`
	Demo    bool   `help:"Answer from embedded demo backends, without any key."`
	Watch   bool   `help:"Reload when the configuration, its includes or its file values change; SIGHUP does so in any case."`
	Verbose bool   `help:"Log the four sides of every exchange, without secrets."`
}

// Run serves until SIGINT or SIGTERM, drains, and ends at once at the second.
// SIGHUP reads the configuration again.
func (c serveCommand) Run(con console) error {
	var read sources
	cfg, origin, closeDemo, err := c.configuration(con, &read)
	if err != nil {
		return err
	}
	defer closeDemo()
	defer holdBallast()()
	log := newLogger(cfg.Log, con)
	followLibraries(log)
	figures := metrics.New(versionText(), runtime.Version())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("OpenTelemetry", "error", err) }))
	told, err := telemetry.Start(context.Background(), telemetry.Options{
		Version: versionText(), Semconv: cfg.Telemetry.GenAISemconv, Logger: log, Figures: figures.Gatherer(),
	})
	if err != nil {
		return usageError{err}
	}
	app, err := server.New(cfg, server.Options{
		Logger: log, Verbose: c.Verbose || cfg.Performance.LogRequests, Metrics: figures, Telemetry: told,
	})
	if err != nil {
		return usageError{err}
	}
	if err := app.Start(); err != nil {
		return err
	}
	l := lifecycle{app: app, log: log, reloaded: figures.Reloaded, notify: newNotifier(), watch: c.Watch, read: &read,
		reread: func() (*config.Loaded, error) { return c.reread(&read) }}
	return l.run(cfg, func() { greet(con, cfg, origin, app.Addr(), app.AdminAddr()) })
}

// reread loads the configuration again; the demo has none.
func (c serveCommand) reread(read *sources) (*config.Loaded, error) {
	if c.Demo {
		return nil, errors.New("the demo has no configuration to reload")
	}
	return c.readFrom(config.Environment{Lookup: os.LookupEnv, ReadFile: read.read}, c.Listen)
}

func (c serveCommand) configuration(con console, read *sources) (*config.Config, string, func(), error) {
	if !c.Demo {
		loaded, err := c.reread(read)
		if err != nil {
			return nil, "", nil, err
		}
		if err := report(con, loaded); err != nil {
			return nil, "", nil, err
		}
		return loaded.Config, loaded.Source, func() {}, nil
	}
	// The demo guards nothing that costs or knows anything, so that it may be
	// shown from any address.
	cfg := config.Default()
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	cfg.AdminListen, cfg.AdminByDefault = config.DefaultAdminListen, true
	cfg.Drain.Delay = 0
	var started []*demo.Upstream
	closeAll := func() {
		for _, u := range started {
			if err := u.Close(); err != nil {
				fmt.Fprintln(con.err, "louter: demo:", err)
			}
		}
	}
	for i, protocol := range []string{config.ProtocolOpenAI, config.ProtocolGemini} {
		u, err := demo.Start(protocol)
		if err != nil {
			closeAll()
			return nil, "", nil, err
		}
		started = append(started, u)
		name := "demo-" + protocol
		b := config.DefaultBackend(name)
		b.Protocol, b.URL, b.Order = protocol, u.URL(), i
		b.ModelMapping = map[string]string{name: "*"}
		cfg.Backends[name] = b
	}
	return cfg, "the demo", closeAll, nil
}

func newLogger(c config.Log, con console) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	terminal := false
	if f, ok := con.err.(*os.File); ok {
		info, err := f.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if c.Format == "text" || c.Format == "auto" && terminal {
		return slog.New(tint.NewTextHandler(con.err, &tint.Options{Level: level, NoColor: !terminal}))
	}
	return slog.New(slog.NewJSONHandler(con.err, &slog.HandlerOptions{Level: level}))
}

type healthcheckCommand struct {
	configFile
	URL  string        `help:"Ask here instead of at the configured listener." placeholder:"URL"`
	Wait time.Duration `help:"Ask again for as long, until it is alive."`
}

const (
	healthTimeout = 3 * time.Second
	healthPause   = 100 * time.Millisecond
)

// Run asks /livez.
func (c healthcheckCommand) Run(con console) error {
	url := c.URL
	if url == "" {
		listen := config.Default().Listen
		if loaded, err := c.load(con, ""); err == nil {
			listen = loaded.Config.Listen
		} else if !errors.Is(err, config.ErrNothing) {
			return err
		}
		url = "http://" + listen + "/livez"
	}
	until := time.Now().Add(c.Wait)
	for {
		err := askHealth(url)
		if err == nil {
			break
		}
		if time.Now().After(until) {
			return err
		}
		time.Sleep(healthPause)
	}
	fmt.Fprintln(con.out, "alive")
	return nil
}

func askHealth(url string) error {
	client := http.Client{Timeout: healthTimeout}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %d", url, resp.StatusCode)
	}
	return nil
}
