//go:build tools

// Package tools pins the generators in go.mod, so that `make generate` gives
// the same bytes on every machine. The //go:generate lines are in generate.go:
// go generate skips files behind a build tag without a word.
package tools

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
	_ "github.com/vektra/mockery/v2"
)
