package telemetry

import (
	"testing"

	"louter/server/config"
	"louter/translate"
)

// TestEveryWordOfTheConfigurationHasItsNames, and no names are without a word.
func TestEveryWordOfTheConfigurationHasItsNames(t *testing.T) {
	for word := range versions {
		_, problems := config.Parse("louter.toml", []byte("[telemetry]\ngenai_semconv = \""+word+"\"\n[backends.a]\nurl = \"http://127.0.0.1\"\n"), config.Environment{})
		if config.Broken(problems) {
			t.Errorf("%s: %v", word, problems)
		}
	}
	if _, known := versions[config.Default().Telemetry.GenAISemconv]; !known {
		t.Error("the default is not known")
	}
}

// TestARouteHasNothingThatVaries: neither a model's name nor an identifier.
func TestARouteHasNothingThatVaries(t *testing.T) {
	for _, c := range []struct {
		op           translate.Operation
		prefix, path string
		want         string
	}{
		{translate.OpGenerate, "/v1", "/chat/completions", "/v1/chat/completions"},
		{translate.OpEmbed, "/v1", "/embeddings", "/v1/embeddings"},
		{translate.OpGenerate, "/v1beta", "/models/gemini-2.5-flash:generateContent", "/v1beta/models/{model}:generateContent"},
		{translate.OpGenerate, "", "/models/llama3:8b:streamGenerateContent", "/models/{model}:streamGenerateContent"},
		{translate.OpGenerate, "/v1beta", "/models/openai%2Fgpt-5%3AgenerateContent", "/v1beta/models/{model}:generateContent"},
		{translate.OpCountTokens, "/v1beta", "/tunedModels/a/b:countTokens", "/v1beta/tunedModels/{model}:countTokens"},
		{translate.OpOther, "/v1", "/files", "/v1/files"},
		{translate.OpOther, "/v1", "/files/file-123/content", "/v1/files/{rest}"},
		{translate.OpOther, "/upload/v1beta", "/files/x:y", "/upload/v1beta/files/{rest}"},
	} {
		if got := routeOf(&translate.Call{Operation: c.op, Prefix: c.prefix, Path: c.path}); got != c.want {
			t.Errorf("%s is %s, want %s", c.path, got, c.want)
		}
	}
}
