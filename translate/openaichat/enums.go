package openaichat

import (
	"louter/gen/openai"
	"louter/translate/ir"
)

// The tables below name every value of the generated enums that this package
// reads or writes; a test fails when a value is in none.

// speaker is what a role means in a conversation.
type speaker int

const (
	speakerInstructs speaker = iota + 1
	speakerUser
	speakerModel
	speakerTool
	speakerFunction // a tool's result in the older form
)

var speakers = map[openai.Role]speaker{
	openai.RoleDeveloper: speakerInstructs,
	openai.RoleSystem:    speakerInstructs,
	openai.RoleUser:      speakerUser,
	openai.RoleAssistant: speakerModel,
	openai.RoleTool:      speakerTool,
	openai.RoleFunction:  speakerFunction,
}

// finishReasons reads finish_reason. Words that tell of an end which is none
// of the model's are kept as they are.
var finishReasons = map[openai.FinishReason]ir.FinishReason{
	openai.FinishReasonStop:                       ir.FinishStop,
	openai.FinishReasonEOS:                        ir.FinishStop, // TGI
	openai.FinishReasonLength:                     ir.FinishLength,
	openai.FinishReasonModelLength:                ir.FinishLength, // Mistral
	openai.FinishReasonToolCalls:                  ir.FinishToolCalls,
	openai.FinishReasonFunctionCall:               ir.FinishToolCalls,
	openai.FinishReasonContentFilter:              ir.FinishSafety,
	openai.FinishReasonError:                      ir.FinishOther, // OpenRouter
	openai.FinishReasonAbort:                      ir.FinishOther, // vLLM
	openai.FinishReasonInsufficientSystemResource: ir.FinishOther, // DeepSeek
}

// finishWords writes finish_reason. A reason that the dialect has no word for
// is "error", never "stop": an empty answer that stopped looks finished to an
// agent (defects 19, 81). The exact word goes beside it.
var finishWords = map[ir.FinishReason]openai.FinishReason{
	ir.FinishStop:           openai.FinishReasonStop,
	ir.FinishLength:         openai.FinishReasonLength,
	ir.FinishToolCalls:      openai.FinishReasonToolCalls,
	ir.FinishSafety:         openai.FinishReasonContentFilter,
	ir.FinishRecitation:     openai.FinishReasonContentFilter,
	ir.FinishBlocklist:      openai.FinishReasonContentFilter,
	ir.FinishProhibited:     openai.FinishReasonContentFilter,
	ir.FinishPersonal:       openai.FinishReasonContentFilter,
	ir.FinishImageSafety:    openai.FinishReasonContentFilter,
	ir.FinishImageOther:     openai.FinishReasonError,
	ir.FinishLanguage:       openai.FinishReasonError,
	ir.FinishMalformedCall:  openai.FinishReasonError,
	ir.FinishUnexpectedCall: openai.FinishReasonError,
	ir.FinishOther:          openai.FinishReasonError,
}

// modalities are the kinds of output.
var modalities = map[openai.Modality]ir.Modality{
	openai.ModalityText:  ir.ModalityText,
	openai.ModalityAudio: ir.ModalityAudio,
	openai.ModalityImage: ir.ModalityImage,
}

// toolModes read tool_choice; "any" is Mistral's word for required.
var toolModes = map[openai.ToolChoiceMode]ir.ToolMode{
	openai.ToolChoiceModeNone:     ir.ToolNone,
	openai.ToolChoiceModeAuto:     ir.ToolAuto,
	openai.ToolChoiceModeRequired: ir.ToolRequired,
	openai.ToolChoiceModeAny:      ir.ToolRequired,
}

var allowedModes = map[openai.AllowedToolsMode]ir.ToolMode{
	openai.AllowedToolsModeAuto:     ir.ToolAuto,
	openai.AllowedToolsModeRequired: ir.ToolRequired,
}

// outputKinds read response_format.
var outputKinds = map[openai.ResponseFormatType]ir.OutputKind{
	openai.ResponseFormatTypeText:       ir.OutputText,
	openai.ResponseFormatTypeJSONObject: ir.OutputJSON,
	openai.ResponseFormatTypeJSONSchema: ir.OutputJSONSchema,
}

