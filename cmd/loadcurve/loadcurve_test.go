package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNarrow: whatever Louter bears is found to an eighth of a step.
func TestNarrow(t *testing.T) {
	for _, bears := range []int{0, 499, 500, 777, 4_000, 9_123, 31_999, 32_000, 90_000} {
		best, steps := 0, 0
		open := false
		err := narrow(requests, func(n int) (bool, error) {
			steps++
			if n <= bears {
				best = max(best, n)
			}
			return n <= bears, nil
		}, &open)
		if err != nil {
			t.Fatal(err)
		}
		first, last := ladder(requests)
		switch {
		case best > bears || steps > 10+halvings:
			t.Errorf("%d: found %d in %d steps", bears, best, steps)
		case bears >= last:
			if best != last || !open {
				t.Errorf("%d: found %d, open %t", bears, best, open)
			}
		case bears >= first && float64(bears-best) > float64(best)/8+1 || open:
			t.Errorf("%d: found only %d, open %t", bears, best, open)
		}
	}
	broken := errors.New("no loadgen")
	if err := narrow(streams, func(int) (bool, error) { return false, broken }, new(bool)); !errors.Is(err, broken) {
		t.Errorf("the error is lost: %v", err)
	}
}

// TestAdded: the provider's median comes off, and a stream is as late as the
// later of its first token and its gaps.
func TestAdded(t *testing.T) {
	var through, direct sample
	direct.Latency.P50, direct.Latency.P99, through.Latency.P99 = 1_000, 9_000, 11_000
	if _, p99 := added(load{kind: requests}, through, direct); p99 != 10*time.Millisecond {
		t.Errorf("requests: %s", p99)
	}
	direct.TTFT.P50, through.TTFT.P99 = 250_000, 253_000
	direct.Gap.P50, through.Gap.P99 = 250_000, 257_000
	if _, p99 := added(load{kind: streams}, through, direct); p99 != 7*time.Millisecond {
		t.Errorf("streams: %s", p99)
	}
}

// TestFailed: an error, nothing at all, or a rate that was not reached.
func TestFailed(t *testing.T) {
	asked := load{requests, 1000}
	for _, c := range []struct {
		name   string
		s      sample
		failed bool
	}{
		{"all", sample{Seconds: 2, OK: 2000}, false},
		{"nearly all", sample{Seconds: 2, OK: 1950}, false},
		{"too few", sample{Seconds: 2, OK: 1900}, true},
		{"an error", sample{Seconds: 2, OK: 2000, Errors: 1}, true},
		{"nothing", sample{Seconds: 2}, true},
	} {
		if why := c.s.failed(asked); why != "" != c.failed {
			t.Errorf("%s: said %q", c.name, why)
		}
	}
}

// TestWritePage: what the benchmark wrote above stays, an older section does
// not, and the picture is XML.
func TestWritePage(t *testing.T) {
	dir := t.TempDir()
	o := options{Page: filepath.Join(dir, "page.md"), Picture: filepath.Join(dir, "load.svg"), Bound: 10 * time.Millisecond, Note: "A note."}
	if err := os.WriteFile(o.Page, []byte("# Performance\n\ntable\n\n"+marker+"\nold\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var curves []curve
	for _, k := range []kind{requests, streams} {
		for _, w := range ways() {
			p := point{load: load{k, 500}, p50: time.Millisecond, p99: 2 * time.Millisecond, cores: 0.5, memory: 64 << 20}
			curves = append(curves, curve{kind: k, way: w, points: []point{p, {load: load{k, 1000}, p99: time.Minute, failed: "too late"}}, best: p})
		}
	}
	if err := writePage(o, curves); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(o.Page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, want := range []string{"# Performance\n\ntable\n\n" + marker, "A note.", "| requests a second | 500 | 500 |", "(load.svg)", "| 500 | 1.00 | 2.00 | 0.50 | 64 |  |", "too late"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "old") || strings.Count(text, marker) != 1 {
		t.Errorf("the old section is there yet:\n%s", text)
	}
	d := xml.NewDecoder(strings.NewReader(string(picture(curves, o.Bound))))
	lines := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := token.(xml.StartElement); ok && s.Name.Local == "polyline" {
			lines++
		}
	}
	if lines != 8 {
		t.Errorf("the picture has %d lines, not 8", lines)
	}
}
