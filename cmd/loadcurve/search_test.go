package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSearch runs against a load generator that is a script: Louter bears
// 1,500 requests a second, and the provider all or, on a busy machine, none.
func TestSearch(t *testing.T) {
	const script = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in -url) url=$2 ;; -rate) rate=$2 ;; esac
  shift
done
late=$PROVIDER_P99
if [ "$url" = http://louter ]; then
  late=2000
  if [ "$rate" -gt 1500 ] || [ "$PROVIDER_P99" -gt 10000 ]; then late=20000; fi
fi
echo "{\"Seconds\": 1, \"OK\": $rate, \"CPUus\": 100, \"RSSPeak\": 1048576, \"Latency\": {\"P50\": 300, \"P99\": $late}}"
`
	loadgen := filepath.Join(t.TempDir(), "loadgen")
	if err := os.WriteFile(loadgen, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	newMeter := func() *meter {
		return &meter{options: options{Loadgen: loadgen, Louter: "http://louter", Mock: "http://mock", Bound: 10 * time.Millisecond}, direct: map[load]sample{}}
	}
	t.Setenv("PROVIDER_P99", "500")
	c, err := search(t.Context(), newMeter(), requests, ways()[0])
	if err != nil {
		t.Fatal(err)
	}
	if b := c.best; b.n != 1500 || b.p99 != 1700*time.Microsecond || b.cores != 0.15 || b.memory != 1<<20 || c.open {
		t.Errorf("found %+v, open %t", b, c.open)
	}
	t.Setenv("PROVIDER_P99", "20000")
	if _, err := search(t.Context(), newMeter(), requests, ways()[0]); !errors.Is(err, errBusy) {
		t.Errorf("on a busy machine: %v", err)
	}
}