// reasoningEfforts read reasoning_effort; "default" says nothing.
var reasoningEfforts = map[openai.ReasoningEffort]string{
	openai.ReasoningEffortNone:    "none",
	openai.ReasoningEffortMinimal: "minimal",
	openai.ReasoningEffortLow:     "low",
	openai.ReasoningEffortMedium:  "medium",
	openai.ReasoningEffortHigh:    "high",
	openai.ReasoningEffortXHigh:   "xhigh",
	openai.ReasoningEffortMax:     "xhigh",
	openai.ReasoningEffortDefault: "",
}

var verbosities = map[openai.Verbosity]bool{
	openai.VerbosityLow: true, openai.VerbosityMedium: true, openai.VerbosityHigh: true,
}

var imageDetails = map[openai.ImageDetail]bool{
	openai.ImageDetailAuto: true, openai.ImageDetailLow: true, openai.ImageDetailHigh: true, openai.ImageDetailOriginal: true,
}

// serviceTiers read service_tier; "default" and "standard" are one thing.
var serviceTiers = map[openai.ServiceTier]string{
	openai.ServiceTierAuto:        "auto",
	openai.ServiceTierDefault:     "default",
	openai.ServiceTierStandard:    "default",
	openai.ServiceTierFlex:        "flex",
	openai.ServiceTierScale:       "scale",
	openai.ServiceTierPriority:    "priority",
	openai.ServiceTierFast:        "fast",
	openai.ServiceTierOnDemand:    "on_demand",
	openai.ServiceTierPerformance: "performance",
}

// inputAudioTypes are the MIME types of sound that is sent in.
var inputAudioTypes = map[openai.InputAudioFormat]string{
	openai.InputAudioFormatWAV:   "audio/wav",
	openai.InputAudioFormatMP3:   "audio/mpeg",
	openai.InputAudioFormatFLAC:  "audio/flac",
	openai.InputAudioFormatOGG:   "audio/ogg",
	openai.InputAudioFormatOpus:  "audio/opus",
	openai.InputAudioFormatAAC:   "audio/aac",
	openai.InputAudioFormatAIFF:  "audio/aiff",
	openai.InputAudioFormatM4A:   "audio/mp4",
	openai.InputAudioFormatWebm:  "audio/webm",
	openai.InputAudioFormatPCM16: "audio/pcm",
}

// audioFormatNames are other spellings of MIME types of sound.
var audioFormatNames = map[string]openai.InputAudioFormat{
	"audio/x-wav": openai.InputAudioFormatWAV, "audio/wave": openai.InputAudioFormatWAV, "audio/vnd.wave": openai.InputAudioFormatWAV,
	"audio/mp3": openai.InputAudioFormatMP3, "audio/mpga": openai.InputAudioFormatMP3, "audio/x-flac": openai.InputAudioFormatFLAC,
	"audio/x-aac": openai.InputAudioFormatAAC, "audio/x-aiff": openai.InputAudioFormatAIFF, "audio/m4a": openai.InputAudioFormatM4A,
	"audio/x-m4a": openai.InputAudioFormatM4A, "audio/l16": openai.InputAudioFormatPCM16,
}

// outputAudioTypes are the MIME types of sound that comes out.
var outputAudioTypes = map[openai.AudioFormat]string{
	openai.AudioFormatWAV:   "audio/wav",
	openai.AudioFormatMP3:   "audio/mpeg",
	openai.AudioFormatFLAC:  "audio/flac",
	openai.AudioFormatOpus:  "audio/opus",
	openai.AudioFormatAAC:   "audio/aac",
	openai.AudioFormatPCM16: "audio/pcm",
}

// inputAudioFormat is the word for a MIME type; "" where there is none.
func inputAudioFormat(mime string) openai.InputAudioFormat {
	for format, m := range inputAudioTypes {
		if m == mime {
			return format
		}
	}
	return audioFormatNames[mime]
}

// keyOf is the key whose value is want, in a table without two of them.
func keyOf[K ~string, V comparable](table map[K]V, want V) K {
	for k, v := range table {
		if v == want {
			return k
		}
	}
	return ""
}
