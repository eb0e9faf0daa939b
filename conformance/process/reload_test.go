package process_test

import (
	"fmt"
	"testing"
	"time"

	"louter/conformance/process"
)

// TestHundredReloadsAreNotSeen: SIGHUP under load, each time with another set
// of backends, every tenth time with a file that cannot be used (promise 9).
func TestHundredReloadsAreNotSeen(t *testing.T) {
	const reloads = 100
	u := upstream(t, process.NoFault, process.AsAsked)
	config := func(i int) string {
		protocol := []string{"openai", "gemini"}[i%2]
		return "[drain]\ndelay = \"0s\"\n" + backend(fmt.Sprintf("b%d", i%7), protocol, u.URL())
	}
	g := start(t, process.Options{Config: config(0)})
	c := gather(t, g, 16, &crowd{pieces: 4, gap: 5 * time.Millisecond})
	for i := range reloads {
		c.more(t, 2)
		if i%10 == 9 {
			if err := g.RefusedReload("nonsense = 1\n"); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := g.Reload(config(i + 1)); err != nil {
			t.Fatal(err)
		}
	}
	answers := c.disperse()
	everyKind(t, answers, 20)
	backends := map[string]bool{}
	for _, a := range answers {
		backends[a.Backend] = true
		if a.Verdict != process.Complete {
			t.Errorf("question %d (gemini %t, stream %t), status %d: %s: %s", a.ID, a.Gemini, a.Stream, a.Status, a.Verdict, a.Why)
		}
	}
	if len(backends) != 7 {
		t.Errorf("answers came of %v: not every configuration was used", backends)
	}
}
