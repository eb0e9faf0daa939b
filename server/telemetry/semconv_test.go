package telemetry

import (
	"testing"

	"louter/server/config"
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
