package openaichat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"louter/translate"
)

// profileFor gives the profile that a backend's configuration asks for, with
// its quirks. An error names the key at fault, for the configuration's check.
func profileFor(o translate.BackOptions) (*profile, error) {
	name := o.Profile
	if name == "" || name == "auto" {
		name = profileByHost(o.Host)
	}
	entry, known := profiles[name]
	p := entry.clone()
	if !known {
		return nil, fmt.Errorf("profile %q is not known; there are auto, %s", name, strings.Join(profileNames(), ", "))
	}
	if err := p.override(o.Quirks); err != nil {
		return nil, err
	}
	if o.MaxTokensField != "" && o.MaxTokensField != string(maxTokensAuto) {
		p.MaxTokensField = maxTokensField(o.MaxTokensField)
	}
	return &p, p.check()
}

// clone gives a copy that shares nothing with the table: quirks write into it.
func (p profile) clone() profile {
	for _, list := range []*[]string{&p.ToolChoice, &p.Media, &p.Fetches, &p.Efforts, &p.Formats, &p.SealModels, &p.ClientFaults} {
		*list = slices.Clone(*list)
	}
	p.models = slices.Clone(p.models)
	return p
}

func profileNames() []string {
	all := make([]string, 0, len(profiles))
	for name := range profiles {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// override sets single properties by name: a property of the profile, or a
// member of a request as a boolean that says whether the server takes it.
func (p *profile) override(quirks map[string]any) error {
	properties := map[string]any{}
	refuses, takes := set{}, set{}
	for key, value := range quirks {
		if !requestMembers[key] {
			properties[key] = value
			continue
		}
		switch taken, isBool := value.(bool); {
		case !isBool:
			return fmt.Errorf("quirk %q: true or false is expected", key)
		case taken:
			takes[key] = true
		default:
			refuses[key] = true
		}
	}
	p.refuses, p.takes = union(p.refuses, refuses, takes), union(p.takes, takes, refuses)
	for i, rule := range p.models { // a quirk is about every model
		rule.refuses, rule.takes = union(rule.refuses, refuses, takes), union(rule.takes, takes, refuses)
		p.models[i] = rule
	}
	return p.setProperties(properties)
}

// setProperties goes through JSON, whose decoder knows the names and types.
func (p *profile) setProperties(properties map[string]any) error {
	text, err := json.Marshal(properties)
	if err != nil {
		return fmt.Errorf("quirks: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err = dec.Decode(p)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		return fmt.Errorf("quirk %q: a %s is not expected here", mismatch.Field, mismatch.Value)
	}
	if _, name, found := strings.Cut(err.Error(), "unknown field "); found {
		return fmt.Errorf("quirk %s is not known", name)
	}
	return fmt.Errorf("quirks: %w", err)
}

// check refuses values that no part of the package would understand.
func (p *profile) check() error {
	for _, c := range []struct {
		name, value string
		allowed     []string
	}{
		{"max_tokens_field", string(p.MaxTokensField), []string{"max_tokens", "max_completion_tokens", "both", "auto"}},
		{"mid_instructions", p.MidInstructions, []string{"system", "user"}},
		{"call_id", string(p.CallID), []string{"any", "max40", "alnum9"}},
		{"thinking", string(p.Thinking), []string{"reasoning_effort", "thinking", "reasoning", "chat_template_kwargs", "google"}},
		{"reasoning_history", string(p.ReasoningHistory), []string{"never", "tools", "required"}},
		{"schema_dialect", p.SchemaDialect, []string{"", "openai", "gemini"}},
	} {
		if !slices.Contains(c.allowed, c.value) {
			return fmt.Errorf("quirk %q: %q is not one of %s", c.name, c.value, strings.Join(c.allowed, ", "))
		}
	}
	for _, c := range []struct {
		name            string
		values, allowed []string
	}{
		{"tool_choice", p.ToolChoice, []string{"auto", "none", "required", "named", "allowed"}},
		{"media", p.Media, []string{"image_url", "input_audio", "video_url", "file"}},
		{"fetches", p.Fetches, []string{"image", "video", "audio", "file", "file_id"}},
		{"efforts", p.Efforts, efforts},
		{"response_format", p.Formats, []string{"json_object", "json_schema"}},
	} {
		for _, v := range c.values {
			if !slices.Contains(c.allowed, v) {
				return fmt.Errorf("quirk %q: %q is not one of %s", c.name, v, strings.Join(c.allowed, ", "))
			}
		}
	}
	return nil
}

// requestMembers are the members of a request that a server may take or not.
var requestMembers = names(samplingMembers, openAIOnly, []string{
	"n", "seed", "top_k", "stream_options", "parallel_tool_calls", "reasoning_effort", "include_reasoning",
	"thinking_budget_tokens", "safety_settings", "cached_content", "metadata", "strict", "message_name", "images", "reasoning_details", "image_config",
})

// efforts are the words of reasoning_effort, weakest first. "default" is
// Groq's word for thinking without a degree.
var efforts = []string{"none", "minimal", "low", "medium", "default", "high", "xhigh", "max"}
