package gemini

import "strings"

// thinkingKind says which of the two controls of thinking a model takes.
type thinkingKind int

const (
	// thinkingAny sends what the client said, in whichever form: for models
	// that the table does not know.
	thinkingAny thinkingKind = iota
	thinkingNone
	thinkingBudget
	thinkingLevel
)

// searchRule says what becomes of a web search beside functions.
type searchRule string

const (
	searchKeep   searchRule = "keep"
	searchRefuse searchRule = "refuse"
	searchDrop   searchRule = "drop"
)

// traits are the properties of a model that decide what a request to it may
// hold. A quirk of the same name (see traitSetters) overrides each.
type traits struct {
	thinking thinkingKind
	// minBudget and maxBudget bound thinkingBudget; 0 and -1 stand outside of
	// the bounds. canDisable says that a budget of 0 is taken.
	minBudget, maxBudget int
	canDisable           bool
	// levels that the model takes, lowest first, of minimal low medium high.
	levels []string

	// signatures: a function call of the current turn must carry one.
	signatures bool
	// callIDs: functionCall.id and functionResponse.id are sent.
	callIDs bool
	// jsonSchema: parametersJsonSchema and responseJsonSchema are taken.
	jsonSchema bool
	// jsonBesideTools: responseMimeType JSON is taken beside tools.
	jsonBesideTools bool
	search          searchRule
	// partResolution: mediaResolution is taken on a part.
	partResolution bool
	// mediaResults: functionResponse.parts is taken.
	mediaResults bool
	// penalties: presencePenalty and frequencyPenalty are taken.
	penalties bool
	// sampling: temperature, topP and topK have an effect.
	sampling bool
	// validated: the function calling mode VALIDATED is taken.
	validated bool
	// system: a systemInstruction is taken; else it leads the first user turn.
	system bool
}

// Sources of the table. [T] ai.google.dev/gemini-api/docs/thinking and the
// Vertex page of the same name; [S] …/docs/thought-signatures; [G3]
// …/docs/gemini-3; [36] …/docs/generate-content/whats-new-gemini-3.6; [A]
// docs.cloud.google.com/gemini-enterprise-agent-platform/models/guides.
var (
	// Gemini 1.x and 2.0: [T] no thinking; penalties work (vercel/ai#8943);
	// responseJsonSchema is refused (envoy#1403); JSON beside tools is refused
	// (gemini-balance#230); search beside functions is refused: "Tool use with
	// function calling is unsupported" (gemini-balance#17, litellm#38648);
	// ids are an unknown name (axonhub#874).
	gemini2 = traits{thinking: thinkingNone, search: searchRefuse, penalties: true, sampling: true, system: true}

	// Gemini 2.5, [T]; "Penalty is not enabled for models/gemini-2.5-flash"
	// (vercel/ai#8943, google-gemini/cookbook#1290); "Function calling with a
	// response mime type: 'application/json' is unsupported" (symfony/ai#803);
	// signatures are optional [S].
	gemini25 = traits{
		thinking: thinkingBudget, maxBudget: 24576, canDisable: true,
		jsonSchema: true, search: searchRefuse, sampling: true, validated: true, system: true,
	}

	// Gemini 3, [G3]: levels; signatures are checked [S]; ids are given and
	// wanted back, on Vertex too (litellm#34603, opencode#50504: its discovery
	// document of 2026-09-21 has them, and a missing one yields an empty
	// answer); built-in tools stand beside functions; structured output stands
	// beside tools; media in function responses.
	gemini3 = traits{
		thinking: thinkingLevel, levels: allLevels,
		signatures: true, callIDs: true, jsonSchema: true, jsonBesideTools: true,
		search: searchKeep, partResolution: true, mediaResults: true,
		sampling: true, validated: true, system: true,
	}

	// Gemini 3.7 and later, [A]: "minimal" is a 400 (3.7 and 3.8 Flash);
	// temperature, topP and topK are ignored and will be refused ([36],
	// langchain-google#1897).
	gemini37 = gemini3.with(func(t *traits) { t.levels = lowToHigh; t.sampling = false })

	// unknown is a model whose name says nothing (a tuned one, another
	// vendor's behind the same API): it gets what the client asked for, in the
	// forms that the oldest service takes.
	unknown = traits{thinking: thinkingAny, search: searchKeep, penalties: true, sampling: true, jsonBesideTools: true, system: true}
)

