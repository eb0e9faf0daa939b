package deploy_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

type dashboard struct {
	UID        string `json:"uid"`
	Templating struct {
		List []struct {
			Name, Type string
			Query      any
		}
	}
	Panels []struct {
		ID      int
		Type    string
		Title   string
		GridPos struct{ H, W, X, Y int }
		Targets []struct{ Expr, RefID string }
	}
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile("grafana/louter.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// filled is a query as Grafana sends it, with everything chosen.
func filled(expr string) string {
	return strings.NewReplacer("$__rate_interval", "1m", "$job", ".*", "$backend", ".*").Replace(expr)
}

// TestEveryPanelShowsSomething of a Louter that has seen every kind of
// traffic: each query has values, each of its names is one of Louter's.
func TestEveryPanelShowsSomething(t *testing.T) {
	g, s := start(t, "good", "gemini", "flaky", "down", "endless"), newScrapes()
	for range 3 {
		g.healthy(t)
		g.chat(t, "flaky", true, "")
		g.chat(t, "down", false, "")
		g.leave(t)
		s.scrape(t, g.app.AdminAddr())
	}
	d := readDashboard(t)
	queries, ids := 0, map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("two panels are %d", p.ID)
		}
		ids[p.ID] = true
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s has no query", p.Title)
		}
		if p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%s is wider than the page", p.Title)
		}
		for _, target := range p.Targets {
			queries++
			expr := filled(target.Expr)
			if strings.Contains(expr, "$") {
				t.Errorf("%s: a variable is not known in %s", p.Title, expr)
			}
			s.checkNames(t, expr)
			values := s.query(t, expr)
			if len(values) == 0 {
				t.Errorf("%s shows nothing: %s", p.Title, expr)
			}
			// The traffic went on between the scrapes, so that what counts it moved.
			if strings.Contains(expr, "rate(louter_") && !anyAbove(values, 0) {
				t.Errorf("%s shows only zeros: %s", p.Title, expr)
			}
		}
	}
	if queries < 25 {
		t.Errorf("%d queries", queries)
	}
}

func anyAbove(values []float64, floor float64) bool {
	for _, v := range values {
		if v > floor {
			return true
		}
	}
	return false
}

// TestVariablesOfTheDashboard are all defined, and ask for labels that there are.
func TestVariablesOfTheDashboard(t *testing.T) {
	g, s := start(t, "good"), newScrapes()
	s.scrape(t, g.app.AdminAddr())
	d := readDashboard(t)
	defined := map[string]bool{"__rate_interval": true}
	ask := regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
	for _, v := range d.Templating.List {
		defined[v.Name] = true
		if v.Type != "query" {
			continue
		}
		text, _ := v.Query.(map[string]any)["query"].(string)
		part := ask.FindStringSubmatch(text)
		if part == nil {
			t.Errorf("%s: %q is no label_values", v.Name, text)
			continue
		}
		s.checkNames(t, "count by ("+part[2]+") ("+filled(part[1])+")")
	}
	used := regexp.MustCompile(`\$\{?(\w+)`)
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			for _, m := range used.FindAllStringSubmatch(target.Expr, -1) {
				if !defined[m[1]] {
					t.Errorf("%s: $%s is not defined", p.Title, m[1])
				}
			}
		}
	}
}
