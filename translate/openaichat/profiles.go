package openaichat

import "louter/translate/ir"

// originOpenRouter is whose proof of thought a reasoning_details array is.
const originOpenRouter = "openrouter"

// hosts tells public services by the end of their host's name.
var hosts = []struct{ suffix, profile string }{
	{"api.openai.com", "openai"},
	{"openai.azure.com", "azure"},
	{"services.ai.azure.com", "azure"},
	{"cognitiveservices.azure.com", "azure"},
	{"api.groq.com", "groq"},
	{"api.mistral.ai", "mistral"},
	{"api.deepseek.com", "deepseek"},
	{"api.x.ai", "xai"},
	{"openrouter.ai", "openrouter"},
	{"generativelanguage.googleapis.com", "google"},
	{"aiplatform.googleapis.com", "google"},
}

// openAIOnly are official members that hardly anyone else reads, and that
// strict servers answer with an error: Mistral 422 extra_forbidden
// (github.com/Gitlawb/openclaude/issues/739), Google 400 "Unknown name"
// (github.com/Vali-98/ChatterUI/issues/227), Groq "property … is unsupported"
// (github.com/janhq/jan/issues/8136).
var openAIOnly = []string{"verbosity", "modalities", "audio", "web_search_options", "service_tier", "custom"}

var anyChoice = []string{"auto", "none", "required", "named"}

// standard is the profile of a server of which nothing is known but that it
// speaks Chat Completions.
var standard = profile{
	refuses:          names(openAIOnly, []string{"strict", "message_name", "metadata"}),
	MaxTokensField:   maxTokensAuto,
	SeedField:        "seed",
	MidInstructions:  "system",
	ToolChoice:       anyChoice,
	RequiredWord:     "required",
	ToolNameMax:      64,
	CallID:           callIDMax40,
	Media:            []string{"image_url", "input_audio", "file"},
	Thinking:         thinkingEffort,
	Efforts:          []string{"none", "minimal", "low", "medium", "high", "xhigh"},
	ShowsThinking:    true,
	ReasoningField:   "reasoning_content",
	ReasoningHistory: historyNever, // unknown members of messages are a 400 at strict servers
	ThinkTag:         "think",      // an answer that begins with the tag is never meant as text
	Formats:          []string{"json_object", "json_schema"},
	SchemaWithTools:  true,
	DoneSuffices:     true,
}

