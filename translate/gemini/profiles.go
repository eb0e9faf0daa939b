package gemini

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"louter/translate"
	"louter/translate/ir"
)

// profile is a server that speaks this protocol, with what sets it apart.
// What depends on the model stands in modelTable.
type profile struct {
	name string
	// hosts are the suffixes of host names by which "auto" knows it.
	hosts []string
	// urls are prefixes of fileData.fileUri that the server reads itself.
	urls []string
	// noJSONSchema: parameters and responseSchema in Google's own schema
	// dialect only.
	noJSONSchema bool
	// noServerToolFlag: toolConfig.includeServerSideToolInvocations is an
	// unknown name.
	noServerToolFlag bool
	// noLabels: labels is an unknown name.
	noLabels bool
}

const fileAPI = "https://generativelanguage.googleapis.com/v1beta/files/"

var profileTable = []profile{
	{
		// https://ai.google.dev/api/generate-content and …/docs/file-input-methods:
		// its own files, and films on YouTube. Labels reach the body as of genai
		// v1.77.0 (generateContentConfigToMldev).
		name: "google", hosts: []string{"generativelanguage.googleapis.com"},
		urls: []string{fileAPI, "https://www.youtube.com/", "https://youtube.com/", "https://youtu.be/"},
	},
	{
		// Vertex: Cloud Storage and YouTube; the flag is "not supported on Vertex
		// AI" (ag2#3145, strands harness-sdk#3646).
		name: "vertex", hosts: []string{"aiplatform.googleapis.com"},
		urls:             []string{"gs://", "https://www.youtube.com/", "https://youtube.com/", "https://youtu.be/"},
		noServerToolFlag: true,
	},
	{
		// Whatever else speaks it, gateways mostly: only what has been in the
		// protocol since 2024.
		name: "generic", noJSONSchema: true, noServerToolFlag: true, noLabels: true,
	},
}

// findProfile resolves a configured name; "auto" and "" go by host.
func findProfile(name, host string) (profile, error) {
	if name == "" || name == "auto" {
		host = strings.ToLower(host)
		if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
			host = host[:i]
		}
		for _, p := range profileTable {
			if slices.ContainsFunc(p.hosts, func(h string) bool {
				return host == h || strings.HasSuffix(host, "."+h) || strings.HasSuffix(host, "-"+h)
			}) {
				return p, nil
			}
		}
		name = "generic"
	}
	known := make([]string, len(profileTable))
	for i, p := range profileTable {
		if p.name == name {
			return p, nil
		}
		known[i] = p.name
	}
	return profile{}, fmt.Errorf("unknown profile %q for a gemini backend; known: auto, %s", name, strings.Join(known, ", "))
}

// traits gives what a request to this model at this server may hold.
func (p profile) traits(model string) traits {
	t := modelTraits(model)
	if p.noJSONSchema {
		t.jsonSchema = false
	}
	return t
}

// takesURL says whether the server reads a URL itself.
func (p profile) takesURL(m ir.Media) bool {
	return slices.ContainsFunc(p.urls, func(prefix string) bool { return strings.HasPrefix(m.URL, prefix) })
}

// quirk overrides one property for a backend.
type quirk func(*profile, *traits)

// boolQuirks and wordQuirks are the names that a configuration may use.
var boolQuirks = map[string]func(*profile, *traits, bool){
	"thought_signatures": func(_ *profile, t *traits, on bool) { t.signatures = on },
	"call_ids":           func(_ *profile, t *traits, on bool) { t.callIDs = on },
	"json_schema":        func(_ *profile, t *traits, on bool) { t.jsonSchema = on },
	"json_beside_tools":  func(_ *profile, t *traits, on bool) { t.jsonBesideTools = on },
	"part_resolution":    func(_ *profile, t *traits, on bool) { t.partResolution = on },
	"media_results":      func(_ *profile, t *traits, on bool) { t.mediaResults = on },
	"penalties":          func(_ *profile, t *traits, on bool) { t.penalties = on },
	"sampling":           func(_ *profile, t *traits, on bool) { t.sampling = on },
	"validated_mode":     func(_ *profile, t *traits, on bool) { t.validated = on },
	"system_instruction": func(_ *profile, t *traits, on bool) { t.system = on },
	"server_tool_flag":   func(p *profile, _ *traits, on bool) { p.noServerToolFlag = !on },
	"labels":             func(p *profile, _ *traits, on bool) { p.noLabels = !on },
}

var wordQuirks = map[string]map[string]quirk{
	"thinking": {
		"any":  func(_ *profile, t *traits) { t.thinking = thinkingAny },
		"none": func(_ *profile, t *traits) { t.thinking = thinkingNone },
		"budget": func(_ *profile, t *traits) {
			if t.thinking != thinkingBudget {
				t.minBudget, t.maxBudget, t.canDisable = 0, math.MaxInt32, true
			}
			t.thinking = thinkingBudget
		},
		"level": func(_ *profile, t *traits) {
			if t.thinking != thinkingLevel {
				t.levels = allLevels
			}
			t.thinking = thinkingLevel
		},
	},
	"search_beside_functions": {
		string(searchKeep):   func(_ *profile, t *traits) { t.search = searchKeep },
		string(searchRefuse): func(_ *profile, t *traits) { t.search = searchRefuse },
		string(searchDrop):   func(_ *profile, t *traits) { t.search = searchDrop },
	},
}

// parseQuirks checks a configuration's quirks.
func parseQuirks(options translate.BackOptions) ([]quirk, error) {
	var all []quirk
	for _, name := range sortedKeys(options.Quirks) {
		q, err := parseQuirk(name, options.Quirks[name])
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

func parseQuirk(name string, value any) (quirk, error) {
	if set, known := boolQuirks[name]; known {
		on, isBool := value.(bool)
		if !isBool {
			return nil, fmt.Errorf("quirk %q takes true or false", name)
		}
		return func(p *profile, t *traits) { set(p, t, on) }, nil
	}
	if words, known := wordQuirks[name]; known {
		word, isString := value.(string)
		q, found := words[word]
		if !isString || !found {
			return nil, fmt.Errorf("quirk %q takes one of %s", name, strings.Join(sortedKeys(words), ", "))
		}
		return q, nil
	}
	known := append(sortedKeys(boolQuirks), sortedKeys(wordQuirks)...)
	slices.Sort(known)
	return nil, fmt.Errorf("unknown quirk %q of a gemini backend; known: %s", name, strings.Join(known, ", "))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
