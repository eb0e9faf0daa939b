package route

import (
	"cmp"
	"slices"
	"sync"

	"louter/server/exchange"
)

// balancer orders candidates of one priority. The weighted choice is nginx's
// smooth one: each choice adds every weight to its candidate's score, takes
// the highest and subtracts the sum from it, so that weights 5, 1, 1 give
// a a b a c a a and not five in a row. Each set of candidates that a priority
// can have keeps its own scores; their number is bounded by the configuration.
type balancer struct {
	// inFlight, if not nil, comes before the weighted choice: the fewest
	// exchanges under way for the weight.
	inFlight func(backend string) int64
	mu       sync.Mutex
	scores   map[string][]float64
}

// candidate is a target with what its place depends on.
type candidate struct {
	target exchange.Target
	index  int // of the backend in the table
	rank   int // groups are asked in the order of their ranks
	weight float64
	score  float64
	load   float64
}

// order sorts candidates by rank, and within one rank by what is balanced.
// The candidates of one rank stand together already.
func (b *balancer) order(all []candidate) {
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && all[end].rank == all[start].rank {
			end++
		}
		if end-start > 1 {
			b.orderGroup(all[start:end])
		}
		start = end
	}
}

func (b *balancer) orderGroup(group []candidate) {
	b.score(group)
	if b.inFlight != nil {
		for i := range group {
			group[i].load = float64(b.inFlight(group[i].target.Backend)) / max(group[i].weight, leastWeight)
		}
	}
	slices.SortStableFunc(group, func(x, y candidate) int {
		if idle := (x.weight == 0); idle != (y.weight == 0) { // weight 0: for when the others fail
			if idle {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(x.load, y.load), cmp.Compare(y.score, x.score))
	})
}

const leastWeight = 1e-9

// score makes the choice among the group and gives each its score in it.
func (b *balancer) score(group []candidate) {
	var buf [64]byte
	key := buf[:0]
	for _, c := range group {
		key = append(key, byte(c.index>>8), byte(c.index))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	scores := b.scores[string(key)]
	if scores == nil {
		scores = make([]float64, len(group))
		b.scores[string(key)] = scores
	}
	total, best := 0.0, 0
	for i, c := range group {
		scores[i] += c.weight
		total += c.weight
		group[i].score = scores[i]
		if scores[i] > scores[best] {
			best = i
		}
	}
	scores[best] -= total
}
