package compare

import "strings"

// maxDiff bounds what a difference shows, in lines.
const maxDiff = 60

// TextDiff gives the lines that differ, "- " for want and "+ " for got, with
// a line of what is common around them; empty where both are equal.
func TextDiff(want, got string) []string {
	if want == got {
		return nil
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []string
	if start > 0 {
		out = append(out, "  "+a[start-1])
	}
	out = append(out, middle(a[start:len(a)-end], b[start:len(b)-end])...)
	if end > 0 {
		out = append(out, "  "+a[len(a)-end])
	}
	if len(out) > maxDiff {
		out = append(out[:maxDiff], "  …")
	}
	return out
}

// middle is a longest common subsequence where that is affordable.
func middle(a, b []string) []string {
	var out []string
	if len(a)*len(b) > 1<<20 {
		for _, l := range a {
			out = append(out, "- "+l)
		}
		for _, l := range b {
			out = append(out, "+ "+l)
		}
		return out
	}
	lcs := make([][]int, len(a)+1)
	for i := range lcs {
		lcs[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				lcs[i][j] = lcs[i+1][j+1] + 1
			} else {
				lcs[i][j] = max(lcs[i+1][j], lcs[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, "  "+a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || lcs[i+1][j] >= lcs[i][j+1]):
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return out
}
