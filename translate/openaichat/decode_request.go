package openaichat

import (
	"cmp"
	"fmt"
	"slices"

	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
)

// requestDecoder reads one request of a client.
type requestDecoder struct {
	in   openai.ChatCompletionRequest
	out  *ir.Request
	body []byte
	// toolNames has the function's name for each call id seen so far: a
	// tool's message names the call alone (defects 6).
	toolNames map[string]string
	// open has the ids of calls in the older form that wait for their
	// result, by function; that form has no ids.
	open map[string][]string
}

// DecodeRequest reads a request as clients send it. What has no place in the
// neutral model is in Dropped; what is wrong is an error that names the field.
func (front) DecodeRequest(call translate.Call) (*ir.Request, error) {
	d := requestDecoder{out: &ir.Request{}, body: call.Body, toolNames: map[string]string{}, open: map[string][]string{}}
	if err := translate.DecodeJSON(call.Body, &d.in); err != nil {
		return nil, err
	}
	if d.in.Model == "" {
		return nil, ir.Invalid("model", "You must provide a model parameter.")
	}
	for _, step := range []func() error{
		d.readMessages, d.readTools, d.readToolChoice, d.readOutput, d.readSampling, d.readReasoning, d.readExtras, d.readLosses,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d.out, nil
}

// readSampling takes the numbers; zero is not unset (defects 80).
func (d *requestDecoder) readSampling() error {
	in, out := &d.in, d.out
	out.Model = in.Model
	out.Stream = in.Stream != nil && *in.Stream
	out.StreamUsage = in.StreamOptions != nil && in.StreamOptions.IncludeUsage != nil && *in.StreamOptions.IncludeUsage
	s := &out.Sampling
	s.Temperature, s.TopP = in.Temperature, in.TopP
	if in.TopK != nil {
		k := float64(*in.TopK)
		s.TopK = &k
	}
	s.PresencePenalty, s.FrequencyPenalty = in.PresencePenalty, in.FrequencyPenalty
	s.Seed, s.Logprobs, s.TopLogprobs = in.Seed, in.Logprobs, in.TopLogprobs
	s.Stop = in.Stop.Strings
	s.Candidates = in.N
	if in.N != nil && *in.N < 1 {
		return ir.Invalid("n", "Invalid value for 'n': expected at least 1.")
	}
	out.ParallelToolCalls = in.ParallelToolCalls
	return d.readMaxTokens()
}

// readMaxTokens prefers the newer name (defects 77). -1 is local servers'
// word for "no limit".
func (d *requestDecoder) readMaxTokens() error {
	for _, limit := range []struct {
		name  string
		value *int64
	}{{"max_completion_tokens", d.in.MaxCompletionTokens}, {"max_tokens", d.in.MaxTokens}} {
		if limit.value == nil {
			continue
		}
		if *limit.value < -1 {
			return ir.Invalid(limit.name, "Invalid value for '%s': expected at least 0.", limit.name)
		}
		if *limit.value >= 0 && d.out.Sampling.MaxTokens == nil {
			d.out.Sampling.MaxTokens = limit.value
		}
	}
	return nil
}

func (d *requestDecoder) readOutput() error {
	out := &d.out.Output
	if err := d.readFormat(out); err != nil {
		return err
	}
	for i, m := range d.in.Modalities {
		kind, known := modalities[m]
		if !known {
			return ir.Invalid(fmt.Sprintf("modalities.%d", i), "Invalid value for 'modalities': expected text, audio or image.")
		}
		out.Modalities = append(out.Modalities, kind)
	}
	if a := d.in.Audio; a != nil {
		out.Audio = &ir.AudioOutput{Voice: a.Voice.Name, Format: string(a.Format)}
		if a.Voice.Custom != nil {
			out.Audio.Voice = a.Voice.Custom.ID
		}
	}
	if d.in.Verbosity != "" && !verbosities[d.in.Verbosity] {
		return ir.Invalid("verbosity", "Invalid value for 'verbosity': expected low, medium or high.")
	}
	out.Verbosity = string(d.in.Verbosity)
	return nil
}

func (d *requestDecoder) readFormat(out *ir.Output) error {
	f := d.in.ResponseFormat
	if f == nil {
		return nil
	}
	kind, known := outputKinds[f.Type]
	if !known {
		return ir.Invalid("response_format.type", "Invalid value for 'response_format.type': expected text, json_object or json_schema.")
	}
	out.Kind = kind
	switch {
	case kind == ir.OutputJSON && !isNull(f.Schema): // llama.cpp's short form
		out.Kind, out.Schema = ir.OutputJSONSchema, f.Schema
	case kind == ir.OutputJSONSchema && f.JSONSchema == nil:
		return ir.Invalid("response_format.json_schema", "Missing required parameter: 'response_format.json_schema'.")
	case kind == ir.OutputJSONSchema:
		s := f.JSONSchema
		out.Name, out.Description, out.Strict = s.Name, s.Description, s.Strict
		if out.Schema = s.Schema; isNull(out.Schema) {
			out.Kind, out.Schema = ir.OutputJSON, nil // nothing is demanded of the JSON
		}
	}
	return nil
}

func isNull(raw []byte) bool { return len(raw) == 0 || string(raw) == "null" }

// readTools takes tools and, behind them, functions in the older form.
func (d *requestDecoder) readTools() error {
	for i, t := range d.in.Tools {
		path := fmt.Sprintf("tools.%d", i)
		tool, err := readTool(t, path)
		if err != nil {
			return err
		}
		tool.Path = path
		if t.Function != nil || t.Custom != nil {
			tool.Path = path + "." + string(cmp.Or(t.Type, openai.ToolTypeFunction))
		}
		d.out.Tools = append(d.out.Tools, tool)
	}
	for i, f := range d.in.Functions {
		path := fmt.Sprintf("functions.%d", i)
		if f.Name == "" {
			return ir.Invalid(path+".name", "Missing required parameter: '%s.name'.", path)
		}
		d.out.Tools = append(d.out.Tools, ir.Tool{Name: f.Name, Description: f.Description, Parameters: schemaOf(f.Parameters), Path: path})
	}
	if d.in.WebSearchOptions != nil {
		d.out.Tools = append(d.out.Tools, ir.Tool{Kind: ir.ToolWebSearch, Path: "web_search_options"})
	}
	return nil
}

func readTool(t openai.Tool, path string) (ir.Tool, error) {
	kind := t.Type
	if kind == "" && t.Function != nil {
		kind = openai.ToolTypeFunction
	}
	switch {
	case kind == openai.ToolTypeFunction:
		if t.Function == nil || t.Function.Name == "" {
			return ir.Tool{}, ir.Invalid(path+".function.name", "Missing required parameter: '%s.function.name'.", path)
		}
		f := t.Function
		return ir.Tool{Name: f.Name, Description: f.Description, Parameters: schemaOf(f.Parameters), Strict: f.Strict}, nil
	case kind == openai.ToolTypeCustom:
		return readCustomTool(t.Custom, path)
	case slices.Contains(webSearchTypes, string(kind)): // of the Responses API; OpenRouter and others take them here
		return ir.Tool{Kind: ir.ToolWebSearch}, nil
	}
	return ir.Tool{}, ir.Invalid(path+".type", "Invalid value for '%s.type': expected function or custom.", path)
}

var webSearchTypes = []string{"web_search", "web_search_preview"}

func readCustomTool(c *openai.CustomTool, path string) (ir.Tool, error) {
	if c == nil || c.Name == "" {
		return ir.Tool{}, ir.Invalid(path+".custom.name", "Missing required parameter: '%s.custom.name'.", path)
	}
	tool := ir.Tool{Kind: ir.ToolCustom, Name: c.Name, Description: c.Description}
	if c.Format == nil || c.Format.Type == openai.CustomToolFormatTypeText {
		return tool, nil
	}
	if c.Format.Type != openai.CustomToolFormatTypeGrammar || c.Format.Grammar == nil {
		return ir.Tool{}, ir.Invalid(path+".custom.format", "Invalid value for '%s.custom.format': expected text, or grammar with its definition.", path)
	}
	tool.Grammar = &ir.Grammar{Syntax: string(c.Format.Grammar.Syntax), Definition: c.Format.Grammar.Definition}
	return tool, nil
}

func schemaOf(raw openai.JSONSchema) openai.JSONSchema {
	if isNull(raw) {
		return nil
	}
	return raw
}

// readToolChoice takes every form of tool_choice and of function_call
// (defects 13).
func (d *requestDecoder) readToolChoice() error {
	if err := d.readChoice(); err != nil {
		return err
	}
	c := d.in.FunctionCall
	switch {
	case c.IsZero() || d.out.ToolChoice.Mode != ir.ToolUnset:
		return nil
	case c.Function != nil:
		return d.choose(ir.ToolRequired, "function_call.name", c.Function.Name)
	}
	mode, known := toolModes[openai.ToolChoiceMode(c.Mode)]
	if !known {
		return ir.Invalid("function_call", "Invalid value for 'function_call': expected none, auto or an object with a name.")
	}
	d.out.ToolChoice.Mode = mode
	return nil
}

func (d *requestDecoder) readChoice() error {
	c := d.in.ToolChoice
	if c.IsZero() {
		return nil
	}
	if c.Object == nil {
		mode, known := toolModes[c.Mode]
		if !known {
			return ir.Invalid("tool_choice", "Invalid value for 'tool_choice': expected none, auto, required or an object.")
		}
		d.out.ToolChoice.Mode = mode
		return nil
	}
	switch o := c.Object; o.Type {
	case openai.ToolChoiceTypeFunction:
		return d.choose(ir.ToolRequired, "tool_choice.function.name", chosenName(o.Function, o.Name))
	case openai.ToolChoiceTypeCustom:
		return d.choose(ir.ToolRequired, "tool_choice.custom.name", chosenName(o.Custom, o.Name))
	case openai.ToolChoiceTypeAllowedTools:
		return d.readAllowed(o.AllowedTools)
	}
	return ir.Invalid("tool_choice.type", "Invalid value for 'tool_choice.type': expected function, custom or allowed_tools.")
}

func (d *requestDecoder) readAllowed(a *openai.AllowedTools) error {
	if a == nil || len(a.Tools) == 0 {
		return ir.Invalid("tool_choice.allowed_tools.tools", "Missing required parameter: 'tool_choice.allowed_tools.tools'.")
	}
	mode, known := allowedModes[a.Mode]
	if !known {
		return ir.Invalid("tool_choice.allowed_tools.mode", "Invalid value for 'tool_choice.allowed_tools.mode': expected auto or required.")
	}
	for i, t := range a.Tools {
		name := t.Name
		for _, n := range []*openai.ToolName{t.Function, t.Custom} {
			name = chosenName(n, name)
		}
		if err := d.choose(mode, fmt.Sprintf("tool_choice.allowed_tools.tools.%d", i), name); err != nil {
			return err
		}
	}
	return nil
}

func chosenName(n *openai.ToolName, other string) string {
	if n != nil && n.Name != "" {
		return n.Name
	}
	return other
}

// choose adds a name to the choice; it must be one that was declared.
func (d *requestDecoder) choose(mode ir.ToolMode, path, name string) error {
	declared := slices.ContainsFunc(d.out.Tools, func(t ir.Tool) bool { return t.Name == name })
	if name == "" || !declared {
		return ir.Invalid(path, "Invalid value for '%s': it names no declared tool.", path)
	}
	d.out.ToolChoice.Mode = mode
	d.out.ToolChoice.Names = append(d.out.ToolChoice.Names, name)
	return nil
}
