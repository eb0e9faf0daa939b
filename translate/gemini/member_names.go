package gemini

// memberNames are this API's names of the members that encoders know by those
// of Chat Completions, for losses and refusals to be told in (see
// ir.Request.Spelling).
var memberNames = map[string]string{
	"temperature":                        "generationConfig.temperature",
	"top_p":                              "generationConfig.topP",
	"top_k":                              "generationConfig.topK",
	"max_tokens":                         "generationConfig.maxOutputTokens",
	"stop":                               "generationConfig.stopSequences",
	"n":                                  "generationConfig.candidateCount",
	"seed":                               "generationConfig.seed",
	"presence_penalty":                   "generationConfig.presencePenalty",
	"frequency_penalty":                  "generationConfig.frequencyPenalty",
	"logprobs":                           "generationConfig.responseLogprobs",
	"top_logprobs":                       "generationConfig.logprobs",
	"response_format":                    "generationConfig.responseMimeType",
	"response_format.json_schema.schema": "generationConfig.responseSchema",
	"modalities":                         "generationConfig.responseModalities",
	"audio":                              "generationConfig.speechConfig.voiceConfig",
	"audio.language":                     "generationConfig.speechConfig.languageCode",
	"image_config":                       "generationConfig.imageConfig",
	"reasoning_effort":                   "generationConfig.thinkingConfig",
	"include_reasoning":                  "generationConfig.thinkingConfig.includeThoughts",
	"tool_choice":                        "toolConfig.functionCallingConfig",
	"safety_settings":                    "safetySettings",
	"cached_content":                     "cachedContent",
	"service_tier":                       "serviceTier",
	"metadata":                           "labels",
	"system":                             "systemInstruction.parts",
}