// profiles has one entry a server, made from standard by what is different.
// What a line says is from the source beside it.
var profiles = map[string]profile{
	"generic": standard,

	"openai": with(standard, func(p *profile) {
		// https://platform.openai.com/docs/api-reference/chat/create
		p.refuses = names([]string{"metadata", "web_search_options"}) // "only allowed when 'store' is enabled": github.com/QwenLM/qwen-code/issues/243
		p.ToolChoice = append(anyChoice[:4:4], "allowed")
		p.CallID = callIDMax40 // "maximum length 40": github.com/agno-agi/agno/issues/5382
		p.ToolParts = true
		p.Fetches = []string{"image", "file_id"} // images by https, files by id; neither sound nor documents by URL
		p.ThinkTag, p.ShowsThinking = "", false  // thoughts are counted, not shown: https://platform.openai.com/docs/guides/reasoning
		p.ObjectRoot = true                      // "schema must be a JSON Schema of 'type: \"object\"'": https://platform.openai.com/docs/guides/structured-outputs
		p.JSONWord = true                        // "'messages' must contain the word 'json'": https://platform.openai.com/docs/guides/structured-outputs#json-mode
		p.SchemaDialect = "openai"
		p.DoneSuffices = false // finish_reason is a required member of the last chunk
		p.models = openAIModels
	}),
	"azure": with(standard, func(p *profile) {
		// https://learn.microsoft.com/azure/ai-foundry/openai/reference
		p.refuses = names([]string{"metadata", "web_search_options", "service_tier", "custom"})
		p.CallID = callIDMax40
		p.ToolParts = true
		p.Fetches = []string{"image"}
		p.ThinkTag, p.ShowsThinking = "", false
		p.ObjectRoot, p.JSONWord = true, true
		p.SchemaDialect = "openai"
		p.DoneSuffices = false
		p.models = openAIModels // the same models refuse the same members: github.com/langchain4j/langchain4j/issues/3258
	}),
	"groq": with(standard, func(p *profile) {
		// https://console.groq.com/docs/openai: these "will result in a 400 error"; n must be 1
		p.refuses = names([]string{
			"verbosity", "modalities", "audio", "web_search_options", "custom", "strict", "metadata", "logprobs", "top_logprobs", "message_name", "n",
		})
		p.Fetches = []string{"image"} // https://console.groq.com/docs/vision
		p.Media = []string{"image_url"}
		p.JSONWord = true // https://console.groq.com/docs/structured-outputs#json-object-mode
		// ReasoningHistory stays never: "property 'reasoning_content' is unsupported", github.com/janhq/jan/issues/8136
		p.DoneSuffices = false // the recording ends with finish_reason, then x_groq.usage
		p.models = []modelRule{
			// https://console.groq.com/docs/reasoning
			{match: []string{"gpt-oss*"}, efforts: []string{"low", "medium", "high"}, takes: names([]string{"include_reasoning"})},
			{match: []string{"qwen*"}, efforts: []string{"none", "default"}},
			{match: []string{"*"}, refuses: names([]string{"reasoning_effort"})},
		}
	}),
	"mistral": with(standard, func(p *profile) {
		// https://docs.mistral.ai/api: unknown members are 422 extra_forbidden
		p.refuses = names(openAIOnly, []string{
			"metadata", "message_name", "logprobs", "top_logprobs",
			"stream_options", // github.com/avante-corp/avante.nvim/issues/2347; usage comes in the last chunk anyway
		})
		p.MaxTokensField = maxTokensOld // max_completion_tokens is 422: github.com/editor-code-assistant/eca/issues/231
		p.SeedField = "random_seed"
		p.MidInstructions = "user" // "Unexpected role 'system' after role 'assistant'"
		p.AfterTools = "Done."     // "Unexpected role 'user' after role 'tool'": github.com/BerriAI/litellm/issues/6323
		p.Prefill = true           // "Expected last role User or Tool (or Assistant with prefix True)"
		p.RequiredWord = "any"
		p.CallID = callIDAlnum9         // "must be a-z, A-Z, 0-9, with a length of 9": github.com/anomalyco/opencode/issues/1680
		p.Media = []string{"image_url"} // sound and documents have forms of their own here
		p.Fetches = []string{"image"}   // https://docs.mistral.ai/capabilities/vision
		p.ThinkTag = ""                 // thinking comes as content parts: https://docs.mistral.ai/capabilities/reasoning
		p.DoneSuffices = false
		p.models = []modelRule{
			// vercel/ai packages/mistral: these take reasoning_effort, none or high
			{match: []string{"mistral-small-latest", "mistral-small-2603", "mistral-medium-3*"}, efforts: []string{"none", "high"}},
			{match: []string{"*"}, refuses: names([]string{"reasoning_effort"})},
		}
	}),
	"deepseek": with(standard, func(p *profile) {
		// https://api-docs.deepseek.com/api/create-chat-completion
		p.refuses = names(openAIOnly, []string{"strict", "metadata", "n", "seed", "parallel_tool_calls", "message_name"})
		p.MaxTokensField = maxTokensOld
		p.Media = nil // "unknown variant `image_url`, expected `text`"
		p.Thinking = thinkingSwitch
		p.Efforts = []string{"none", "high", "max"} // https://api-docs.deepseek.com/guides/thinking_mode
		p.ReasoningHistory = historyRequired        // beside calls its lack is 400, "" is taken: github.com/vercel/ai/pull/13203
		p.Formats = []string{"json_object"}         // "This response_format type is unavailable now": github.com/llm-exe/llm-exe/issues/662
		p.JSONWord = true                           // https://api-docs.deepseek.com/guides/json_mode
		p.DoneSuffices = false
		p.models = []modelRule{
			// "does not support this tool_choice": github.com/pydantic/pydantic-ai/issues/1886; logprobs are an error:
			// https://api-docs.deepseek.com/guides/reasoning_model
			{match: []string{"deepseek-reasoner*"}, refuses: names([]string{"logprobs", "top_logprobs"}), toolChoice: []string{"auto", "none"}},
		}
	}),
	"xai": with(standard, func(p *profile) {
		// https://docs.x.ai/developers/rest-api-reference/inference/chat
		p.refuses = names(openAIOnly, []string{"metadata", "presence_penalty", "frequency_penalty"}) // github.com/miaoxworld/NativeTavern/issues/83
		p.Media = []string{"image_url"}
		p.Fetches = []string{"image"}
		p.ThinkTag = ""
		p.DoneSuffices = false
		p.models = []modelRule{
			// https://docs.x.ai/developers/model-capabilities/text/reasoning and github.com/mnfst/modelparams.dev/pull/330
			{match: []string{"grok-3-mini*"}, refuses: names([]string{"stop"}), efforts: []string{"low", "high"}},
			{match: []string{"grok-4.6*"}, refuses: names([]string{"stop"}), efforts: []string{"low", "medium", "high", "xhigh"}},
			{match: []string{"grok-4.3*", "grok-4.5*", "grok-4.20-multi-agent*"}, refuses: names([]string{"stop"}), efforts: []string{"low", "medium", "high"}},
			{match: []string{"grok-4*", "grok-code*", "!grok-4*non-reasoning"}, refuses: names([]string{"stop", "reasoning_effort"})}, // github.com/BerriAI/litellm/pull/16265
			{match: []string{"*"}, refuses: names([]string{"reasoning_effort"})},
		}
	}),
	"openrouter": with(standard, func(p *profile) {
		// https://openrouter.ai/docs/api/reference/parameters: members that a model does not know are left out on the way
		p.refuses = names([]string{"metadata", "web_search_options", "service_tier", "custom", "audio"})
		p.takes = names([]string{"top_k", "images", "reasoning_details", "image_config"})
		p.ToolParts = true
		p.Media = []string{"image_url", "input_audio", "file", "video_url"}
		p.Fetches = []string{"image", "file", "video"}
		p.Thinking = thinkingObject // https://openrouter.ai/docs/use-cases/reasoning-tokens
		p.ReasoningField, p.ReasoningHistory = "reasoning", historyTools
		p.ThinkTag = ""
		p.SealOrigin = originOpenRouter
		p.DoneSuffices = false
	}),
	"llamacpp": with(standard, func(p *profile) {
		// llama.cpp tools/server/README.md and the recordings of a server
		p.refuses = names(openAIOnly, []string{"strict", "metadata", "message_name"})
		p.takes = names([]string{"top_k", "thinking_budget_tokens"})
		p.ToolChoice = []string{"auto", "none", "required"} // a named function is taken and ignored (recording tool-named-ignored)
		p.ToolNameMax = 0
		p.CallID = callIDAny
		p.MidInstructions = "user" // by the model's template: "System message must be at the beginning."
		p.Media = []string{"image_url", "input_audio"}
		p.Thinking = thinkingTemplate
		p.Efforts = []string{"low", "medium", "high"}
		p.ReasoningHistory = historyTools
		p.SchemaWithTools = false // with both the schema wins and no tool can be called
		p.DoneSuffices = false
		p.ClientFaults = []string{ // mistakes of the request that come as 500 server_error
			"image input is not supported", "audio input is not supported", "video input is not supported",
			"Failed to parse", "Unsupported tool type", "Invalid tool_choice", "tool choice",
		}
	}),
	"vllm": with(standard, func(p *profile) {
		// https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html; unknown members are ignored
		p.refuses = names(openAIOnly, []string{"strict", "metadata", "message_name"})
		p.takes = names([]string{"top_k", "include_reasoning"})
		p.ToolNameMax = 0
		p.CallID = callIDAny
		p.ToolParts = true
		p.MidInstructions = "user"
		p.Media = []string{"image_url", "input_audio", "video_url"}
		p.Fetches = []string{"image", "video"}
		p.Thinking = thinkingTemplate
		p.Efforts = []string{"low", "medium", "high"}
		p.ReasoningHistory = historyTools
		p.DoneSuffices = false
	}),
	"ollama": with(standard, func(p *profile) {
		// https://docs.ollama.com/api/openai-compatibility
		p.refuses = names(openAIOnly, []string{"strict", "metadata", "message_name", "n", "parallel_tool_calls"})
		p.MaxTokensField = maxTokensOld
		p.ToolChoice = []string{"auto"} // older servers ignore the member: none is reached by leaving tools out
		p.ToolNameMax = 0
		p.CallID = callIDAny
		p.Media = []string{"image_url"} // base64 alone: github.com/ollama/ollama/issues/6753
		p.Efforts = []string{"none", "low", "medium", "high"}
		p.ReasoningField, p.ReasoningHistory = "reasoning", historyTools
		p.DoneSuffices = false
	}),
	"lmstudio": with(standard, func(p *profile) {
		// https://lmstudio.ai/docs/developer/openai-compat
		p.refuses = names(openAIOnly, []string{"strict", "metadata", "message_name", "n", "parallel_tool_calls"})
		p.takes = names([]string{"top_k"})
		p.MaxTokensField = maxTokensOld
		p.ToolChoice = []string{"auto", "none", "required"} // "Supported string values: none, auto, required": github.com/alibaba/page-agent/issues/367
		p.ToolNameMax = 0
		p.CallID = callIDAny
		p.MidInstructions = "user"
		p.Media = []string{"image_url"}
		p.Formats = []string{"json_schema"} // "'response_format.type' must be 'json_schema' or 'text'": github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189
		p.DoneSuffices = false
	}),
	"google": with(standard, func(p *profile) {
		// https://ai.google.dev/gemini-api/docs/openai; other members are 400 "Unknown name … Cannot find field":
		// seed and frequency_penalty in github.com/Vali-98/ChatterUI/issues/227, top_k and reasoning in
		// github.com/MinLL/SkyrimNet-GamePlugin/issues/77
		p.refuses = names(openAIOnly, []string{
			"strict", "metadata", "message_name", "seed", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs", "parallel_tool_calls",
		})
		p.takes = names([]string{"safety_settings", "cached_content"}) // in extra_body.google
		p.Media = []string{"image_url", "input_audio"}
		p.CallID = callIDAny
		p.Thinking = thinkingGoogle
		p.Efforts = []string{"none", "minimal", "low", "medium", "high"}
		p.ThinkTag = "thought"
		p.SchemaDialect = "gemini"
		p.SealOrigin = ir.OriginGoogle
		p.SealFiller = "skip_thought_signature_validator" // defects 24; https://ai.google.dev/gemini-api/docs/thought-signatures
		p.SealModels = []string{"gemini-3*"}
		p.DoneSuffices = false
	}),
}

