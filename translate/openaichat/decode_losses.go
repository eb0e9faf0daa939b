package openaichat

import (
	"fmt"

	"louter/translate/rawjson"
)

// The tables name the members of a request by level. An empty reason says
// that the member is carried, or judged where it is read; any other, and any
// member that is not here, is a loss (promise 3).

const (
	ofOneProvider = "only its own provider has a use for it"
	notOfferedOn  = "other protocols do not have it"
)

var carriedTop = map[string]string{
	"model": "", "messages": "", "stream": "", "temperature": "", "top_p": "", "top_k": "", "max_tokens": "", "max_completion_tokens": "",
	"n": "", "stop": "", "seed": "", "presence_penalty": "", "frequency_penalty": "", "logprobs": "", "top_logprobs": "", "tools": "",
	"tool_choice": "", "parallel_tool_calls": "", "functions": "", "function_call": "", "response_format": "", "reasoning_effort": "",
	"reasoning": "", "thinking": "", "chat_template_kwargs": "", "enable_thinking": "", "thinking_budget": "", "thinking_budget_tokens": "",
	"include_reasoning": "", "reasoning_format": "", "verbosity": "", "modalities": "", "audio": "", "web_search_options": "",
	"service_tier": "", "metadata": "", "stream_options": "", "extra_body": "", "google": "", "safety_settings": "", "safetySettings": "",
	"cached_content": "", "cachedContent": "", "thinking_config": "", "thinkingConfig": "", "image_config": "", "imageConfig": "",

	"logit_bias":             "token numbers mean nothing to another model",
	"user":                   ofOneProvider,
	"safety_identifier":      ofOneProvider,
	"store":                  "nothing is stored for another provider",
	"prediction":             notOfferedOn,
	"moderation":             notOfferedOn,
	"prompt_cache_key":       ofOneProvider,
	"prompt_cache_retention": ofOneProvider,
	"prompt_cache_options":   ofOneProvider,
	"min_p":                  notOfferedOn,
	"repetition_penalty":     notOfferedOn,
}

var carriedMessage = map[string]string{
	"role": "", "content": "", "name": "", "refusal": "", "audio": "", "tool_calls": "", "tool_call_id": "", "function_call": "",
	"reasoning_content": "", "reasoning": "", "images": "", "extra_content": "",

	"annotations":       "sources of an earlier answer are not sent again",
	"citations":         "sources of an earlier answer are not sent again",
	"cache_control":     "caching is the provider's own matter",
	"prefix":            "the last message of the assistant is continued anyway where that is possible",
	"reasoning_details": "only the service that wrote it can read it",
}

var carriedPart = map[string]string{
	"type": "", "text": "", "image_url": "", "input_audio": "", "file": "", "video_url": "", "refusal": "", "thinking": "", "extra_content": "", "closed": "",

	"cache_control":           "caching is the provider's own matter",
	"prompt_cache_breakpoint": "caching is the provider's own matter",
	"signature":               "only the service that wrote it can read it",
}

var (
	carriedTool     = map[string]string{"type": "", "function": "", "custom": "", "cache_control": "caching is the provider's own matter"}
	carriedFunction = map[string]string{"name": "", "description": "", "parameters": "", "strict": ""}
	carriedStream   = map[string]string{"include_usage": "", "include_obfuscation": "Louter pads no streams"}
	carriedSearch   = map[string]string{"search_context_size": notOfferedOn, "user_location": notOfferedOn}
	carriedGoogle   = map[string]string{
		"cached_content": "", "cachedContent": "", "safety_settings": "", "safetySettings": "", "thinking_config": "", "thinkingConfig": "",
		"image_config": "", "imageConfig": "",
	}
)

// readLosses walks the request once more, by its text: the typed reading has
// forgotten what it did not know.
func (d *requestDecoder) readLosses() error {
	members, err := rawjson.Members(d.body, 0)
	if err != nil {
		return fmt.Errorf("read losses: %w", err) // the body was decoded already
	}
	for _, m := range members {
		d.lose(m.Key, m, carriedTop)
		switch m.Key {
		case "messages":
			err = d.loseEach(m, m.Key, d.loseMessage)
		case "tools":
			err = d.loseEach(m, m.Key, d.loseTool)
		case "stream_options":
			err = d.loseIn(m, m.Key, carriedStream)
		case "web_search_options":
			err = d.loseIn(m, m.Key, carriedSearch)
		case "google":
			err = d.loseIn(m, m.Key, carriedGoogle)
		case "extra_body":
			err = d.loseExtraBody(m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lose records a member that says something and is not carried.
func (d *requestDecoder) lose(path string, m rawjson.Member, carried map[string]string) {
	why, known := carried[m.Key]
	if known && why == "" {
		return
	}
	switch string(m.Raw(d.body)) {
	case "null", "{}", "[]", `""`, "false": // nothing was asked for
		return
	}
	if !known {
		why = "it is not known"
	}
	d.out.Drop(path, why)
}

func (d *requestDecoder) loseIn(place rawjson.Member, path string, carried map[string]string) error {
	if d.body[place.Start] != '{' {
		return nil
	}
	s := rawjson.Scanner{Text: d.body}
	for m := range s.Object(place.Start) {
		d.lose(path+"."+m.Key, m, carried)
	}
	return s.Err
}

func (d *requestDecoder) loseEach(place rawjson.Member, path string, one func(rawjson.Member, string) error) error {
	if d.body[place.Start] != '[' {
		return nil
	}
	s := rawjson.Scanner{Text: d.body}
	i := 0
	for m := range s.Array(place.Start) {
		if d.body[m.Start] == '{' {
			if err := one(m, fmt.Sprintf("%s.%d", path, i)); err != nil {
				return err
			}
		}
		i++
	}
	return s.Err
}

func (d *requestDecoder) loseMessage(place rawjson.Member, path string) error {
	s := rawjson.Scanner{Text: d.body}
	for m := range s.Object(place.Start) {
		d.lose(path+"."+m.Key, m, carriedMessage)
		if m.Key == "content" {
			err := d.loseEach(m, path+".content", func(part rawjson.Member, path string) error { return d.loseIn(part, path, carriedPart) })
			if err != nil {
				return err
			}
		}
	}
	return s.Err
}

func (d *requestDecoder) loseTool(place rawjson.Member, path string) error {
	s := rawjson.Scanner{Text: d.body}
	for m := range s.Object(place.Start) {
		d.lose(path+"."+m.Key, m, carriedTool)
		if m.Key == "function" {
			if err := d.loseIn(m, path+".function", carriedFunction); err != nil {
				return err
			}
		}
	}
	return s.Err
}

func (d *requestDecoder) loseExtraBody(place rawjson.Member) error {
	if d.body[place.Start] != '{' {
		return nil
	}
	s := rawjson.Scanner{Text: d.body}
	for m := range s.Object(place.Start) {
		var err error
		if m.Key == "google" {
			err = d.loseIn(m, "extra_body.google", carriedGoogle)
		} else {
			d.lose("extra_body."+m.Key, m, nil)
		}
		if err != nil {
			return err
		}
	}
	return s.Err
}
