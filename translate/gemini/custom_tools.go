package gemini

import (
	"encoding/json"

	"louter/translate"
	"louter/translate/ir"
)

// Tools that take free-form text (ir.ToolCustom) go to Gemini as functions
// with one string: {"input": "…"} (reports F05).

// customParameters is the schema of such a function, in JSON Schema.
const customParameters = `{"type":"object","properties":{"input":{"type":"string","description":"The whole input of the tool, as free-form text."}},"required":["input"]}`

func customTools(tools []ir.Tool) map[string]bool {
	var custom map[string]bool
	for _, t := range tools {
		if t.Kind == ir.ToolCustom {
			if custom == nil {
				custom = map[string]bool{}
			}
			custom[t.Name] = true
		}
	}
	return custom
}

func wrapInput(input string) (json.RawMessage, error) {
	return translate.EncodeJSON(map[string]string{"input": input})
}

// unwrapInput takes the text out; arguments of another shape are the text.
func unwrapInput(args string) string {
	var object map[string]json.RawMessage
	var input string
	if json.Unmarshal([]byte(args), &object) == nil && len(object) == 1 && json.Unmarshal(object["input"], &input) == nil {
		return input
	}
	return args
}
