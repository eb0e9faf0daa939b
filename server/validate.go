package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	gengemini "louter/gen/gemini"
	genopenai "louter/gen/openai"
	"louter/server/exchange"
	"louter/translate/ir"
)

// newRequestCheck holds clients' requests against the OpenAPI files, on
// translated routes, when [validate] requests = true.
func newRequestCheck() (func(*exchange.Exchange) error, error) {
	gemini, err := gengemini.GetSpec()
	if err != nil {
		return nil, fmt.Errorf("gemini specification: %w", err)
	}
	openai, err := genopenai.GetSpec()
	if err != nil {
		return nil, fmt.Errorf("openai specification: %w", err)
	}
	schemas := map[string]*openapi3.Schema{}
	for front, ref := range map[string]*openapi3.SchemaRef{
		"gemini": gemini.Components.Schemas["GenerateContentRequest"],
		"openai": openai.Components.Schemas["ChatCompletionRequest"],
	} {
		if ref == nil {
			return nil, fmt.Errorf("the %s specification has no request schema", front)
		}
		schemas[front] = ref.Value
	}
	return func(x *exchange.Exchange) error {
		schema := schemas[x.Front.Name]
		if schema == nil {
			return nil
		}
		var value any
		if err := json.Unmarshal(x.Call.Body, &value); err != nil {
			return nil // the decoder names the place
		}
		return schemaFault(schema.VisitJSON(value))
	}, nil
}

// schemaFault tells the place and the reason; the error's own text would
// repeat the client's content (facts 4).
func schemaFault(err error) error {
	if err == nil {
		return nil
	}
	var fault *openapi3.SchemaError
	if !errors.As(err, &fault) {
		return ir.Invalid("", "The request does not have the form that the API describes.")
	}
	path := strings.Join(fault.JSONPointer(), ".")
	reason := fault.Reason
	if fault.SchemaField == "enum" || reason == "" {
		reason = "the value is not one that " + strconv.Quote(path) + " takes"
	}
	return ir.Invalid(path, "%s: %s", path, reason)
}
