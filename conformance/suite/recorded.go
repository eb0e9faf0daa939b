package suite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// CheckRecordings is phase 1: every body that a case holds is valid against
// the OpenAPI files and comes through the generated types without loss. It
// asks no gateway.
func CheckRecordings(o Options) ([]Result, error) {
	schemas, err := compare.NewSchemas()
	if err != nil {
		return nil, err
	}
	chosen, err := Choose(o.Cases, o.Filter)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, c := range chosen {
		start := time.Now()
		r := Result{Case: c.Name, Phase: 1, Outcome: Passed, Problems: checkCase(schemas, c)}
		if len(r.Problems) > 0 {
			r.Outcome = Failed
		}
		r.Took = time.Since(start)
		if o.Done != nil {
			o.Done(r)
		}
		out = append(out, r)
	}
	return out, nil
}

func checkCase(s *compare.Schemas, c *scenario.Case) []compare.Problem {
	var out []compare.Problem
	say := func(kind compare.Kind, file string, faults []string) {
		for _, f := range slices.Compact(faults) {
			out = append(out, problem(kind, "%s: %s", file, f))
		}
	}
	for _, dialect := range scenario.Dialects() {
		target := "/v1/chat/completions"
		for i, r := range c.Clients[dialect] {
			target = strings.ReplaceAll(r.Target, "{{model}}", c.Model)
			// What a service refused may be what its document refuses.
			if c.Refused || c.Status >= 400 && c.Recorded || c.OffSchema["client."+dialect] != "" {
				continue
			}
			file := fmt.Sprintf("client.%s %d", dialect, i+1)
			say(compare.KindAsked, file, s.Request(dialect, target, r.Body))
			say(compare.KindAsked, file, s.RequestLoss(dialect, target, r.Body))
		}
		if len(c.Clients[dialect]) == 0 && dialect == scenario.Gemini {
			target = "/v1beta/models/any:generateContent"
			if len(c.Upstreams[dialect]) > 0 && c.Upstreams[dialect][0].Stream {
				target = "/v1beta/models/any:streamGenerateContent?alt=sse"
			}
		}
		if c.OffSchema[dialect] != "" {
			continue
		}
		for i, a := range c.Upstreams[dialect] {
			file := fmt.Sprintf("upstream.%s %d", dialect, i+1)
			kind, body := a.Header.Get("Content-Type"), a.Body()
			if !a.Aborts() {
				say(compare.KindAnswered, file, s.Answer(dialect, target, a.Status, kind, body))
			}
			say(compare.KindAnswered, file, s.AnswerLoss(dialect, target, a.Status, kind, body))
		}
	}
	return out
}
