package gemini

import (
	"encoding/json"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

func (d *requestDecoder) tools(in *gen.GenerateContentRequest) error {
	for i := range in.Tools {
		t, path := &in.Tools[i], at("tools", i)
		for j := range t.FunctionDeclarations {
			tool, err := d.function(&t.FunctionDeclarations[j], at(path+".functionDeclarations", j))
			if err != nil {
				return err
			}
			d.req.Tools = append(d.req.Tools, tool)
		}
		d.search(t, path)
		d.dropServerTools(t, path)
	}
	return nil
}

func (d *requestDecoder) function(f *gen.FunctionDeclaration, path string) (ir.Tool, error) {
	tool := ir.Tool{Name: deref(f.Name), Description: deref(f.Description), Path: path}
	if tool.Name == "" {
		return tool, ir.Invalid(path+".name", "Name cannot be empty.")
	}
	var err error
	if tool.Parameters, err = d.schema(f.ParametersJsonSchema, f.Parameters, path+".parametersJsonSchema", path+".parameters"); err != nil {
		return tool, err
	}
	if tool.Result, err = d.schema(f.ResponseJsonSchema, f.Response, path+".responseJsonSchema", path+".response"); err != nil {
		return tool, err
	}
	if f.Behavior != nil {
		d.drop(path+".behavior", "has no counterpart")
	}
	return tool, nil
}

// schema reads the one of two fields that is set (defects 18).
func (d *requestDecoder) schema(plain, own json.RawMessage, plainPath, ownPath string) (json.RawMessage, error) {
	if len(plain) > 0 {
		if len(own) > 0 {
			return nil, ir.Invalid(plainPath, "Only one of '%s' and '%s' may be set.", plainPath, ownPath)
		}
		return decodeSchema(plain, plainPath, d.drop)
	}
	return decodeSchema(own, ownPath, d.drop)
}

// search: Google's web search, in the forms it has had.
func (d *requestDecoder) search(t *gen.Tool, path string) {
	if t.GoogleSearch == nil && t.GoogleSearchRetrieval == nil {
		return
	}
	name := path + ".googleSearch"
	if t.GoogleSearch == nil {
		name = path + ".googleSearchRetrieval"
	}
	d.req.Tools = append(d.req.Tools, ir.Tool{Kind: ir.ToolWebSearch, Path: name})
	if s := t.GoogleSearch; s != nil {
		if s.TimeRangeFilter != nil {
			d.drop(name+".timeRangeFilter", "has no counterpart")
		}
		if s.SearchTypes != nil {
			d.drop(name+".searchTypes", "has no counterpart")
		}
	}
	if r := t.GoogleSearchRetrieval; r != nil && r.DynamicRetrievalConfig != nil {
		d.drop(path+".googleSearchRetrieval.dynamicRetrievalConfig", "has no counterpart")
	}
}

func (d *requestDecoder) dropServerTools(t *gen.Tool, path string) {
	const why = "a tool that only Google runs"
	for _, tool := range []struct {
		set  bool
		name string
	}{
		{t.CodeExecution != nil, "codeExecution"}, {t.UrlContext != nil, "urlContext"},
		{t.FileSearch != nil, "fileSearch"}, {t.ComputerUse != nil, "computerUse"},
		{t.GoogleMaps != nil, "googleMaps"}, {t.McpServers != nil, "mcpServers"},
	} {
		if tool.set {
			d.drop(path+"."+tool.name, why)
		}
	}
}

func (d *requestDecoder) toolConfig(in *gen.GenerateContentRequest) error {
	c := in.ToolConfig
	if c == nil {
		return nil
	}
	if c.RetrievalConfig != nil {
		d.drop("toolConfig.retrievalConfig", "has no counterpart")
	}
	if c.IncludeServerSideToolInvocations != nil {
		d.drop("toolConfig.includeServerSideToolInvocations", "it is about tools that only Google runs")
	}
	if f := c.FunctionCallingConfig; f != nil {
		mode, known := toolModes[deref(f.Mode)]
		if f.Mode != nil && !known {
			return ir.Invalid("toolConfig.functionCallingConfig.mode", "Unknown function calling mode.")
		}
		d.req.ToolChoice = ir.ToolChoice{Mode: mode, Names: f.AllowedFunctionNames}
		for i, name := range f.AllowedFunctionNames {
			// Cached content may declare functions that are not seen here.
			if in.CachedContent == nil && !d.declares(name) {
				return ir.Invalid(at("toolConfig.functionCallingConfig.allowedFunctionNames", i), "An allowed function must be declared in tools.")
			}
		}
		if f.StreamFunctionCallArguments != nil {
			d.drop("toolConfig.functionCallingConfig.streamFunctionCallArguments", "calls are streamed whole")
		}
	}
	return nil
}

func (d *requestDecoder) declares(name string) bool {
	for _, t := range d.req.Tools {
		if t.Kind != ir.ToolWebSearch && t.Name == name {
			return true
		}
	}
	return false
}