var (
	allLevels = []string{"minimal", "low", "medium", "high"}
	lowToHigh = []string{"low", "medium", "high"}
)

func (t traits) with(change func(*traits)) traits {
	change(&t)
	return t
}

// modelTable is read from the top; the first entry whose prefix a name has
// and whose words it holds counts. Names come without "models/" and in lower
// case.
var modelTable = []struct {
	prefix, word string
	traits       traits
}{
	// Gemma 3: "Developer instruction is not enabled", "Function calling is
	// not enabled" and "JSON mode is not enabled for models/gemma-3-27b-it".
	{"gemma-3", "", gemini2.with(func(t *traits) { t.system, t.penalties = false, false })},
	{"gemma", "", unknown},

	// Pictures: no thinking control at 2.5; [T] 3 Pro Image always thinks and
	// 3.1 Flash Image takes minimal and high; signatures are not enforced [S].
	{"gemini-2.5", "image", gemini25.with(func(t *traits) { t.thinking = thinkingNone })},
	{"gemini-2.5", "tts", gemini25.with(func(t *traits) { t.thinking = thinkingNone })},
	{"gemini-3", "tts", gemini3.with(func(t *traits) { t.thinking = thinkingNone })},
	{"gemini-3-pro", "image", gemini3.with(func(t *traits) { t.thinking, t.signatures = thinkingNone, false })},
	{"gemini-3", "image", gemini3.with(func(t *traits) { t.levels, t.signatures = []string{"minimal", "high"}, false })},

	// [T] 2.5 Pro: 128 to 32,768, cannot be turned off (defects 27). 2.5 Flash
	// Lite: 512 to 24,576 or off. 2.5 Flash: to 24,576 or off.
	{"gemini-2.5-pro", "", gemini25.with(func(t *traits) { t.minBudget, t.maxBudget, t.canDisable = 128, 32768, false })},
	{"gemini-2.5-flash-lite", "", gemini25.with(func(t *traits) { t.minBudget = 512 })},
	{"gemini-2.5", "", gemini25.with(func(t *traits) { t.minBudget = 1 })},
	{"gemini-robotics-er-1.5", "", gemini25.with(func(t *traits) { t.minBudget = 1 })},

	// [T] 3 Pro: low and high ("Thinking level MEDIUM is not supported",
	// proxypal#170). [A] 3.1 Pro: low to high. 3 Flash, 3.1 Flash-Lite and 3.5
	// Flash: all four. [36] 3.5 Flash-Lite and 3.6 Flash ignore sampling.
	{"gemini-3-pro", "", gemini3.with(func(t *traits) { t.levels = []string{"low", "high"} })},
	{"gemini-3.1-pro", "", gemini3.with(func(t *traits) { t.levels = lowToHigh })},
	{"gemini-3.5-flash-lite", "", gemini3.with(func(t *traits) { t.sampling = false })},
	{"gemini-3.6", "", gemini3.with(func(t *traits) { t.sampling = false })},
	{"gemini-3-", "", gemini3},
	{"gemini-3.0", "", gemini3},
	{"gemini-3.1", "", gemini3},
	{"gemini-3.5", "", gemini3},
	{"gemini-3", "", gemini37},

	{"gemini-1", "", gemini2},
	{"gemini-2", "", gemini2},
	{"gemini-pro-latest", "", gemini3.with(func(t *traits) { t.levels = lowToHigh })},
	{"gemini-flash-lite-latest", "", gemini3.with(func(t *traits) { t.sampling = false })},
	{"gemini-flash-latest", "", gemini37},
	// The next major version: as the newest known.
	{"gemini-", "", gemini37},
}

// modelTraits looks a model up by the name that goes upstream.
func modelTraits(model string) traits {
	name := strings.ToLower(model)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	for _, row := range modelTable {
		if strings.HasPrefix(name, row.prefix) && strings.Contains(name, row.word) {
			return row.traits
		}
	}
	return unknown
}
