package openaichat

import "strings"

// modelMatches says whether a model's name fits one of the patterns. A
// pattern is a whole name, or has one "*" for any letters; one with "!" in
// front takes names out again. A vendor in front of the name ("openai/o3")
// does not count.
func modelMatches(model string, patterns []string) bool {
	name := strings.ToLower(model[strings.LastIndexByte(model, '/')+1:])
	fits := false
	for _, p := range patterns {
		p, negated := strings.CutPrefix(p, "!")
		front, back, open := strings.Cut(p, "*")
		if name == p || open && len(name) >= len(front)+len(back) && strings.HasPrefix(name, front) && strings.HasSuffix(name, back) {
			fits = !negated
		}
	}
	return fits
}

// openAIReasoning are OpenAI's reasoning models.
// https://platform.openai.com/docs/guides/reasoning
var openAIReasoning = []string{"o1*", "o3*", "o4*", "gpt-5*", "!gpt-5-chat*", "codex-*"}

// maxTokensField says under which name the limit of the answer is sent.
type maxTokensField string

const (
	maxTokensOld  maxTokensField = "max_tokens"
	maxTokensNew  maxTokensField = "max_completion_tokens"
	maxTokensBoth maxTokensField = "both"
	// maxTokensAuto goes by the model's name: OpenAI's reasoning models
	// refuse max_tokens with 400, everything else knows it.
	maxTokensAuto maxTokensField = "auto"
)

// maxTokensKeys gives the names of the members to write.
func maxTokensKeys(field maxTokensField, model string) []string {
	switch field {
	case maxTokensOld, maxTokensNew:
		return []string{string(field)}
	case maxTokensBoth:
		return []string{string(maxTokensOld), string(maxTokensNew)}
	}
	if modelMatches(model, openAIReasoning) {
		return []string{string(maxTokensNew)}
	}
	return []string{string(maxTokensOld)}
}
