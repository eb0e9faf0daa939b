// Package conformance_test runs the conformance suite on Louter in this
// process, as `louter conform` does.
package conformance_test

import (
	"flag"
	"os"
	"path/filepath"
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
	cases, err := scenario.Load(os.DirFS("testdata"), "testdata")
	if err != nil {
		t.Fatal(err)
	}
	judge(t, suite.Options{Cases: cases, Media: os.DirFS(filepath.Join("testdata", "media")), Filter: *filter, Update: *update, Recuts: 2})
}

func judge(t *testing.T, o suite.Options) {
	t.Helper()
	o.Starter = inprocess.Louter{}
	results, err := suite.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	tell(t, results)
}

func tell(t *testing.T, results []suite.Result) {
	t.Helper()
	for _, r := range results {
		if r.Bad() {
			t.Errorf("%s %s %s", r.Case, r.Pair, r.Outcome)
			for _, p := range r.Problems {
				t.Log(p)
			}
		}
	}
}

// shared is the folder of recordings beside the checkout.
func shared() string {
	if dir := os.Getenv("LOUTER_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared")
}

func TestRecordingsOfRealServicesKeepTheirMeaning(t *testing.T) {
	cases, err := scenario.LoadRecordings(filepath.Join(shared(), "recordings"))
	if err != nil {
		t.Fatal(err)
	}
	judge(t, suite.Options{Cases: cases, Recuts: 2})
}

func TestBodiesAreValidAndDecodeWithoutLoss(t *testing.T) {
	cases, err := scenario.Load(os.DirFS("testdata"), "testdata")
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := scenario.LoadRecordings(filepath.Join(shared(), "recordings"))
	if err != nil {
		t.Fatal(err)
	}
	results, err := suite.CheckRecordings(suite.Options{Cases: append(cases, recorded...), Filter: *filter})
	if err != nil {
		t.Fatal(err)
	}
	tell(t, results)
}
