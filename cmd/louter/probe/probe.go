// Package probe finds out whether backends can do what their configuration
// declares: one small real request for each capability, on the way that a
// client's request takes, with the backend's own key and timeouts. It costs
// what such requests cost, and is done only when asked for.
package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"louter/server"
	"louter/server/config"
)

// Verdict is how a backend did.
type Verdict string

// Verdicts. Answers: it took the request, and what it said does not show that
// it saw what it was sent; a small model may just be wrong.
const (
	Works   Verdict = "works"
	Answers Verdict = "answers"
	Fails   Verdict = "fails"
)

// Result is how a backend did at one capability.
type Result struct {
	Backend    string        `json:"backend"`
	Model      string        `json:"model"`
	Capability string        `json:"capability"`
	Verdict    Verdict       `json:"result"`
	Took       time.Duration `json:"nanoseconds"`
	Detail     string        `json:"detail,omitempty"`
}

// Options say what is asked, besides the configuration.
type Options struct {
	// Model, as a client would name it, is asked of the backends that serve it;
	// "": one that the backend's mapping names.
	Model   string
	Timeout time.Duration // of each request
	Media   fs.FS         // the conformance suite's
	Done    func(Result)  // is told of each at once; nil: nobody is
}

// ErrNoModel says that nothing tells which model to ask for.
var ErrNoModel = errors.New("its mapping names no model: say which with --model")

// Backend asks one backend for each capability that it declares. The error
// says that it cannot be asked at all.
func Backend(ctx context.Context, cfg *config.Config, name string, o Options) ([]Result, error) {
	b := cfg.Backends[name]
	model, err := modelOf(b, o.Model)
	if err != nil {
		return nil, err
	}
	app, err := server.New(alone(cfg, b, model), server.Options{})
	if err != nil {
		return nil, err
	}
	if err := app.Start(); err != nil {
		return nil, err
	}
	transport := &http.Transport{}
	a := asker{url: "http://" + app.Addr() + "/v1beta/models/" + probed + ":generateContent", client: http.Client{Transport: transport}}
	var results []Result
	for _, q := range questions {
		if !b.Has(q.capability) || ctx.Err() != nil {
			continue
		}
		r := Result{Backend: name, Model: model, Capability: q.capability}
		began := time.Now()
		if r.Verdict, r.Detail, err = a.ask(ctx, q, o); err != nil {
			break
		}
		r.Took = time.Since(began)
		results = append(results, r)
		if o.Done != nil {
			o.Done(r)
		}
	}
	transport.CloseIdleConnections()
	return results, errors.Join(err, ctx.Err(), app.Stop(context.WithoutCancel(ctx)))
}

// probed is the name under which the model is asked for.
const probed = "probed"

// alone is the configuration with nothing but the backend: no keys, no other
// to fall back on, nothing added to what is asked. What cannot be carried to
// it is refused rather than left out.
func alone(cfg *config.Config, b *config.Backend, model string) *config.Config {
	c, one := *cfg, *b
	one.ModelMapping = map[string]string{probed: model}
	one.Capabilities, one.Fallback, one.Health.Interval, one.MaxInFlight = nil, "", 0, 0
	one.CustomInstruction, one.Breaker.ConsecutiveFailures = "", len(questions)*cfg.Retry.Attempts+1
	c.Backends = map[string]*config.Backend{b.Name: &one}
	c.Listen, c.AdminListen, c.Strict = "127.0.0.1:0", "", true
	c.Auth, c.CORS, c.CustomInstructions = config.Auth{}, config.CORS{}, ""
	c.Performance, c.Drain.Delay = config.Performance{}, 0
	return &c
}

// modelOf is the backend's name of the model that it is asked for.
func modelOf(b *config.Backend, wanted string) (string, error) {
	if wanted != "" {
		model, serves := b.MapModel(wanted)
		if !serves {
			return "", fmt.Errorf("it does not serve %q", wanted)
		}
		return model, nil
	}
	for _, name := range slices.Sorted(maps.Keys(b.ModelMapping)) {
		switch to := b.ModelMapping[name]; {
		case to != "*":
			return to, nil
		case !config.IsPattern(name):
			return name, nil
		}
	}
	return "", ErrNoModel
}

type asker struct {
	url    string
	client http.Client
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// ask puts one question; the error is the probe's own.
func (a asker) ask(ctx context.Context, q question, o Options) (Verdict, string, error) {
	body, err := q.body(o.Media)
	if err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(body))
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		return notInTime(ctx, o.Timeout, err)
	}
	defer func() {
		// The answer was read, or is given up.
		//nolint:errcheck // nothing can be done about it
		resp.Body.Close()
	}()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return notInTime(ctx, o.Timeout, err)
	}
	if resp.StatusCode != http.StatusOK {
		return Fails, fmt.Sprintf("%d: %s", resp.StatusCode, oneLine(gjson.GetBytes(answer, "error.message").String())), nil
	}
	verdict, detail := q.judge(answer)
	return verdict, detail, nil
}

// notInTime: an answer that does not come is the backend's; the gateway in
// between is this process.
func notInTime(ctx context.Context, timeout time.Duration, err error) (Verdict, string, error) {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return Fails, fmt.Sprintf("no answer within %s", timeout), nil
	}
	return "", "", err
}
