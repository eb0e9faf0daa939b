package gemini

import (
	"path/filepath"
	"testing"

	"louter/gen/enums"
)

func wordsOf[K ~string, V any](tables ...map[K]V) map[string]bool {
	words := map[string]bool{}
	for _, table := range tables {
		for word := range table {
			words[string(word)] = true
		}
	}
	return words
}

func valuesOf[K comparable, V ~string](table map[K]V) map[string]bool {
	words := map[string]bool{}
	for _, word := range table {
		words[string(word)] = true
	}
	return words
}

// carriedAsIs are the enums whose words travel through the neutral model as
// they are, or are only shown; the reason stands beside each.
var carriedAsIs = map[string]string{
	"HarmCategory":       "ir.SafetySetting holds Google's own names",
	"HarmBlockThreshold": "ir.SafetySetting holds Google's own names",
	"Language":           "code is shown as text, its language in lower case",
	"Outcome":            "what code gave is shown as text",
	"FileState":          "files only pass through",
	"FileSource":         "files only pass through",
}

// TestEveryEnumIsMapped: each generated constant is in a table, and each word
// of a table is generated.
func TestEveryEnumIsMapped(t *testing.T) {
	tables := map[string]map[string]bool{
		"FinishReason": wordsOf(finishReasons), "BlockReason": wordsOf(blockReasons), "FunctionCallingMode": wordsOf(toolModes),
		"Modality": wordsOf(outputModalities), "MediaModality": wordsOf(modalities),
		"MediaResolution": wordsOf(resolutions), "MediaResolutionLevel": wordsOf(partResolutions),
		"ServiceTier": wordsOf(serviceTiers), "ThinkingLevel": wordsOf(thinkingLevels), "TrafficType": wordsOf(trafficTiers),
	}
	enums, err := enums.Read(filepath.Join("..", "..", "gen", "gemini", "gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	for kind, words := range enums {
		if carriedAsIs[kind] != "" {
			continue
		}
		table := tables[kind]
		if table == nil {
			t.Errorf("%s is in no table", kind)
		}
		for word := range words {
			if !table[word] {
				t.Errorf("%s %s is in no table", kind, word)
			}
		}
		for word := range table {
			if !words[word] {
				t.Errorf("%s has no %s", kind, word)
			}
		}
	}
	for kind := range tables {
		if enums[kind] == nil {
			t.Errorf("%s is not generated any more", kind)
		}
	}
	for kind, words := range map[string]map[string]bool{
		"FinishReason": valuesOf(finishWords), "Modality": valuesOf(outputModalityWords), "MediaModality": valuesOf(modalityWords),
		"FunctionCallingMode": valuesOf(toolModeWords), "MediaResolution": valuesOf(resolutionWords), "MediaResolutionLevel": valuesOf(partResolutionWords),
		"ServiceTier": valuesOf(serviceTierWords),
	} {
		for word := range words {
			if !enums[kind][word] {
				t.Errorf("%s has no %s, which is written", kind, word)
			}
		}
	}
}

// TestFinishThereAndBack: every reason of the service comes out as it was.
func TestFinishThereAndBack(t *testing.T) {
	for word := range finishReasons {
		for _, calls := range []bool{false, true} {
			got, message := encodeFinish(decodeFinish(word, "m", calls))
			if got != word || message != "m" {
				t.Errorf("%s with calls %v: %s %s", word, calls, got, message)
			}
		}
	}
	if f := decodeFinish("SOMETHING_NEW", "", false); f.Native != "SOMETHING_NEW" || finishWords[f.Reason] != "OTHER" {
		t.Errorf("an unknown reason became %+v", f) // defects 81
	}
}
