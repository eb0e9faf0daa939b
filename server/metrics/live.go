package metrics

import "github.com/prometheus/client_golang/prometheus"

// BackendState is what is known of a backend, or of one of its models.
type BackendState struct {
	Backend, Model string
	Up             bool
	Breaker        string // "closed", "half_open", "open"
}

// Live is what is read when the figures are asked for.
type Live interface {
	BackendStates() []BackendState
	// HeldBytes is how much of requests' bodies is in memory.
	HeldBytes() int64
}

// breakerStates are the values of louter_breaker_state.
var breakerStates = map[string]float64{"closed": 0, "half_open": 1, "open": 2}

// Follow reads live states at each scrape.
func (m *Metrics) Follow(l Live) error {
	return m.registry.Register(&liveCollector{
		live:    l,
		up:      prometheus.NewDesc("louter_backend_up", "Whether requests are sent to the backend as usual.", []string{"backend"}, nil),
		breaker: prometheus.NewDesc("louter_breaker_state", "0 closed, 1 half open, 2 open.", []string{"backend", "model"}, nil),
		held:    prometheus.NewDesc("louter_inflight_body_bytes", "Bytes of requests' bodies in memory.", nil, nil),
	})
}

type liveCollector struct {
	live              Live
	up, breaker, held *prometheus.Desc
}

func (c *liveCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.up
	ch <- c.breaker
	ch <- c.held
}

func (c *liveCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.live.BackendStates() {
		if s.Model == "" {
			up := 0.0
			if s.Up {
				up = 1
			}
			ch <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, up, s.Backend)
		}
		ch <- prometheus.MustNewConstMetric(c.breaker, prometheus.GaugeValue, breakerStates[s.Breaker], s.Backend, s.Model)
	}
	ch <- prometheus.MustNewConstMetric(c.held, prometheus.GaugeValue, float64(c.live.HeldBytes()))
}
