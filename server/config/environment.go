package config

// fromEnvironment makes backends of the usual keys; nil where there is none.
// Beside OpenAI, Gemini serves the names of its own models and OpenAI all
// others.
func fromEnvironment(env Environment) *document {
	d := newDocument()
	backends := map[string]any{}
	d.tree["backends"] = backends
	if variable := firstSet(env, "GEMINI_API_KEY", "GOOGLE_API_KEY"); variable != "" {
		backends["gemini"] = map[string]any{
			"protocol": ProtocolGemini, "url": "https://generativelanguage.googleapis.com", "priority": int64(1),
			"api_key": reference(variable),
		}
	}
	if variable := firstSet(env, "OPENAI_API_KEY"); variable != "" {
		openai := map[string]any{
			"protocol": ProtocolOpenAI, "url": "https://api.openai.com", "priority": int64(2),
			"api_key": reference(variable),
		}
		if variable := firstSet(env, "OPENAI_BASE_URL"); variable != "" {
			openai["url"] = reference(variable)
		}
		backends["openai"] = openai
		if gemini, both := backends["gemini"].(map[string]any); both {
			gemini["model_mapping"] = map[string]any{"gemini-*": "*", "models/*": "*", "gemma-*": "*"}
		}
	}
	if len(backends) == 0 {
		return nil
	}
	return d
}

// reference lets a variable be read and checked like one in a file.
func reference(variable string) string { return "${" + variable + "}" }

// firstSet names the first variable that holds something.
func firstSet(env Environment, names ...string) string {
	for _, n := range names {
		if v, _ := env.Lookup(n); v != "" {
			return n
		}
	}
	return ""
}
