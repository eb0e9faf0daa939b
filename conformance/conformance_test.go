// Package conformance_test runs the conformance suite on Louter in this
// process, as `louter conform` does.
package conformance_test

import (
	"flag"
	"testing"

	"louter/cmd/louter/inprocess"
	"louter/conformance/scenario"
	"louter/conformance/suite"
)

var (
	update = flag.Bool("update", false, "write the goldens")
	filter = flag.String("filter", "", "glob over the names of cases")
)

func TestLouterConforms(t *testing.T) {
	cases, err := scenario.Load("testdata")
	if err != nil {
		t.Fatal(err)
	}
	results, err := suite.Run(t.Context(), suite.Options{
		Cases: cases, Starter: inprocess.Louter{}, Filter: *filter, Update: *update, Recuts: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Bad() {
			t.Errorf("%s %s %s", r.Case, r.Pair, r.Outcome)
			for _, p := range r.Problems {
				t.Log(p)
			}
		}
	}
}
