// Package config reads Louter's configuration: strict TOML, every problem
// told at once with its place, secrets that no printer shows.
package config

import (
	"net/url"
	"sort"
	"strings"
	"time"
)

// DefaultAdminListen is where metrics are served unless the configuration says
// otherwise.
const DefaultAdminListen = "127.0.0.1:9090"

// Config is the whole configuration, after defaults and expansion.
type Config struct {
	Listen      string `toml:"listen"`
	AdminListen string `toml:"admin_listen"`
	// AdminByDefault: nobody asked for that address.
	AdminByDefault bool     `toml:"-"`
	Strict         bool     `toml:"strict"`
	InsecureNoAuth bool     `toml:"insecure_no_auth"`
	Include        []string `toml:"include"`
	// CustomInstructions go into every request where the backend has none of
	// its own.
	CustomInstructions string `toml:"custom_instructions"`

	Backends    map[string]*Backend `toml:"backends"`
	Auth        Auth                `toml:"auth"`
	Limits      Limits              `toml:"limits"`
	Media       Media               `toml:"media"`
	Validate    Validate            `toml:"validate"`
	CORS        CORS                `toml:"cors"`
	Log         Log                 `toml:"log"`
	Drain       Drain               `toml:"drain"`
	Performance Performance         `toml:"performance"`
	Retry       Retry               `toml:"retry"`
	Telemetry   Telemetry           `toml:"telemetry"`
	// Balance chooses within one priority: weighted or least_in_flight.
	Balance string `toml:"balance"`
}

// Backend is one service that answers.
type Backend struct {
	Name string `toml:"-"`
	// Order is the place in the file, which breaks ties of priority.
	Order int `toml:"-"`

	Protocol string `toml:"protocol"`
	Profile  string `toml:"profile"`
	URL      string `toml:"url"`
	APIKey   Secret `toml:"api_key"`
	// Priority: lower is asked first.
	Priority     int      `toml:"priority"`
	Weight       float64  `toml:"weight"`
	Fallback     string   `toml:"fallback"`
	Capabilities []string `toml:"capabilities"`

	MaxTokensField        string   `toml:"max_tokens_field"`
	CustomInstruction     string   `toml:"custom_instruction"`
	CustomInstructionMode string   `toml:"custom_instruction_mode"`
	MaxTokens             int64    `toml:"max_tokens"`
	Temperature           *float64 `toml:"temperature"`
	TemperatureOverride   bool     `toml:"temperature_override"`
	ToolFormat            string   `toml:"tool_format"`

	Headers map[string]string `toml:"headers"`
	// CAFile is a PEM file of further authorities that this backend's
	// certificate may come from.
	CAFile string `toml:"ca_file"`
	// ModelMapping: client's name or glob → backend's name; "*" keeps the name.
	ModelMapping map[string]string `toml:"model_mapping"`
	Quirks       map[string]any    `toml:"quirks"`
	Timeouts     Timeouts          `toml:"timeouts"`
	Breaker      Breaker           `toml:"breaker"`
	Health       Health            `toml:"health"`
	// MaxInFlight bounds the exchanges that run at this backend; 0: no bound.
	MaxInFlight int `toml:"max_in_flight"`
	// QueueTimeout is how long one more waits for its place.
	QueueTimeout Duration `toml:"queue_timeout"`
}

// Timeouts bound one attempt at a backend.
type Timeouts struct {
	Connect    Duration `toml:"connect"`
	Headers    Duration `toml:"headers"`     // a stream's response headers
	Unary      Duration `toml:"unary"`       // a whole answer
	FirstToken Duration `toml:"first_token"` // from headers to the first event
	Idle       Duration `toml:"idle"`        // between chunks
	Total      Duration `toml:"total"`       // all but a stream that is alive
}

// Breaker says when a backend is left alone.
type Breaker struct {
	ConsecutiveFailures int      `toml:"consecutive_failures"`
	Ratio               float64  `toml:"ratio"`
	MinRequests         int      `toml:"min_requests"`
	Window              Duration `toml:"window"`
	Open                Duration `toml:"open"`
	// PerModel gives each of the backend's models a breaker of its own.
	PerModel bool `toml:"per_model"`
}

// Health asks a backend for its models at an interval; 0: never.
type Health struct {
	Interval Duration `toml:"interval"`
	Timeout  Duration `toml:"timeout"`
}

