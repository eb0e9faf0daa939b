// Package deploy_test checks what deploy/ ships against a running Louter, with
// Prometheus' own parser and engine.
package deploy_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// scrapes are what a Prometheus would hold: each scrape of a real Louter, as
// if they were a quarter of a minute apart.
type scrapes struct {
	all map[string]*storage.SeriesEntry
	raw map[string][]chunks.Sample
	now time.Time
}

const apart = 15 * time.Second

func newScrapes() *scrapes {
	return &scrapes{all: map[string]*storage.SeriesEntry{}, raw: map[string][]chunks.Sample{}, now: time.Unix(1_800_000_000, 0)}
}

// scrape reads the metrics of a Louter under the labels that Prometheus adds.
func (s *scrapes) scrape(t *testing.T, admin string) {
	t.Helper()
	s.now = s.now.Add(apart)
	resp, err := http.Get("http://" + admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	p := textparse.NewPromParser(text, labels.NewSymbolTable(), false)
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var found labels.Labels
		p.Labels(&found)
		_, _, value := p.Series()
		s.add(found, value)
	}
	s.add(labels.FromStrings(labels.MetricName, "up"), 1)
}

func (s *scrapes) add(of labels.Labels, value float64) {
	b := labels.NewBuilder(of)
	b.Set("job", "louter")
	b.Set("instance", "127.0.0.1:9090")
	of = b.Labels()
	key := of.String()
	s.raw[key] = append(s.raw[key], sample{s.now.UnixMilli(), value})
	s.all[key] = storage.NewListSeries(of, s.raw[key])
}

type sample struct {
	at    int64
	value float64
}

func (s sample) T() int64                      { return s.at }
func (s sample) ST() int64                     { return 0 }
func (s sample) F() float64                    { return s.value }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }

// Querier makes it a storage.Queryable.
func (s *scrapes) Querier(int64, int64) (storage.Querier, error) { return querier{s}, nil }

type querier struct{ of *scrapes }

func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, all ...*labels.Matcher) storage.SeriesSet {
	set := &found{at: -1}
	for _, entry := range q.of.all {
		if matches(entry.Lset, all) {
			set.entries = append(set.entries, entry)
		}
	}
	return set
}

func matches(of labels.Labels, all []*labels.Matcher) bool {
	for _, m := range all {
		if !m.Matches(of.Get(m.Name)) {
			return false
		}
	}
	return true
}

func (querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errors.New("not asked of queries")
}

func (querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errors.New("not asked of queries")
}

func (querier) Close() error { return nil }

type found struct {
	entries []storage.Series
	at      int
}

func (f *found) Next() bool                        { f.at++; return f.at < len(f.entries) }
func (f *found) At() storage.Series                { return f.entries[f.at] }
func (f *found) Err() error                        { return nil }
func (f *found) Warnings() annotations.Annotations { return nil }

// query gives the values of an expression after the last scrape.
func (s *scrapes) query(t *testing.T, expr string) []float64 {
	t.Helper()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: parser.NewParser(parser.Options{})})
	defer engine.Close()
	q, err := engine.NewInstantQuery(t.Context(), s, nil, expr, s.now)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	defer q.Close()
	result := q.Exec(t.Context())
	if result.Err != nil || len(result.Warnings) > 0 {
		t.Fatalf("%s: %v, %v", expr, result.Err, result.Warnings)
	}
	vector, err := result.Vector()
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	var values []float64
	for _, v := range vector {
		if !math.IsNaN(v.F) {
			values = append(values, v.F)
		}
	}
	return values
}

// checkNames: every selector finds series, and every label that is grouped by
// is on them. A query over nothing is not wrong for the engine.
func (s *scrapes) checkNames(t *testing.T, expr string) {
	t.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			if len(s.labelsOf(n)) == 0 {
				t.Errorf("%s: nothing is %s", expr, n)
			}
		case *parser.AggregateExpr:
			below := s.labelsOf(n.Expr)
			for _, label := range n.Grouping {
				if !below[label] {
					t.Errorf("%s: no series has the label %s", expr, label)
				}
			}
		}
		return nil
	})
}

// labelsOf are the labels of all series that the node selects.
func (s *scrapes) labelsOf(n parser.Node) map[string]bool {
	names := map[string]bool{}
	parser.Inspect(n, func(n parser.Node, _ []parser.Node) error {
		selector, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		for _, entry := range s.all {
			if matches(entry.Lset, selector.LabelMatchers) {
				entry.Lset.Range(func(l labels.Label) { names[l.Name] = true })
			}
		}
		return nil
	})
	return names
}
