package fallback

import (
	"time"

	"louter/server/exchange"
)

// plan is where the attempts of one exchange may go.
type plan struct {
	targets []exchange.Target
	states  []state // beside targets; nil until one has failed
	forced  bool
}

type state struct {
	tried   bool
	down    bool // its breaker refused, whatever was said of it before
	again   bool // may be asked once more
	returns int  // times that it was asked again
	after   time.Time
}

// step is one attempt.
type step struct {
	index     int
	target    exchange.Target
	forced    bool
	returns   int
	notBefore time.Time
}

func (p *plan) start(targets []exchange.Target) { p.targets = targets }

func (p *plan) state(i int) state {
	if p.states == nil {
		return state{}
	}
	return p.states[i]
}

// fresh finds the first target that was not tried and is ready; one that is
// cooling only where no other is. Where none is ready, the first that is said
// to be down is asked all the same, once in an exchange: what says so may be
// wrong, and nothing better is left.
func (p *plan) fresh(ready, cooling func(exchange.Target) bool) (step, bool) {
	down, cool := -1, -1
	for i, t := range p.targets {
		s := p.state(i)
		switch {
		case s.tried:
		case s.down || !ready(t):
			if down < 0 {
				down = i
			}
		case !cooling(t):
			return step{index: i, target: t}, true
		case cool < 0:
			cool = i
		}
	}
	if cool >= 0 {
		return step{index: cool, target: p.targets[cool]}, true
	}
	if down < 0 || p.forced {
		return step{}, false
	}
	p.forced = true
	return step{index: down, target: p.targets[down], forced: true}, true
}

// again finds the target that may be asked once more the soonest (defects 88).
func (p *plan) again() (step, bool) {
	best := -1
	for i, s := range p.states {
		if s.again && (best < 0 || s.after.Before(p.states[best].after)) {
			best = i
		}
	}
	if best < 0 {
		return step{}, false
	}
	s := p.states[best]
	p.states[best].returns++
	return step{index: best, target: p.targets[best], returns: s.returns, notBefore: s.after}, true
}

// failed notes how an attempt ended, and when the target may be asked again.
func (p *plan) failed(s step, what verdict, mayReturn bool, after time.Time) {
	if p.states == nil {
		p.states = make([]state, len(p.targets))
	}
	st := &p.states[s.index]
	if what == leave {
		// Its breaker may have opened by this very exchange's attempts: then
		// asking again would only wait for what is refused anyhow.
		st.down, st.again = true, false
		return
	}
	// One that was down is not asked a second time.
	st.tried, st.again, st.after = true, what == again && mayReturn && !s.forced, after
}
