package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strconv"
	"time"
)

// kind of load.
type kind string

const (
	requests kind = "requests a second"
	streams  kind = "slow streams at once"
)

// load is one step: so many requests a second, or streams at once.
type load struct {
	kind kind
	n    int
}

const (
	stepTime    = 3 * time.Second
	atOnce      = 256 // connections of the open loop
	streamGap   = 250 * time.Millisecond
	rampPer1000 = time.Second // streams begin one after the other
	streamTail  = 2 * time.Second
)

// ramp is over before the first stream ends: all run at once.
func (l load) ramp() time.Duration { return rampPer1000 * time.Duration(l.n) / 1000 }

func (l load) chunks() int { return int((l.ramp() + streamTail) / streamGap) }

// sample is what loadgen tells of a run; times in microseconds.
type sample struct {
	Seconds            float64
	OK, Errors         int64
	ErrorText          map[string]int64
	Latency, TTFT, Gap struct{ P50, P99 float64 }
	CPUus              float64 // of the server, for an answer
	RSSPeak            int64
}

// meter measures steps, the provider's own only once each.
type meter struct {
	options
	direct map[load]sample
}

// point is one step of a curve.
type point struct {
	load
	p50, p99 time.Duration // above the provider's own median
	cores    float64
	memory   int64 // bytes, at its highest
	failed   string
	busy     bool // what failed is the machine
}

func (m *meter) point(ctx context.Context, l load, w way) (point, error) {
	direct, known := m.direct[l]
	var err error
	if !known {
		if direct, err = m.run(ctx, l, m.Mock, ways()[0]); err != nil {
			return point{}, err
		}
		if direct.failed(l) == "" {
			m.direct[l] = direct
		}
	}
	s, err := m.run(ctx, l, m.Louter, w)
	if err != nil {
		return point{}, err
	}
	p := point{load: l, memory: s.RSSPeak, failed: s.failed(l), cores: s.CPUus * float64(s.OK+s.Errors) / s.Seconds / 1e6}
	p.p50, p.p99 = added(l, s, direct)
	_, itself := added(l, direct, direct)
	switch why := direct.failed(l); {
	case why != "":
		p.failed = "the provider itself: " + why
	case p.failed == "" && p.p99 > m.Bound && itself > m.Bound:
		p.failed, p.busy = "too late, and so is the provider without Louter", true
	case p.failed == "" && p.p99 > m.Bound:
		p.failed = "too late"
	}
	return p, nil
}

// added takes the provider's median off, not its own p99: what the machine
// adds to both is not excused. Of a stream the first token counts and the
// gaps between the others, whichever is later.
func added(l load, through, direct sample) (p50, p99 time.Duration) {
	us := func(a, b float64) time.Duration { return time.Duration((a - b) * float64(time.Microsecond)) }
	if l.kind == requests {
		return us(through.Latency.P50, direct.Latency.P50), us(through.Latency.P99, direct.Latency.P50)
	}
	return max(us(through.TTFT.P50, direct.TTFT.P50), us(through.Gap.P50, direct.Gap.P50)),
		max(us(through.TTFT.P99, direct.TTFT.P50), us(through.Gap.P99, direct.Gap.P50))
}

// failed says why a run does not count as borne; empty: it does.
func (s sample) failed(l load) string {
	const enough = 0.97 // of the asked rate
	switch {
	case s.Errors > 0 || s.OK == 0:
		return fmt.Sprintf("%d errors %v", s.Errors, s.ErrorText)
	case l.kind == requests && float64(s.OK)/s.Seconds < enough*float64(l.n):
		return fmt.Sprintf("only %.0f a second", float64(s.OK)/s.Seconds)
	}
	return ""
}

func (m *meter) run(ctx context.Context, l load, url string, w way) (sample, error) {
	args := []string{"-url", url, "-wire", w.wire, "-model", "mock-oai"}
	if l.kind == requests {
		args = append(args, "-path", w.path, "-rate", strconv.Itoa(l.n), "-c", strconv.Itoa(atOnce), "-d", stepTime.String())
	} else {
		if err := m.pace(ctx, l.chunks()); err != nil {
			return sample{}, err
		}
		args = append(args, "-path", w.streamPath, "-stream", "-c", strconv.Itoa(l.n), "-n", strconv.Itoa(l.n),
			"-ramp", l.ramp().String(), "-d", "60s", "-tokens", strconv.Itoa(l.chunks()))
	}
	out, err := exec.CommandContext(ctx, m.Loadgen, args...).Output()
	if err != nil {
		return sample{}, fmt.Errorf("loadgen: %w", errors.Join(err, ctx.Err()))
	}
	var s sample
	return s, json.Unmarshal(out, &s)
}

// pace tells the provider how its streams go.
func (m *meter) pace(ctx context.Context, chunks int) error {
	body := fmt.Appendf(nil, `{"response_bytes":1000,"chunks":%d,"chunk_bytes":14,"delay_us":%d}`, chunks, streamGap.Microseconds())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Mock+"/__config", bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the provider's pace: %s", resp.Status)
	}
	return errors.Join(err, resp.Body.Close())
}
