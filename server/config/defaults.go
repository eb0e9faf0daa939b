package config

import "time"

// Default is the configuration of an empty file.
func Default() *Config {
	return &Config{
		Listen:   "127.0.0.1:9000",
		Backends: map[string]*Backend{},
		Limits: Limits{
			MaxBody: 100 << 20, MaxInFlight: 512 << 20, MaxHeader: 64 << 10, MaxEvent: 32 << 20,
			MaxConnections: 10_000, HeaderTimeout: seconds(10), WriteStall: seconds(60), Heartbeat: seconds(15),
		},
		Media: Media{Fetch: true, MaxBytes: 20 << 20, Timeout: seconds(20)},
		Log:   Log{Format: "auto", Level: "info"},
		Drain: Drain{Delay: seconds(5), Timeout: seconds(300)},
		Retry: Retry{
			Attempts: 3, MaxWait: seconds(10), Backoff: Duration(250 * time.Millisecond),
			BudgetRatio: 0.2, BudgetMin: 3,
		},
		Balance:   "weighted",
		Telemetry: Telemetry{GenAISemconv: "1.36"},
	}
}

// DefaultBackend is a backend of which only the name is known.
func DefaultBackend(name string) *Backend {
	return &Backend{
		Name: name, Protocol: ProtocolOpenAI, Profile: "auto", Priority: 100, Weight: 1,
		MaxTokensField: "auto", CustomInstructionMode: "append", ToolFormat: "json",
		Timeouts: Timeouts{
			Connect: seconds(5), Headers: seconds(60), Unary: seconds(600),
			FirstToken: seconds(120), Idle: seconds(60), Total: seconds(900),
		},
		Breaker: Breaker{ConsecutiveFailures: 5, Ratio: 0.5, MinRequests: 20, Window: seconds(10), Open: seconds(30)},
		Health:  Health{Timeout: seconds(5)}, QueueTimeout: seconds(1),
	}
}

func seconds(n int) Duration { return Duration(time.Duration(n) * time.Second) }
