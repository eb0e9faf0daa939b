package openaichat

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"louter/gen/openai"
	"louter/translate/ir"
	"louter/translate/schema"
)

func (e *requestEncoder) writeTools() error {
	if e.req.ToolChoice.Mode == ir.ToolNone && !e.p.choice("none") {
		return nil // a server without the word is kept from tools by having none
	}
	for i, t := range e.req.Tools {
		path := t.Path
		if path == "" {
			path = fmt.Sprintf("tools.%d", i)
		}
		if err := e.writeTool(t, path); err != nil {
			return err
		}
	}
	if len(e.out.Tools) > 0 {
		put(e, "parallel_tool_calls", e.req.ParallelToolCalls, &e.out.ParallelToolCalls)
	}
	return nil
}

func (e *requestEncoder) writeTool(t ir.Tool, path string) error {
	switch {
	case t.Kind == ir.ToolWebSearch:
		if e.p.has("web_search_options") {
			e.out.WebSearchOptions = &openai.WebSearchOptions{}
		} else {
			e.drop(path, "the backend does not search the web (reports F06)")
		}
		return nil
	case !e.offered(t.Name):
		return nil
	case t.Kind == ir.ToolCustom && e.p.has("custom"):
		custom := &openai.CustomTool{Name: e.names.toServer(t.Name), Description: t.Description}
		if g := t.Grammar; g != nil {
			custom.Format = &openai.CustomToolFormat{Type: openai.CustomToolFormatTypeGrammar,
				Grammar: &openai.Grammar{Syntax: openai.GrammarSyntax(g.Syntax), Definition: g.Definition}}
		}
		e.out.Tools = append(e.out.Tools, openai.Tool{Type: openai.ToolTypeCustom, Custom: custom})
		return nil
	}
	if t.Grammar != nil {
		e.drop(path+".format", "the backend holds no input to a grammar")
	}
	f := &openai.FunctionObject{Name: e.names.toServer(t.Name), Description: t.Description}
	parameters := t.Parameters
	if t.Kind == ir.ToolCustom {
		parameters = json.RawMessage(`{"type":"object","properties":{"` + customInput + `":{"type":"string"}},"required":["` + customInput + `"]}`)
	}
	if len(parameters) > 0 {
		converted, err := e.schema(parameters, path+".parameters")
		if err != nil {
			return err
		}
		f.Parameters = converted
	}
	if len(t.Result) > 0 {
		e.drop(path+".response", notTaken)
	}
	if t.Strict != nil && *t.Strict {
		put(e, "strict", t.Strict, &f.Strict)
	}
	e.out.Tools = append(e.out.Tools, openai.Tool{Type: openai.ToolTypeFunction, Function: f})
	return nil
}

// offered says whether a function is given at all: where a server cannot be
// told which names are allowed, the others are left out.
func (e *requestEncoder) offered(name string) bool {
	allowed := e.req.ToolChoice.Names
	return len(allowed) == 0 || e.p.choice("allowed") && len(allowed) > 1 || slices.Contains(allowed, name)
}

func (e *requestEncoder) writeChoice() error {
	choice := e.req.ToolChoice
	if len(e.out.Tools) == 0 {
		return nil
	}
	switch choice.Mode {
	case ir.ToolNone:
		e.mode(openai.ToolChoiceModeNone)
	case ir.ToolAuto, ir.ToolValidated:
		if choice.Mode == ir.ToolValidated {
			e.drop("tool_choice", "the backend does not promise that calls fit their schemas")
		}
		if len(choice.Names) > 1 && e.p.choice("allowed") {
			e.allow(openai.AllowedToolsModeAuto)
			return nil
		}
		e.mode(openai.ToolChoiceModeAuto)
	case ir.ToolRequired:
		e.require(choice.Names)
	}
	return nil
}

func (e *requestEncoder) mode(m openai.ToolChoiceMode) { e.out.ToolChoice = openai.ToolChoice{Mode: m} }

func (e *requestEncoder) require(allowed []string) {
	switch {
	case len(allowed) == 1 && e.p.choice("named"):
		e.out.ToolChoice = openai.ToolChoice{Object: &openai.ToolChoiceObject{
			Type: openai.ToolChoiceTypeFunction, Function: &openai.ToolName{Name: e.names.toServer(allowed[0])}}}
	case len(allowed) > 1 && e.p.choice("allowed"):
		e.allow(openai.AllowedToolsModeRequired)
	case e.p.choice("required"):
		e.mode(openai.ToolChoiceMode(e.p.RequiredWord))
	default:
		e.drop("tool_choice", "the backend cannot be made to call a tool")
	}
}

func (e *requestEncoder) allow(mode openai.AllowedToolsMode) {
	tools := make([]openai.AllowedTool, 0, len(e.req.ToolChoice.Names))
	for _, name := range e.req.ToolChoice.Names {
		tools = append(tools, openai.AllowedTool{Type: "function", Function: &openai.ToolName{Name: e.names.toServer(name)}})
	}
	e.out.ToolChoice = openai.ToolChoice{Object: &openai.ToolChoiceObject{
		Type: openai.ToolChoiceTypeAllowedTools, AllowedTools: &openai.AllowedTools{Mode: mode, Tools: tools}}}
}

// googleDialect is what Google's compatible endpoint takes: it turns schemas
// into its own before it reads them (defects 31 to 34).
var googleDialect = schema.Dialect{
	Name: "Google's compatible endpoint",
	Keep: map[string]schema.Form{
		"description": schema.AsIs, "enum": schema.AsIs, "format": schema.AsIs, "items": schema.AsIs, "anyOf": schema.AsIs,
		"properties": schema.AsIs, "required": schema.AsIs, "title": schema.AsIs, "minimum": schema.AsIs, "maximum": schema.AsIs,
		"minItems": schema.Integer, "maxItems": schema.Integer, "pattern": schema.AsIs,
	},
	Silent:  map[string]bool{"$schema": true, "$id": true, "$comment": true},
	Null:    schema.NullInType,
	Formats: map[string][]string{"string": {"enum", "date-time"}, "number": {"float", "double"}, "integer": {"int32", "int64"}},
}

// schema writes a JSON Schema as the server reads it.
func (e *requestEncoder) schema(raw json.RawMessage, path string) (json.RawMessage, error) {
	if e.p.SchemaDialect != "gemini" {
		return raw, nil
	}
	out, notes, err := schema.Convert(raw, googleDialect)
	if err != nil {
		var fault *schema.Error
		if errors.As(err, &fault) {
			return nil, ir.Invalid(fault.Path(path), "Invalid schema at '%s': %s.", fault.Path(path), fault.Reason)
		}
		return nil, ir.Invalid(path, "Invalid schema at '%s'.", path)
	}
	for _, n := range notes {
		e.drop(n.Path(path), n.Why)
	}
	return out, nil
}