// Retry bounds what is done about failures before the first byte.
type Retry struct {
	Attempts int `toml:"attempts"` // over all backends
	// MaxWait is the longest Retry-After that is waited for.
	MaxWait Duration `toml:"max_wait"`
	// Backoff is the ceiling of the first random pause before a backend is
	// asked again; it doubles each time.
	Backoff Duration `toml:"backoff"`
	// BudgetRatio and BudgetMin bound how many requests may ask a backend
	// again, over ten seconds.
	BudgetRatio float64 `toml:"budget_ratio"`
	BudgetMin   int     `toml:"budget_min"`
}

// Auth says which keys clients must show; none: everyone may call.
type Auth struct {
	Keys []Secret `toml:"keys"`
}

// Limits bound what Louter holds.
type Limits struct {
	MaxBody        Size     `toml:"max_body"`
	MaxInFlight    Size     `toml:"max_in_flight"`
	MaxHeader      Size     `toml:"max_header"`
	MaxEvent       Size     `toml:"max_event"`
	MaxConnections int      `toml:"max_connections"`
	HeaderTimeout  Duration `toml:"header_timeout"`
	WriteStall     Duration `toml:"write_stall"`
	// Heartbeat is how long a translated stream may be silent before a comment
	// keeps its connection alive, where the client's dialect has comments; 0: never.
	Heartbeat Duration `toml:"heartbeat"`
}

// Media says whether Louter fetches media that a backend cannot.
type Media struct {
	Fetch    bool     `toml:"fetch"`
	MaxBytes Size     `toml:"max_bytes"`
	Timeout  Duration `toml:"timeout"`
}

// Validate turns on checks of clients' requests against the OpenAPI files.
type Validate struct {
	Requests bool `toml:"requests"`
}

// CORS lists the origins that browsers may call from; empty turns it off.
type CORS struct {
	Origins []string `toml:"origins"`
}

// Log says how the log looks.
type Log struct {
	Format string `toml:"format"` // auto, json, text
	Level  string `toml:"level"`  // debug, info, warn, error
}

// Telemetry says how a collector is spoken to; that there is one, and where,
// the standard OTEL_ variables of the environment say.
type Telemetry struct {
	// GenAISemconv is the version of OpenTelemetry's names for this field.
	GenAISemconv string `toml:"genai_semconv"`
}

// Drain bounds the end of the process.
type Drain struct {
	Delay   Duration `toml:"delay"`   // /readyz is 503, still accepting
	Timeout Duration `toml:"timeout"` // for streams to end
}

// Performance keeps the names of the original Louter.
type Performance struct {
	LogRequests               bool     `toml:"log_requests"`
	TimeoutSeconds            int      `toml:"timeout_seconds"`
	AllowedTools              []string `toml:"allowed_tools"`
	OverrideSystemInstruction *string  `toml:"override_system_instruction"`
	MaxConversationTurns      int      `toml:"max_conversation_turns"`
	// These two are read and have no effect yet.
	EnableMetrics           bool   `toml:"enable_metrics"`
	OpenAITokenCountingMode string `toml:"openai_token_counting_mode"`
}

// Protocols that a backend may speak in this version.
const (
	ProtocolOpenAI = "openai"
	ProtocolGemini = "gemini"
)

// BackendList gives the backends in the order in which they are asked.
func (c *Config) BackendList() []*Backend {
	list := make([]*Backend, 0, len(c.Backends))
	for _, b := range c.Backends {
		list = append(list, b)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Priority != b.Priority {
			return a.Priority < b.Priority
		}
		if a.Order != b.Order {
			return a.Order < b.Order
		}
		return a.Name < b.Name
	})
	return list
}

// BaseURL is where the protocol's paths begin: a URL without a path gets the
// protocol's version, one with a path is used as it is (reports F20). It has
// no slash at its end.
func (b *Backend) BaseURL() (*url.URL, error) {
	u, err := url.Parse(b.URL)
	if err != nil {
		// The error of net/url repeats the URL, which may hold a password.
		return nil, errBadURL
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errBadURL
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	if u.Path == "" {
		u.Path = "/v1"
		if b.Protocol == ProtocolGemini {
			u.Path = "/v1beta"
		}
	}
	return u, nil
}

// Has says whether the backend is declared able to take the modality or
// feature; no declaration means everything.
func (b *Backend) Has(capability string) bool {
	if len(b.Capabilities) == 0 {
		return true
	}
	for _, c := range b.Capabilities {
		if c == capability {
			return true
		}
	}
	return false
}

// D turns the configuration's duration into the standard library's.
func (d Duration) D() time.Duration { return time.Duration(d) }
