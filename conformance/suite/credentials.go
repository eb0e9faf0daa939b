package suite

import (
	"net/url"
	"strings"

	"louter/conformance/compare"
)

// credentials finds requests that show the backend more than one credential:
// Google answers 400 "Multiple authentication credentials received" (defects
// 80a), and a client's own key is none of the backend's business.
func credentials(x compare.Exchange) []compare.Problem {
	var out []compare.Problem
	for i, a := range x.Arrived {
		var shown []string
		for _, name := range []string{"Authorization", "X-Goog-Api-Key", "Api-Key"} {
			for range a.Header.Values(name) {
				shown = append(shown, name)
			}
		}
		if _, query, found := strings.Cut(a.Target, "?"); found {
			values, err := url.ParseQuery(query)
			if err != nil {
				out = append(out, problem(compare.KindCredentials, "upstream request %d: its query cannot be read: %v", i+1, err))
			}
			for range values["key"] {
				shown = append(shown, "?key=")
			}
		}
		if len(shown) > 1 {
			out = append(out, problem(compare.KindCredentials, "upstream request %d shows several credentials: %s", i+1, strings.Join(shown, ", ")))
		}
	}
	return out
}
