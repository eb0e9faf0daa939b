package deploy_test

import (
	"log/slog"
	"os"
	"slices"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func readAlerts(t *testing.T) []rulefmt.Rule {
	t.Helper()
	text, err := os.ReadFile("prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	groups, faults := rulefmt.Parse(text, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, fault := range faults {
		t.Error(fault)
	}
	if groups == nil || len(groups.Groups) != 1 {
		t.Fatal("no group of alerts")
	}
	return groups.Groups[0].Rules
}

// firing are the alerts whose condition is met.
func (s *scrapes) firing(t *testing.T, alerts []rulefmt.Rule) []string {
	t.Helper()
	var names []string
	for _, a := range alerts {
		if len(s.query(t, a.Expr)) > 0 {
			names = append(names, a.Alert)
		}
	}
	return names
}

// tooSlowToShow are the alerts that only seconds of waiting would set off;
// what they compare has a value all the same.
var tooSlowToShow = []string{"LouterSlowFirstToken", "LouterSlowItself"}

// TestAlertsAreQuietOnAGoodDay, though callers make their own mistakes.
func TestAlertsAreQuietOnAGoodDay(t *testing.T) {
	g, s := start(t, "good", "gemini"), newScrapes()
	for range 3 {
		g.healthy(t)
		s.scrape(t, g.app.AdminAddr())
	}
	alerts := readAlerts(t)
	for _, name := range s.firing(t, alerts) {
		if !slices.Contains(tooSlowToShow, name) { // how fast this machine is now is not what is judged
			t.Errorf("%s fires", name)
		}
	}
	for _, a := range alerts {
		if slices.Contains(tooSlowToShow, a.Alert) {
			if values := s.query(t, comparedOf(t, a.Expr)); len(values) == 0 {
				t.Errorf("%s compares nothing", a.Alert)
			}
			s.checkNames(t, a.Expr)
		}
	}
}

// comparedOf is what an expression holds against its limit.
func comparedOf(t *testing.T, expr string) string {
	t.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		t.Fatal(err)
	}
	comparison, ok := tree.(*parser.BinaryExpr)
	if !ok || !comparison.Op.IsComparisonOperator() {
		t.Fatalf("%s compares nothing", expr)
	}
	return comparison.LHS.String()
}

// TestEachAlertFires where what it tells of has happened, and no other that
// the case does not name. Between them the cases name all.
func TestEachAlertFires(t *testing.T) {
	alerts, shown := readAlerts(t), map[string]bool{}
	for _, c := range []struct {
		name     string
		backends []string
		happens  func(*testing.T, *gateway)
		want     []string
	}{
		{"a backend fails and another answers", []string{"flaky", "good"},
			func(t *testing.T, g *gateway) { g.chat(t, "flaky", false, "") },
			[]string{"LouterFallingBack"}},
		{"the only backend fails until its breaker opens", []string{"down"},
			func(t *testing.T, g *gateway) {
				for range 3 {
					g.chat(t, "down", false, "")
				}
			},
			[]string{"LouterBackendDown", "LouterBreakerOpen", "LouterFailing", "LouterNoBackend"}},
		{"a key is refused", []string{"key", "good"},
			func(t *testing.T, g *gateway) { g.chat(t, "key", false, "") },
			[]string{"LouterBackendDown", "LouterCredentialRefused", "LouterFailing"}},
		{"a backend limits", []string{"limited", "good"},
			func(t *testing.T, g *gateway) { g.chat(t, "limited", false, "") },
			[]string{"LouterFailing", "LouterRateLimited"}},
		{"more than a backend takes", []string{"busy"},
			func(t *testing.T, g *gateway) { g.crowd(t) },
			[]string{"LouterFailing", "LouterOverloaded"}},
		{"a reload fails", []string{"good"},
			func(_ *testing.T, g *gateway) { g.figures.Reloaded(false) },
			[]string{"LouterOldConfiguration"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, s := start(t, c.backends...), newScrapes()
			for range 3 {
				c.happens(t, g)
				s.scrape(t, g.app.AdminAddr())
			}
			got := slices.DeleteFunc(s.firing(t, alerts), func(name string) bool { return slices.Contains(tooSlowToShow, name) })
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("firing %v, want %v", got, c.want)
			}
			for _, a := range alerts {
				if slices.Contains(got, a.Alert) {
					s.checkNames(t, a.Expr)
				}
			}
			for _, name := range got {
				shown[name] = true
			}
		})
	}
	gone := newScrapes()
	gone.add(labels.FromStrings(labels.MetricName, "up"), 0)
	for _, name := range gone.firing(t, alerts) {
		shown[name] = true
	}
	for _, a := range alerts {
		if !shown[a.Alert] && !slices.Contains(tooSlowToShow, a.Alert) {
			t.Errorf("%s never fired", a.Alert)
		}
	}
}
