package telemetry

// names are those of OpenTelemetry's conventions for generative AI that change
// from version to version; "" is a thing that the version does not have. All
// are "in development", so that the version is a choice of the configuration.
type names struct {
	provider   string // attribute: whose API is spoken
	stream     string // attribute: a stream was asked for
	firstChunk string // attribute: seconds to a stream's first token
	cached     string // attributes: parts of the usage
	reasoning  string

	duration   string // histogram: one request to a backend
	untilChunk string // histogram: to the first token of its stream
	// tokens is one histogram with gen_ai.token.type, or one a type.
	tokens                    string
	inputTokens, outputTokens string
	// Counters of tokens.
	spentInput, spentOutput, spentCached, spentReasoning string
}

// versions are the words of telemetry.genai_semconv. "1.36" is the last that
// most backends of telemetry read, and what instrumentations keep by default
// (semantic-conventions v1.36.0, docs/gen-ai). "0.1" is the first release of
// the conventions in a repository of their own
// (semantic-conventions-genai v0.1.0, with the renames of its pull requests
// 374, 440 and 521).
var versions = map[string]names{
	"1.36": {
		provider: "gen_ai.system",
		duration: "gen_ai.client.operation.duration",
		tokens:   "gen_ai.client.token.usage",
	},
	"0.1": {
		provider:       "gen_ai.provider.name",
		stream:         "gen_ai.request.stream",
		firstChunk:     "gen_ai.response.time_to_first_chunk",
		cached:         "gen_ai.usage.cache_read.input_tokens",
		reasoning:      "gen_ai.usage.reasoning.output_tokens",
		duration:       "gen_ai.client.inference.duration",
		untilChunk:     "gen_ai.client.inference.time_to_first_chunk",
		inputTokens:    "gen_ai.client.inference.operation.input_tokens",
		outputTokens:   "gen_ai.client.inference.operation.output_tokens",
		spentInput:     "gen_ai.client.inference.usage.input_tokens",
		spentOutput:    "gen_ai.client.inference.usage.output_tokens",
		spentCached:    "gen_ai.client.inference.usage.cache_read.input_tokens",
		spentReasoning: "gen_ai.client.inference.usage.reasoning.output_tokens",
	},
}

// Names that are the same in all versions.
const (
	keyOperation    = "gen_ai.operation.name"
	keyRequestModel = "gen_ai.request.model"
	keyTokenType    = "gen_ai.token.type"
	keyInputTokens  = "gen_ai.usage.input_tokens"
	keyOutputTokens = "gen_ai.usage.output_tokens"
	keyFinishes     = "gen_ai.response.finish_reasons"
	keyErrorType    = "error.type"
	keyAddress      = "server.address"
	keyPort         = "server.port"

	// Louter stands where clients see a model server.
	serverDuration   = "gen_ai.server.request.duration"
	serverFirstToken = "gen_ai.server.time_to_first_token"
	serverPerToken   = "gen_ai.server.time_per_output_token"
)
