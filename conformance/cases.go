// Package conformance carries the suite's cases, so that the binary has them.
package conformance

import (
	"embed"
	"io/fs"
)

//go:embed testdata
var testdata embed.FS

// Cases are the folders of testdata.
func Cases() (fs.FS, error) { return fs.Sub(testdata, "testdata") }
