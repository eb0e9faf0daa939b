package openaichat

import (
	"maps"
	"slices"
	"strings"
)

// profile is what one server takes and gives: the whole of what the rest of
// the package may know about it. The names in the tags are those by which a
// backend's quirks override a property. A property that a table entry does
// not set has the value that suits most servers; see standard.
type profile struct {
	// refuses and takes say, by name, which members of a request (or of a
	// message or tool in it) the server does not take or takes beyond the
	// official ones. A quirk turns one of them by its own name.
	refuses, takes set

	// MaxTokensField is max_tokens, max_completion_tokens, both or auto.
	MaxTokensField maxTokensField `json:"max_tokens_field"`
	// SeedField is the name of the member for the seed.
	SeedField string `json:"seed_field"`
	// MidInstructions is the role in which instructions in mid-conversation
	// are sent: system or user.
	MidInstructions string `json:"mid_instructions"`
	// AfterTools, where not empty, is what the assistant is made to say
	// between a tool's result and the user's next words.
	AfterTools string `json:"after_tools"`
	// Prefill says that a last message of the assistant is marked prefix.
	Prefill bool `json:"prefill"`

	// ToolChoice lists the forms of tool_choice: auto, none, required, named,
	// allowed. What is missing is reached by leaving tools out, or not at all.
	ToolChoice []string `json:"tool_choice"`
	// RequiredWord is the word for "some tool must be called".
	RequiredWord string `json:"required_word"`
	// ToolNameMax bounds a tool's name; its characters are letters, digits,
	// "_" and "-". 0: names are sent as they are.
	ToolNameMax int `json:"tool_name_max"`
	// CallID is the form of ids of tool calls: any, max40 or alnum9.
	CallID callIDForm `json:"call_id"`
	// ToolParts says that a tool's result may be an array of text parts.
	ToolParts bool `json:"tool_parts"`

	// Media names the parts in which media is sent: image_url, input_audio,
	// video_url, and file for documents. What has none cannot be sent.
	Media []string `json:"media"`
	// Fetches lists what the server fetches or resolves itself: image,
	// video, audio, file, and file_id for ids of files.
	Fetches []string `json:"fetches"`

	// Thinking says how thinking is asked for.
	Thinking thinkingForm `json:"thinking"`
	// Efforts are the words of reasoning_effort that are taken, weakest
	// first; another word becomes the nearest of them.
	Efforts []string `json:"efforts"`
	// ShowsThinking says that answers hold the text of thoughts.
	ShowsThinking bool `json:"shows_thinking"`
	// ReasoningField is where thoughts of earlier turns go back, and
	// ReasoningHistory when: never, tools (beside calls) or required (beside
	// calls, and an empty string where none is known).
	ReasoningField   string        `json:"reasoning_field"`
	ReasoningHistory historyPolicy `json:"reasoning_history"`
	// ThinkTag names the tag that encloses thoughts at the beginning of the
	// text; empty: none.
	ThinkTag string `json:"think_tag"`

	// Formats lists the types of response_format: json_object, json_schema.
	Formats []string `json:"response_format"`
	// ObjectRoot says that a schema of the answer must describe an object.
	ObjectRoot bool `json:"object_root"`
	// SchemaWithTools says that a schema of the answer may stand beside tools.
	SchemaWithTools bool `json:"schema_with_tools"`
	// JSONWord says that json_object is refused unless the word JSON stands
	// somewhere in the conversation.
	JSONWord bool `json:"json_word"`
	// SchemaDialect names the schema dialect of tools and answers.
	SchemaDialect string `json:"schema_dialect"`

	// SealOrigin is whose proofs of thought the server takes back.
	SealOrigin string `json:"seal_origin"`
	// SealFiller stands in for a proof that is missing where the server
	// demands one; for models that match SealModels.
	SealFiller string   `json:"seal_filler"`
	SealModels []string `json:"seal_models"`

	// DoneSuffices says that "[DONE]" without a finish reason is an end that
	// was meant. Where it is false such a stream was cut.
	DoneSuffices bool `json:"done_suffices"`
	// ClientFaults are beginnings of a 5xx's message that tell of a mistake
	// in the request.
	ClientFaults []string `json:"client_faults"`

	// models are differences by the model's name; the first that matches
	// counts.
	models []modelRule
}

// modelRule is what is different for some models of a server.
type modelRule struct {
	match          []string
	refuses, takes set
	efforts        []string
	toolChoice     []string
}

// set is a set of names.
type set map[string]bool

func names(list ...[]string) set {
	s := set{}
	for _, l := range list {
		for _, n := range l {
			s[n] = true
		}
	}
	return s
}

// thinkingForm says by which member thinking is steered.
type thinkingForm string

const (
	thinkingEffort   thinkingForm = "reasoning_effort"     // the official one
	thinkingSwitch   thinkingForm = "thinking"             // thinking.type beside reasoning_effort
	thinkingObject   thinkingForm = "reasoning"            // effort, max_tokens, exclude
	thinkingTemplate thinkingForm = "chat_template_kwargs" // enable_thinking beside reasoning_effort
	thinkingGoogle   thinkingForm = "google"               // extra_body.google.thinking_config
)

// historyPolicy says when thoughts of earlier turns go back.
type historyPolicy string

const (
	historyNever    historyPolicy = "never"
	historyTools    historyPolicy = "tools"
	historyRequired historyPolicy = "required"
)

// callIDForm is what a server demands of ids of tool calls.
type callIDForm string

const (
	callIDAny    callIDForm = "any"
	callIDMax40  callIDForm = "max40"
	callIDAlnum9 callIDForm = "alnum9"
)

// beyond are members that OpenAI's own API does not have: a server takes them
// only where its entry says so.
var beyond = names([]string{"top_k", "include_reasoning", "safety_settings", "cached_content", "thinking_budget_tokens", "images", "reasoning_details", "image_config"})

// has says whether the server takes that member.
func (p *profile) has(member string) bool {
	if p.refuses[member] {
		return false
	}
	return p.takes[member] || !beyond[member]
}

// forModel gives the profile as it is for one model.
func (p *profile) forModel(model string) *profile {
	for _, rule := range p.models {
		if !modelMatches(model, rule.match) {
			continue
		}
		q := *p
		q.refuses, q.takes = union(p.refuses, rule.refuses, rule.takes), union(p.takes, rule.takes, nil)
		if rule.efforts != nil {
			q.Efforts = rule.efforts
		}
		if rule.toolChoice != nil {
			q.ToolChoice = rule.toolChoice
		}
		return &q
	}
	return p
}

// union is a with b, without what stands in less.
func union(a, b, less set) set {
	out := maps.Clone(a)
	if out == nil {
		out = set{}
	}
	maps.Copy(out, b)
	for n := range less {
		delete(out, n)
	}
	return out
}

func (p *profile) choice(form string) bool { return slices.Contains(p.ToolChoice, form) }

func (p *profile) format(kind string) bool { return slices.Contains(p.Formats, kind) }

func (p *profile) sends(way string) bool { return slices.Contains(p.Media, way) }

func (p *profile) fetches(what string) bool { return slices.Contains(p.Fetches, what) }

// profileByHost finds the profile of a public service by its host's name.
func profileByHost(host string) string {
	host = strings.ToLower(host)
	if name, port, found := strings.Cut(host, ":"); found && !strings.Contains(port, ":") {
		host = name
	}
	for _, h := range hosts {
		if host == h.suffix || strings.HasSuffix(host, "."+h.suffix) {
			return h.profile
		}
	}
	return "generic"
}
