// Package louter is the module's root: it holds only the directives that
// generate gen/ and the mocks. Run them with `make generate`.
package louter

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/codegen/gemini.yaml openapi/gemini.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/codegen/openai.yaml openapi/openai.yaml
//go:generate go run github.com/vektra/mockery/v2 --config .mockery.yaml
