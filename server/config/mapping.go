package config

import "strings"

// MapModel tells which of the backend's models a client's name stands for.
// The exact name wins, then the matching pattern with the most literal
// characters; equals are told apart by spelling, so that every start chooses
// alike (reports F21). An empty mapping serves every name as it is.
func (b *Backend) MapModel(name string) (upstream string, matched bool) {
	if len(b.ModelMapping) == 0 {
		return name, true
	}
	pattern, ok := b.MatchPattern(name)
	if !ok {
		return "", false
	}
	if to := b.ModelMapping[pattern]; to != "*" {
		return to, true
	}
	return name, true
}

// MatchPattern gives the left side of the mapping that serves a name.
func (b *Backend) MatchPattern(name string) (string, bool) {
	if _, exact := b.ModelMapping[name]; exact {
		return name, true
	}
	best, bestLiterals := "", -1
	for pattern := range b.ModelMapping {
		if !matchGlob(pattern, name) {
			continue
		}
		literals := countLiterals(pattern)
		if literals > bestLiterals || (literals == bestLiterals && pattern < best) {
			best, bestLiterals = pattern, literals
		}
	}
	return best, bestLiterals >= 0
}

// IsPattern says whether a mapping's left side is a glob.
func IsPattern(name string) bool { return strings.ContainsAny(name, "*?") }

func countLiterals(pattern string) int {
	return len(pattern) - strings.Count(pattern, "*") - strings.Count(pattern, "?")
}

// matchGlob knows * (any run, also of "/" and ":") and ? (any one byte). It
// goes back to the last star only, so it takes at most len(p)·len(s) steps.
func matchGlob(p, s string) bool {
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case pi < len(p) && p[pi] == '*':
			star, mark = pi, si
			pi++
		case pi < len(p) && (p[pi] == '?' || p[pi] == s[si]):
			pi++
			si++
		case star >= 0:
			mark++
			pi, si = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(p[pi:], "*") == ""
}
