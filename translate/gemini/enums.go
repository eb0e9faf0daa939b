package gemini

import (
	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// The tables of this file are two-way: a test fails when a generated constant
// is in none of them, or a word in them is not generated.

// finishReasons maps what a candidate says at its end. STOP beside function
// calls is FinishToolCalls, which the decoder decides (defects 4, 5).
var finishReasons = map[gen.FinishReason]ir.FinishReason{
	"FINISH_REASON_UNSPECIFIED": ir.FinishOther,
	"STOP":                      ir.FinishStop,
	"MAX_TOKENS":                ir.FinishLength,
	"SAFETY":                    ir.FinishSafety,
	"RECITATION":                ir.FinishRecitation,
	"LANGUAGE":                  ir.FinishLanguage,
	"OTHER":                     ir.FinishOther,
	"BLOCKLIST":                 ir.FinishBlocklist,
	"PROHIBITED_CONTENT":        ir.FinishProhibited,
	"SPII":                      ir.FinishPersonal,
	"MALFORMED_FUNCTION_CALL":   ir.FinishMalformedCall,
	"IMAGE_SAFETY":              ir.FinishImageSafety,
	"UNEXPECTED_TOOL_CALL":      ir.FinishUnexpectedCall,
	"TOO_MANY_TOOL_CALLS":       ir.FinishOther,
	"IMAGE_PROHIBITED_CONTENT":  ir.FinishImageSafety,
	"NO_IMAGE":                  ir.FinishImageOther,
	"IMAGE_RECITATION":          ir.FinishImageOther,
	"IMAGE_OTHER":               ir.FinishImageOther,
	// "stopped because the response reached the per-request token limit".
	"CONTINUATION": ir.FinishLength,
}

// finishWords is the way back, where the native word is another dialect's.
var finishWords = map[ir.FinishReason]gen.FinishReason{
	ir.FinishStop: "STOP", ir.FinishToolCalls: "STOP", ir.FinishLength: "MAX_TOKENS",
	ir.FinishSafety: "SAFETY", ir.FinishRecitation: "RECITATION", ir.FinishBlocklist: "BLOCKLIST",
	ir.FinishProhibited: "PROHIBITED_CONTENT", ir.FinishPersonal: "SPII",
	ir.FinishImageSafety: "IMAGE_SAFETY", ir.FinishImageOther: "IMAGE_OTHER", ir.FinishLanguage: "LANGUAGE",
	ir.FinishMalformedCall: "MALFORMED_FUNCTION_CALL", ir.FinishUnexpectedCall: "UNEXPECTED_TOOL_CALL",
	ir.FinishOther: "OTHER", ir.FinishUnset: "OTHER",
}

// decodeFinish gives the reason of a candidate; calls says whether it holds
// function calls.
func decodeFinish(word gen.FinishReason, message string, calls bool) ir.Finish {
	f := ir.Finish{Native: string(word), Message: message}
	reason, known := finishReasons[word]
	switch {
	case !known:
		f.Reason = ir.FinishOther
	case reason == ir.FinishStop && calls:
		f.Reason = ir.FinishToolCalls
	default:
		f.Reason = reason
	}
	return f
}

// encodeFinish gives the word and the message of a candidate's end. A native
// word that is Google's own and means the same is kept; another provider's
// goes into the message where the word says less.
func encodeFinish(f ir.Finish) (word gen.FinishReason, message string) {
	native := gen.FinishReason(f.Native)
	if reason, known := finishReasons[native]; known && reason == f.Reason {
		return native, f.Message
	}
	word, message = finishWords[f.Reason], f.Message
	if word == "OTHER" && message == "" {
		message = f.Native
	}
	return word, message
}

// blockReasons are the words of promptFeedback.blockReason; a foreign one is
// told as OTHER.
var blockReasons = map[gen.BlockReason]bool{
	"BLOCKED_REASON_UNSPECIFIED": true, "BLOCK_REASON_UNSPECIFIED": true, "SAFETY": true, "OTHER": true, "BLOCKLIST": true,
	"PROHIBITED_CONTENT": true, "IMAGE_SAFETY": true, "MODEL_ARMOR": true, "JAILBREAK": true,
}

// outputModalities maps generationConfig.responseModalities.
var outputModalities = map[gen.Modality]ir.Modality{
	"MODALITY_UNSPECIFIED": ir.ModalityText,
	"TEXT":                 ir.ModalityText, "IMAGE": ir.ModalityImage, "AUDIO": ir.ModalityAudio, "VIDEO": ir.ModalityVideo,
}

var outputModalityWords = map[ir.Modality]gen.Modality{
	ir.ModalityText: "TEXT", ir.ModalityImage: "IMAGE", ir.ModalityAudio: "AUDIO", ir.ModalityVideo: "VIDEO",
}

// modalities maps the kinds of tokens. DOCUMENT counts PDF.
var modalities = map[gen.MediaModality]ir.Modality{
	"MODALITY_UNSPECIFIED": ir.ModalityText,
	"TEXT":                 ir.ModalityText, "IMAGE": ir.ModalityImage, "AUDIO": ir.ModalityAudio,
	"VIDEO": ir.ModalityVideo, "DOCUMENT": ir.ModalityPDF,
}

var modalityWords = map[ir.Modality]gen.MediaModality{
	ir.ModalityText: "TEXT", ir.ModalityImage: "IMAGE", ir.ModalityAudio: "AUDIO",
	ir.ModalityVideo: "VIDEO", ir.ModalityPDF: "DOCUMENT", ir.ModalityFile: "DOCUMENT",
}

// toolModes maps functionCallingConfig.mode.
var toolModes = map[gen.FunctionCallingMode]ir.ToolMode{
	"MODE_UNSPECIFIED": ir.ToolUnset, "AUTO": ir.ToolAuto, "ANY": ir.ToolRequired,
	"NONE": ir.ToolNone, "VALIDATED": ir.ToolValidated,
}

var toolModeWords = map[ir.ToolMode]gen.FunctionCallingMode{
	ir.ToolAuto: "AUTO", ir.ToolRequired: "ANY", ir.ToolNone: "NONE", ir.ToolValidated: "VALIDATED",
}

// partResolutions maps a part's mediaResolution to ir.Media.Detail, which
// holds Google's words in lower case.
var partResolutions = map[gen.MediaResolutionLevel]string{
	"MEDIA_RESOLUTION_UNSPECIFIED": "", "MEDIA_RESOLUTION_LOW": "low", "MEDIA_RESOLUTION_MEDIUM": "medium",
	"MEDIA_RESOLUTION_HIGH": "high", "MEDIA_RESOLUTION_ULTRA_HIGH": "ultra_high",
}

// partResolutionWords holds the other dialects' words too: "auto" is the
// default, "original" the most there is.
var partResolutionWords = map[string]gen.MediaResolutionLevel{
	"low": "MEDIA_RESOLUTION_LOW", "medium": "MEDIA_RESOLUTION_MEDIUM", "high": "MEDIA_RESOLUTION_HIGH",
	"ultra_high": "MEDIA_RESOLUTION_ULTRA_HIGH", "original": "MEDIA_RESOLUTION_ULTRA_HIGH",
}

// resolutions maps the resolution of a whole request, which ends at HIGH.
var resolutions = map[gen.MediaResolution]string{
	"MEDIA_RESOLUTION_UNSPECIFIED": "", "MEDIA_RESOLUTION_LOW": "low",
	"MEDIA_RESOLUTION_MEDIUM": "medium", "MEDIA_RESOLUTION_HIGH": "high",
}

var resolutionWords = map[string]gen.MediaResolution{
	"low": "MEDIA_RESOLUTION_LOW", "medium": "MEDIA_RESOLUTION_MEDIUM", "high": "MEDIA_RESOLUTION_HIGH",
	"ultra_high": "MEDIA_RESOLUTION_HIGH", "original": "MEDIA_RESOLUTION_HIGH",
}

// serviceTiers maps the tiers to the words of ir.Request.ServiceTier, which
// are OpenAI's.
var serviceTiers = map[gen.ServiceTier]string{
	"unspecified": "auto", "standard": "default", "flex": "flex", "priority": "priority",
}

var serviceTierWords = map[string]gen.ServiceTier{
	"default": "standard", "flex": "flex", "priority": "priority",
}

// trafficTiers maps usageMetadata.trafficType (Vertex) to the tier that served.
var trafficTiers = map[gen.TrafficType]string{
	"TRAFFIC_TYPE_UNSPECIFIED": "", "ON_DEMAND": "default", "ON_DEMAND_PRIORITY": "priority",
	"ON_DEMAND_FLEX": "flex", "ON_DEMAND_OFFPEAK": "", "PROVISIONED_THROUGHPUT": "",
}

// thinkingLevels maps thinkingConfig.thinkingLevel to ir.ReasoningOptions.Effort.
var thinkingLevels = map[gen.ThinkingLevel]string{
	"THINKING_LEVEL_UNSPECIFIED": "", "MINIMAL": "minimal", "LOW": "low", "MEDIUM": "medium", "HIGH": "high",
}
