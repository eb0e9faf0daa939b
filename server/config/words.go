package config

// words are the keys that take one of a few words; the names of tables that
// the user chooses are a star.
var words = map[string][]string{
	"backends.*.protocol": {ProtocolOpenAI, ProtocolGemini},
	"backends.*.profile": {
		"auto", "openai", "azure", "groq", "mistral", "deepseek", "xai", "openrouter", "llamacpp", "vllm",
		"ollama", "lmstudio", "google", "generic",
	},
	"backends.*.capabilities":            {"text", "vision", "audio", "video", "pdf", "function_calling"},
	"backends.*.custom_instruction_mode": {"append", "prepend", "override"},
	"backends.*.max_tokens_field":        {"auto", "max_tokens", "max_completion_tokens", "both"},
	"backends.*.tool_format":             {"json", "xml"},
	"balance":                            {"weighted", "least_in_flight"},
	"log.format":                         {"auto", "json", "text"},
	"log.level":                          {"debug", "info", "warn", "error"},
	"telemetry.genai_semconv":            {"1.36", "0.1"},
}
