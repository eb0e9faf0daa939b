package ir

import "slices"

// Losses collects losses, each once.
type Losses []Loss

// Drop records a loss that is not recorded yet.
func (l *Losses) Drop(path, why string) {
	if loss := (Loss{Path: path, Why: why}); !slices.Contains(*l, loss) {
		*l = append(*l, loss)
	}
}