// openAIModels: the reasoning models refuse what steers sampling, the others
// what steers thinking. https://platform.openai.com/docs/guides/reasoning
// and github.com/langchain4j/langchain4j/issues/3258
var openAIModels = []modelRule{
	{ // https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat
		match:   []string{"gpt-4o-search-preview*", "gpt-4o-mini-search-preview*", "gpt-5-search-api*"},
		refuses: names(samplingMembers, []string{"n", "reasoning_effort", "verbosity"}),
		takes:   names([]string{"web_search_options"}),
	},
	{
		match:   []string{"o1*", "o3*", "o4*"},
		refuses: names(samplingMembers, []string{"verbosity"}),
		efforts: []string{"low", "medium", "high"},
	},
	{match: []string{"gpt-5", "gpt-5-*", "!gpt-5-chat*"}, refuses: names(samplingMembers), efforts: []string{"minimal", "low", "medium", "high"}},
	{match: []string{"gpt-5.*", "codex-*"}, refuses: names(samplingMembers), efforts: []string{"none", "low", "medium", "high", "xhigh"}},
	{match: []string{"gpt-3*", "gpt-4*", "gpt-5-chat*", "chatgpt-*"}, refuses: names([]string{"reasoning_effort", "verbosity"})},
}

var samplingMembers = []string{"temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "stop"}

func with(base profile, change func(*profile)) profile {
	change(&base)
	return base
}
