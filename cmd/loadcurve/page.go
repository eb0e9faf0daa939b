package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// marker begins the page's section of the load; what stands above it is
// written by scripts/bench.sh, which keeps what stands below.
const marker = "<!-- make load -->\n"

func writePage(o options, curves []curve) error {
	page, err := os.ReadFile(o.Page)
	if err != nil {
		return err
	}
	above, _, _ := bytes.Cut(page, []byte(marker))
	above = append(bytes.TrimRight(above, "\n"), "\n\n"+marker...)
	picture, err := filepath.Rel(filepath.Dir(o.Page), o.Picture)
	if err != nil {
		return err
	}
	return os.WriteFile(o.Page, append(above, section(o, curves, picture)...), 0o644)
}

func section(o options, curves []curve, picture string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## How much it bears\n\nWritten by `make load` on %s. %s\n\n", time.Now().UTC().Format(time.DateOnly), o.Note)
	fmt.Fprintf(&b, "The load rises until p99 of the added latency is over %s, or an answer fails, twice. Added is what\n"+
		"stands above the *median* of the same load at the provider without Louter; of a stream, the\n"+
		"first token or the gap between two others, whichever is later. Requests of 1 KB come at a fixed\n"+
		"rate and are timed from when they were due; streams bring a chunk each %s.\n\n", o.Bound, streamGap)
	b.WriteString("| highest |")
	for _, w := range ways() {
		fmt.Fprintf(&b, " %s |", w.name)
	}
	b.WriteString("\n|---|--:|--:|\n")
	for _, k := range []kind{requests, streams} {
		fmt.Fprintf(&b, "| %s |", k)
		for _, c := range curves {
			if c.kind == k {
				fmt.Fprintf(&b, " %s |", c.highest())
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n![added latency by load](%s)\n", picture)
	for _, c := range curves {
		fmt.Fprintf(&b, "\n### %s, %s\n\n| %s | p50 added ms | p99 added ms | CPU cores | memory MB | |\n|--:|--:|--:|--:|--:|---|\n", c.way.name, c.kind, c.kind)
		for _, p := range c.points {
			fmt.Fprintf(&b, "| %d | %s | %s | %.2f | %d | %s |\n", p.n, millis(p.p50), millis(p.p99), p.cores, p.memory>>20, p.failed)
		}
	}
	return b.String()
}

func (c curve) highest() string {
	if c.open {
		return fmt.Sprintf("%d, the most that was tried", c.best.n)
	}
	return fmt.Sprint(c.best.n)
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond))
}
