package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// curve is all that was measured of one kind of load, by its size.
type curve struct {
	kind   kind
	way    way
	points []point
	best   point // the highest that was borne; n is 0 if none was
	open   bool  // the search ended before Louter failed
}

// first and last step of each search; in between they double.
func ladder(k kind) (first, last int) {
	if k == requests {
		return 500, 32_000
	}
	return 250, 8_000
}

// halvings is how often the border is narrowed.
const halvings = 3

// search doubles the load until it is not borne, then halves the distance. A
// step is not borne when it fails twice: one hiccup of the machine is none of
// Louter's.
func search(ctx context.Context, m *meter, k kind, w way) (curve, error) {
	c := curve{kind: k, way: w}
	try := func(n int) (bool, error) {
		var p point
		for range 2 {
			var err error
			if p, err = m.point(ctx, load{k, n}, w); err != nil {
				return false, err
			}
			if p.failed == "" {
				break
			}
		}
		fmt.Fprintf(os.Stderr, "%s: %d %s: p99 %s above, %.2f cores, %s\n", w.name, n, k, p.p99, p.cores, cmp.Or(p.failed, "borne"))
		c.points = append(c.points, p)
		if p.failed == "" && n > c.best.n {
			c.best = p
		}
		return p.failed == "", nil
	}
	err := narrow(k, try, &c.open)
	if err == nil && c.best.n == 0 && c.points[0].busy {
		err = errBusy
	}
	slices.SortFunc(c.points, func(a, b point) int { return cmp.Compare(a.n, b.n) })
	return c, err
}

// errBusy: nothing can be said of Louter.
var errBusy = errors.New("the machine is too busy: without Louter the least load is late as well")

// narrow finds the border; open tells that there was none on the ladder.
func narrow(k kind, try func(int) (bool, error), open *bool) error {
	n, last := ladder(k)
	borne := 0
	for ; n <= last; n *= 2 {
		ok, err := try(n)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		borne = n
	}
	if *open = n > last; *open || borne == 0 {
		return nil
	}
	for range halvings {
		between := (borne + n) / 2
		ok, err := try(between)
		if err != nil {
			return err
		}
		if ok {
			borne = between
		} else {
			n = between
		}
	}
	return nil
}
