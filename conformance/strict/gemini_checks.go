package strict

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// schemaMembers are those of the service's own Schema.
var schemaMembers = map[string]bool{
	"type": true, "format": true, "title": true, "description": true, "nullable": true, "enum": true, "maxItems": true, "minItems": true,
	"properties": true, "required": true, "minProperties": true, "maxProperties": true, "minLength": true, "maxLength": true, "pattern": true,
	"example": true, "anyOf": true, "propertyOrdering": true, "default": true, "items": true, "minimum": true, "maximum": true,
}

func checkSchema(s gjson.Result, at string) (no *refusal) {
	s.ForEach(func(key, value gjson.Result) bool {
		switch name := camel(key.Str); {
		case !schemaMembers[name]:
			no = invalid("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", key.Str, at)
		case name == "type" && value.Type != gjson.String:
			no = invalid("Invalid JSON payload received. Unknown name \"type\" at '%s': Proto field is not repeating, cannot start list.", at)
		case name == "properties":
			value.ForEach(func(name, property gjson.Result) bool {
				no = checkSchema(property, at+".properties["+name.Str+"]")
				return no == nil
			})
		case name == "items":
			no = checkSchema(value, at+".items")
		case name == "anyOf":
			for _, branch := range value.Array() {
				if no == nil {
					no = checkSchema(branch, at+".any_of")
				}
			}
		}
		return no == nil
	})
	return no
}

func checkGeminiTools(body gjson.Result, _ string) (no *refusal) {
	for i, t := range body.Get("tools").Array() {
		for j, f := range t.Get("functionDeclarations").Array() {
			at := fmt.Sprintf("tools[%d].function_declarations[%d].parameters", i, j)
			if p := f.Get("parameters"); p.Exists() {
				if f.Get("parametersJsonSchema").Exists() {
					return invalid("parameters and parameters_json_schema cannot both be set.")
				}
				if no = checkSchema(p, at); no != nil {
					return no
				}
			}
		}
	}
	if s := body.Get("generationConfig.responseSchema"); s.Exists() {
		return checkSchema(s, "generation_config.response_schema")
	}
	return nil
}

// checkGeminiTurns: every call is answered in the next turn, as many results
// as calls; a part holds exactly one thing. Contents of the model that follow
// each other are one turn: the chats of the SDKs keep each chunk of a stream.
func checkGeminiTurns(body gjson.Result, _ string) *refusal {
	contents := body.Get("contents").Array()
	if len(contents) == 0 {
		return invalid("* GenerateContentRequest.contents: contents is not specified")
	}
	calls := 0
	for i, c := range contents {
		role := c.Get("role").String()
		if role != "user" && role != "model" && role != "" {
			return invalid("Please use a valid role: user, model.")
		}
		parts := c.Get("parts").Array()
		if len(parts) == 0 {
			return invalid("* GenerateContentRequest.contents[%d].parts: contents.parts must not be empty.", i)
		}
		results, next := 0, 0
		for j, p := range parts {
			held := 0
			for _, field := range []string{"text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"} {
				if p.Get(field).Exists() {
					held++
				}
			}
			if held != 1 {
				return invalid("* GenerateContentRequest.contents[%d].parts[%d].data: required oneof field 'data' must have one initialized field", i, j)
			}
			if r := p.Get("functionResponse"); r.Exists() {
				results++
				if r.Get("name").String() == "" || !r.Get("response").IsObject() {
					return invalid("* GenerateContentRequest.contents[%d].parts[%d].function_response.name: Name cannot be empty.", i, j)
				}
			}
			if p.Get("functionCall").Exists() {
				next++
			}
		}
		if role == "model" && i > 0 && contents[i-1].Get("role").String() == "model" {
			calls += next
			continue
		}
		if results != calls {
			return invalid("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
		}
		calls = next
	}
	return lastFailure(contents[len(contents)-1])
}

func lastFailure(last gjson.Result) *refusal {
	switch {
	case strings.Contains(last.Raw, "fail 429"):
		return &refusal{http.StatusTooManyRequests, "You exceeded your current quota.", "RESOURCE_EXHAUSTED", ""}
	case strings.Contains(last.Raw, "fail context"):
		return invalid("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")
	}
	return nil
}

// checkGeminiSignatures: Gemini 3 demands the proof on the first call of each
// step of the current turn; contents of the model that follow each other are one step.
func checkGeminiSignatures(body gjson.Result, model string) *refusal {
	if !strings.HasPrefix(model, "gemini-3") {
		return nil
	}
	contents := body.Get("contents").Array()
	begin := 0
	for i, c := range contents {
		if c.Get("role").String() != "model" && c.Get("parts.#(text)").Exists() {
			begin = i
		}
	}
	proved := false
	for i := begin; i < len(contents); i++ {
		if contents[i].Get("role").String() != "model" {
			proved = false
			continue
		}
		for j, p := range contents[i].Get("parts").Array() {
			if proved {
				break
			}
			if !p.Get("functionCall").Exists() {
				continue
			}
			if got := p.Get("thoughtSignature").String(); got != Signature && got != skipSignature {
				return invalid("Function call is missing a thought_signature in functionCall parts. Additional data, function call `default_api:%s`, position %d.", p.Get("functionCall.name").String(), j)
			}
			proved = true
		}
	}
	return nil
}
