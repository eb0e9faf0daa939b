package main

// geminiOwners says what tells of a schema where that is not the SDK's type
// and the message of the same name.
var geminiOwners = map[string][]string{
	"BlockReason":          {"genai.BlockedReason", "proto.GenerateContentResponse.PromptFeedback.BlockReason"},
	"FinishReason":         {"genai.FinishReason", "proto.Candidate.FinishReason"},
	"FunctionCallingMode":  {"genai.FunctionCallingConfigMode", "proto.FunctionCallingConfig.Mode"},
	"HarmBlockThreshold":   {"genai.HarmBlockThreshold", "proto.SafetySetting.HarmBlockThreshold"},
	"Language":             {"genai.Language", "proto.ExecutableCode.Language"},
	"MediaModality":        {"genai.MediaModality", "proto.Modality"},
	"MediaResolution":      {"genai.MediaResolution", "proto.GenerationConfig.MediaResolution"},
	"MediaResolutionLevel": {"genai.PartMediaResolutionLevel"},
	"Modality":             {"genai.Modality", "proto.GenerationConfig.Modality"},
	"Outcome":              {"genai.Outcome", "proto.CodeExecutionResult.Outcome"},
	"FileSource":           {"genai.FileSource", "proto.File.Source"},
	"FileState":            {"genai.FileState", "proto.File.State"},

	"BatchEmbedContentsResponse": {"genai.embedContentResponseFromMldev", "proto.BatchEmbedContentsResponse"},
	"CachedContent":              {"genai.CachedContent", "genai.createCachedContentConfigToMldev.parentObject", "proto.CachedContent"},
	"CachedContentUsage":         {"genai.CachedContentUsageMetadata", "proto.CachedContent.UsageMetadata"},
	"CitationSource":             {"genai.Citation", "proto.CitationSource"},
	"EmbedContentRequest":        {"genai.embedContentConfigToMldev.parentObject", "proto.EmbedContentRequest"},
	"EmbedContentResponse":       {"proto.EmbedContentResponse"},
	"GenerateContentRequest":     {"genai.generateContentConfigToMldev.parentObject", "genai.generateContentParametersToMldev.toObject", "proto.GenerateContentRequest"},
	"GenerationConfig":           {"genai.generateContentConfigToMldev.toObject", "genai.GenerationConfig", "proto.GenerationConfig"},
	"GoogleSearch":               {"genai.GoogleSearch", "proto.Tool.GoogleSearch"},
	"GroundingChunkWeb":          {"genai.GroundingChunkWeb", "proto.GroundingChunk.Web"},
	"LogprobsCandidate":          {"genai.LogprobsResultCandidate", "proto.LogprobsResult.Candidate"},
	"PromptFeedback":             {"genai.GenerateContentResponsePromptFeedback", "proto.GenerateContentResponse.PromptFeedback"},
	"Status":                     {"genai.FileStatus"},
	"TopCandidates":              {"genai.LogprobsResultTopCandidates", "proto.LogprobsResult.TopCandidates"},
	"UploadFileResponse":         {"proto.CreateFileResponse"},
	"UsageMetadata":              {"genai.GenerateContentResponseUsageMetadata", "proto.GenerateContentResponse.UsageMetadata"},
}
