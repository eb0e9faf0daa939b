package gemini

import (
	"strings"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// dropFunc records a loss.
type dropFunc func(path, why string)

// seal reads a part's thought signature. In a client's slot it may be another
// provider's proof that Louter packed there.
func seal(p *gen.Part) *ir.Seal {
	if deref(p.ThoughtSignature) == "" {
		return nil
	}
	s := ir.UnpackSeal(*p.ThoughtSignature)
	return &s
}

// decodeSaid reads every part but calls and their results, which need the
// conversation around them; nil where the part holds none of these.
func decodeSaid(p *gen.Part, where place, resolution string, drop dropFunc) ir.Part {
	dropPartExtras(p, where, drop)
	switch {
	case p.InlineData != nil:
		m := decodeBlob(p.InlineData)
		m.Detail, m.Clip, m.Seal = decodeResolution(p.MediaResolution, resolution), decodeClip(p.VideoMetadata), seal(p)
		return m
	case p.FileData != nil:
		m := decodeFile(p.FileData)
		m.Detail, m.Clip, m.Seal = decodeResolution(p.MediaResolution, resolution), decodeClip(p.VideoMetadata), seal(p)
		return m
	case p.ExecutableCode != nil:
		drop(where.at("executableCode"), "code that the model ran is shown as text")
		return ir.Text{Text: fence(strings.ToLower(string(deref(p.ExecutableCode.Language))), deref(p.ExecutableCode.Code)), Seal: seal(p)}
	case p.CodeExecutionResult != nil:
		drop(where.at("codeExecutionResult"), "what the model's code gave is shown as text")
		return ir.Text{Text: fence("", deref(p.CodeExecutionResult.Output)), Seal: seal(p)}
	case p.Text != nil || p.ThoughtSignature != nil:
		if deref(p.Thought) {
			return ir.Reasoning{Text: deref(p.Text), Seal: seal(p)}
		}
		return ir.Text{Text: deref(p.Text), Seal: seal(p)}
	}
	return nil
}

// dropPartExtras records what no other protocol has a place for.
func dropPartExtras(p *gen.Part, where place, drop dropFunc) {
	if p.PartMetadata != nil {
		drop(where.at("partMetadata"), "has no counterpart")
	}
	if p.AudioTranscription != nil {
		drop(where.at("audioTranscription"), "has no counterpart")
	}
	if p.SpeechMetadata != nil {
		drop(where.at("speechMetadata"), "has no counterpart")
	}
	if p.MediaProcessing != nil {
		drop(where.at("mediaProcessing"), "has no counterpart")
	}
	if p.ToolCall != nil {
		drop(where.at("toolCall"), "a call of a tool that Google runs cannot be carried")
	}
	if p.ToolResponse != nil {
		drop(where.at("toolResponse"), "an answer of a tool that Google runs cannot be carried")
	}
	if p.ExecutableCode != nil && p.ExecutableCode.Id != nil {
		drop(where.at("executableCode.id"), "code is carried as text")
	}
	if p.CodeExecutionResult != nil && p.CodeExecutionResult.Id != nil {
		drop(where.at("codeExecutionResult.id"), "what code gave is carried as text")
	}
	if p.MediaResolution != nil && p.MediaResolution.NumTokens != nil {
		drop(where.at("mediaResolution.numTokens"), "has no counterpart")
	}
}

// isServerTool says that a part only tells of a tool that Google runs.
func isServerTool(p *gen.Part) bool { return p.ToolCall != nil || p.ToolResponse != nil }

// fence sets code off with lines of its own, since dialects with one text run
// the parts together.
func fence(language, code string) string {
	if language == "language_unspecified" {
		language = ""
	}
	return "\n```" + language + "\n" + strings.TrimSuffix(code, "\n") + "\n```\n"
}
