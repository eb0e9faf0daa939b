package soak

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Tell writes the report; the error says that something was wrong.
func (r *Report) Tell(w io.Writer) error {
	fmt.Fprintf(w, "\n%d questions", r.Asked)
	for _, v := range slices.Sorted(maps.Keys(r.Verdicts)) {
		fmt.Fprintf(w, ", %d %s", r.Verdicts[v], v)
	}
	fmt.Fprintf(w, "; %d reloads\nfaults of the providers:", r.Reloads)
	for _, f := range slices.Sorted(maps.Keys(r.Faults)) {
		fmt.Fprintf(w, " %s %d,", f, r.Faults[f])
	}
	fmt.Fprintf(w, "\nstart: %s\npeak:  %s\nend:   %s\n", r.Start, r.Peak, r.End)
	for _, wrong := range r.Wrong {
		fmt.Fprintln(w, "WRONG:", wrong)
	}
	if len(r.Wrong) > 0 {
		return fmt.Errorf("%d things are wrong", len(r.Wrong))
	}
	_, err := fmt.Fprintln(w, "every answer was whole or visibly failed, and the process is back where it began")
	return err
}
