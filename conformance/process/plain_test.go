//go:build !race

package process_test

// buildFlags: the binary is built as it is shipped.
var buildFlags []string
