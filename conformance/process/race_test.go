//go:build race

package process_test

// buildFlags: where the tests run under the race detector, so does Louter; its
// profile would only make the build slow.
var buildFlags = []string{"-race", "-pgo=off"}
