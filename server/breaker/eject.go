package breaker

import (
	"sync"
	"sync/atomic"
	"time"

	"louter/translate/ir"
)

const (
	// keyRefusedFor is how long a backend is left out that refused the key;
	// a key is not mended within seconds.
	keyRefusedFor = time.Minute
	// refusals in a row, with no success between, that prove it: a single one
	// may be about one model or one request (defects 91).
	refusals = 2
)

// ejection is why a backend is left out although its breaker is closed.
type ejection struct {
	now func() time.Time
	// calm: nothing is the matter, which is all that most requests look at.
	troubled atomic.Bool
	mu       sync.Mutex
	refused  int
	until    time.Time // of the refused key
	sick     string    // what the last health check found; "": well
}

func (e *ejection) active() bool { return e.troubled.Load() && e.reason() != "" }

func (e *ejection) reason() string {
	if !e.troubled.Load() {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.now().Before(e.until):
		return "credentials refused"
	case e.sick != "":
		return "health check failed: " + e.sick
	}
	return ""
}

// saw takes in how a request ended; true: the backend's state has changed.
func (e *ejection) saw(err error) bool {
	refused := err != nil && ir.AsError(err).Kind == ir.KindUpstreamAuth
	if !refused && (err != nil || !e.troubled.Load()) {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !refused {
		was := e.refused >= refusals
		e.refused, e.until = 0, time.Time{}
		e.troubled.Store(e.sick != "")
		return was
	}
	was := e.now().Before(e.until)
	e.refused++
	e.troubled.Store(true)
	if e.refused < refusals {
		return false
	}
	e.until = e.now().Add(keyRefusedFor)
	return !was
}

// checked takes in a health check's result; true: the state has changed.
func (e *ejection) checked(err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.sick
	e.sick = ""
	switch {
	case err == nil:
		e.refused, e.until = 0, time.Time{}
	case ir.AsError(err).Kind == ir.KindUpstreamAuth:
		e.sick = "credentials refused"
	default:
		e.sick = ir.AsError(err).Message
	}
	e.troubled.Store(e.sick != "" || e.refused > 0)
	return (was == "") != (e.sick == "")
}
