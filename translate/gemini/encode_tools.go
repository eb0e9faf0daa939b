package gemini

import (
	"encoding/json"
	"slices"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

func (e *requestEncoder) tools() error {
	var functions []gen.FunctionDeclaration
	search := -1
	for i, t := range e.offered() {
		if t.Kind == ir.ToolWebSearch {
			search = i
			continue
		}
		f, err := e.function(t)
		if err != nil {
			return err
		}
		functions = append(functions, f)
	}
	if search >= 0 {
		keep, err := e.keepsSearch(len(functions) > 0, e.req.Tools[search].Path)
		if err != nil {
			return err
		}
		if !keep {
			search = -1
		}
	}
	if len(functions) > 0 {
		e.out.Tools = append(e.out.Tools, gen.Tool{FunctionDeclarations: functions})
	}
	if search >= 0 {
		e.out.Tools = append(e.out.Tools, gen.Tool{GoogleSearch: &gen.GoogleSearch{}})
	}
	e.toolConfig(functions, search >= 0)
	return nil
}

// offered is what the model may see. "auto, but only these" has a mode of its
// own on newer models; older ones are shown these alone.
func (e *requestEncoder) offered() []ir.Tool {
	choice := e.req.ToolChoice
	if len(choice.Names) == 0 || e.traits.validated || choice.Mode == ir.ToolRequired || choice.Mode == ir.ToolNone {
		return e.req.Tools
	}
	return slices.DeleteFunc(slices.Clone(e.req.Tools), func(t ir.Tool) bool {
		return t.Kind != ir.ToolWebSearch && !slices.Contains(choice.Names, t.Name)
	})
}

// keepsSearch: Gemini 3 takes both; older models are refused loudly, since
// leaving out the search changes the answer without a word (defects 16).
func (e *requestEncoder) keepsSearch(besideFunctions bool, path string) (bool, error) {
	if !besideFunctions || e.traits.search == searchKeep {
		return true, nil
	}
	if e.traits.search == searchDrop {
		e.dropEach(path, "the model takes no web search beside functions")
		return false, nil
	}
	return false, ir.Invalid(path, "The model cannot search the web beside calling functions: leave out one of both.")
}

func (e *requestEncoder) function(t ir.Tool) (gen.FunctionDeclaration, error) {
	f := gen.FunctionDeclaration{Name: &t.Name, Description: some(t.Description)}
	if t.Strict != nil && *t.Strict {
		e.dropEach(t.Path+".strict", "Gemini has no strict mode of one function") // defects 14
	}
	parameters := t.Parameters
	if t.Kind == ir.ToolCustom {
		if t.Grammar != nil {
			e.dropEach(t.Path+".format", "Gemini holds no input to a grammar")
		}
		parameters = json.RawMessage(customParameters)
	}
	in, err := encodeSchema(parameters, e.traits, t.Path+".parameters", e.dropEach)
	switch {
	case err != nil:
		return f, err
	case in.isJSON:
		f.ParametersJsonSchema = in.raw
	case !isEmptyObject(in.raw):
		// "parameters.properties: should be non-empty for OBJECT type"
		f.Parameters = in.raw
	}
	out, err := encodeSchema(t.Result, e.traits, t.Path+".response", e.dropEach)
	switch {
	case err != nil:
		return f, err
	case out.isJSON:
		f.ResponseJsonSchema = out.raw
	default:
		f.Response = out.raw
	}
	return f, nil
}

// isEmptyObject says that a schema allows an object and names no property.
func isEmptyObject(raw json.RawMessage) bool {
	var s struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		AnyOf      json.RawMessage            `json:"anyOf"`
	}
	return json.Unmarshal(raw, &s) == nil && s.Type == "OBJECT" && len(s.Properties) == 0 && s.AnyOf == nil
}

func (e *requestEncoder) toolConfig(functions []gen.FunctionDeclaration, search bool) {
	config := gen.ToolConfig{FunctionCallingConfig: e.calling(functions)}
	if search && len(functions) > 0 && !e.profile.noServerToolFlag {
		// "Please enable tool_config.include_server_side_tool_invocations to use
		// Built-in tools with Function calling", and then not in mode AUTO.
		on := true
		config.IncludeServerSideToolInvocations = &on
		if c := config.FunctionCallingConfig; c != nil && deref(c.Mode) == "AUTO" {
			validated := toolModeWords[ir.ToolValidated]
			c.Mode = &validated
		}
	}
	if config.FunctionCallingConfig != nil || config.IncludeServerSideToolInvocations != nil {
		e.out.ToolConfig = &config
	}
}

// calling: "Function calling config is set without function_declarations" is
// a 400, so without functions there is none.
func (e *requestEncoder) calling(functions []gen.FunctionDeclaration) *gen.FunctionCallingConfig {
	choice := e.req.ToolChoice
	if choice.Mode == ir.ToolUnset && len(choice.Names) == 0 {
		return nil
	}
	if len(functions) == 0 {
		if choice.Mode == ir.ToolRequired {
			e.drop("tool_choice", "there is no function to call")
		}
		return nil
	}
	mode, names := choice.Mode, choice.Names
	switch {
	case mode == ir.ToolNone:
		names = nil
	case mode == ir.ToolRequired:
	case len(names) > 0 && e.traits.validated:
		mode = ir.ToolValidated // AUTO takes no names
	case mode == ir.ToolValidated && !e.traits.validated:
		e.drop("tool_choice", "the model does not check calls against their schemas")
		mode, names = ir.ToolAuto, nil
	default:
		if mode == ir.ToolUnset {
			return nil
		}
		if mode == ir.ToolAuto {
			names = nil
		}
	}
	word := toolModeWords[mode]
	return &gen.FunctionCallingConfig{Mode: &word, AllowedFunctionNames: names}
}
