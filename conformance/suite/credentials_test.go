package suite

import (
	"net/http"
	"testing"

	"louter/conformance/compare"
	"louter/conformance/replay"
)

func TestOneCredentialIsEnough(t *testing.T) {
	for name, c := range map[string]struct {
		target string
		header http.Header
		wrong  bool
	}{
		"none":           {"/v1/x", http.Header{}, false},
		"one":            {"/v1/x", http.Header{"Authorization": {"Bearer k"}}, false},
		"two headers":    {"/v1/x", http.Header{"Authorization": {"Bearer k"}, "X-Goog-Api-Key": {"k"}}, true},
		"one twice":      {"/v1/x", http.Header{"X-Goog-Api-Key": {"k", "k"}}, true},
		"header and key": {"/v1beta/x?alt=sse&key=k", http.Header{"X-Goog-Api-Key": {"k"}}, true},
		"key alone":      {"/v1beta/x?key=k", http.Header{}, false},
		"broken query":   {"/v1beta/x?a=%zz", http.Header{}, true},
	} {
		got := credentials(compare.Exchange{Arrived: []replay.Arrived{{Target: c.target, Header: c.header}}})
		if (len(got) > 0) != c.wrong {
			t.Errorf("%s: %v", name, got)
		}
	}
}
