package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The picture has a panel for each kind of load, both axes logarithmic.
const (
	panelWidth, panelHeight = 380, 260
	marginLeft, marginTop   = 60, 40
	panelStep               = panelWidth + 80
	pictureHeight           = marginTop + panelHeight + 90
	lowest, highest         = 0.05, 1000.0 // milliseconds
)

// picture draws p50 and p99 of the added latency against the load.
func picture(curves []curve, bound time.Duration) []byte {
	var b strings.Builder
	width := marginLeft + 2*panelStep
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, pictureHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, pictureHeight)
	for i, k := range []kind{requests, streams} {
		p := panel{out: &b, left: float64(marginLeft + i*panelStep), kind: k}
		p.axes(bound)
		for _, c := range curves {
			if c.kind == k {
				p.lines(c)
			}
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

type panel struct {
	out  *strings.Builder
	left float64
	kind kind
	keys int
}

func (p *panel) x(n int) float64 {
	first, last := ladder(p.kind)
	return p.left + panelWidth*part(float64(n), float64(first), float64(last))
}

func (p *panel) y(d time.Duration) float64 {
	ms := min(max(float64(d)/float64(time.Millisecond), lowest), highest)
	return marginTop + panelHeight*(1-part(ms, lowest, highest))
}

// part is where v stands between first and last, by its logarithm.
func part(v, first, last float64) float64 { return math.Log(v/first) / math.Log(last/first) }

func (p *panel) axes(bound time.Duration) {
	fmt.Fprintf(p.out, `<rect x="%.0f" y="%d" width="%d" height="%d" fill="none" stroke="#444"/>`+"\n", p.left, marginTop, panelWidth, panelHeight)
	p.text(p.left+panelWidth/2, marginTop-12, "middle", "added latency, ms, by "+string(p.kind))
	first, last := ladder(p.kind)
	for n := first; n <= last; n *= 2 {
		p.text(p.x(n), marginTop+panelHeight+16, "middle", fmt.Sprint(n))
	}
	for _, ms := range []float64{0.1, 1, 10, 100, 1000} {
		d := time.Duration(ms * float64(time.Millisecond))
		p.rule(d, "#ddd")
		p.text(p.left-6, p.y(d)+4, "end", fmt.Sprint(ms))
	}
	p.rule(bound, "#c00")
}

func (p *panel) rule(d time.Duration, colour string) {
	fmt.Fprintf(p.out, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s"/>`+"\n", p.left, p.left+panelWidth, p.y(d), p.y(d), colour)
}

func (p *panel) text(x, y float64, anchor, text string) {
	fmt.Fprintf(p.out, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, text)
}

// lines draws both quantiles of one curve, and its key below.
func (p *panel) lines(c curve) {
	colour := map[string]string{ways()[0].name: "#1f77b4", ways()[1].name: "#e6820e"}[c.way.name]
	for _, q := range []struct {
		name, dash string
		of         func(point) time.Duration
	}{
		{"p99", "", func(p point) time.Duration { return p.p99 }},
		{"p50", "4 3", func(p point) time.Duration { return p.p50 }},
	} {
		var at []string
		for _, point := range c.points {
			at = append(at, fmt.Sprintf("%.1f,%.1f", p.x(point.n), p.y(q.of(point))))
		}
		fmt.Fprintf(p.out, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`+"\n", strings.Join(at, " "), colour, q.dash)
		y := float64(marginTop + panelHeight + 36 + p.keys/2*18)
		x := p.left + float64(p.keys%2)*panelWidth/2
		p.keys++
		fmt.Fprintf(p.out, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`+"\n", x, x+24, y, y, colour, q.dash)
		p.text(x+30, y+4, "start", c.way.name+" "+q.name)
	}
}
