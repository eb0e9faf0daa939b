package fidelity

import (
	"fmt"
	"testing"
)

func TestZZ(t *testing.T) {
	tb := tables(t)[0]
	for _, s := range readSamples(t, tb.name) {
		if s.name == "testdata/gemini-request/settings.json" {
			fmt.Println(tb.ways[0].run(&s, s.doc).losses)
		}
	}
}
