package config

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxCount keeps a number of seconds far from the end of a duration's range.
const maxCount = 1_000_000_000

// check finds what is well written and cannot be meant, or has no effect.
func (d *document) check(cfg *Config, env Environment) {
	c := checker{document: d, cfg: cfg, env: env}
	c.listener()
	c.adminListener()
	c.limits()
	c.word("log.format", path{"log", "format"}, cfg.Log.Format)
	c.word("balance", path{"balance"}, cfg.Balance)
	c.retry()
	c.word("telemetry.genai_semconv", path{"telemetry", "genai_semconv"}, cfg.Telemetry.GenAISemconv)
	c.word("log.level", path{"log", "level"}, cfg.Log.Level)
	for i, key := range cfg.Auth.Keys {
		if key == "" {
			c.fault(path{"auth", "keys"}.index(i), "key %d of auth.keys is empty: it would let everyone in", i+1)
		}
	}
	for i, origin := range cfg.CORS.Origins {
		c.origin(path{"cors", "origins"}.index(i), origin)
	}
	if len(cfg.Backends) == 0 && !Broken(d.problems) {
		c.problems = append(c.problems, c.wholeFile("no [backends.NAME] is configured"))
	}
	for _, b := range cfg.BackendList() {
		c.backend(b)
		c.fallback(b)
	}
	for key, value := range map[string]int{"timeout_seconds": cfg.Performance.TimeoutSeconds, "max_conversation_turns": cfg.Performance.MaxConversationTurns} {
		if value > maxCount {
			c.fault(path{"performance", key}, "performance.%s is beyond all measure", key)
		}
	}
	c.withoutEffect(path{"performance", "openai_token_counting_mode"}, "token counting comes later")
}

type checker struct {
	*document
	cfg *Config
	env Environment
}

func (c *checker) withoutEffect(at path, what string) {
	if c.has(at) && !c.isFaulty(at) {
		c.warn(at, "%s has no effect in this version: %s", at, what)
	}
}

func (c *checker) word(name string, at path, value string) {
	if known := words[name]; !slices.Contains(known, value) {
		c.fault(at, "%s: %s is none of %s%s", at, c.shown(at, value), strings.Join(known, ", "), didYouMean(value, known))
	}
}

func (c *checker) notNegative(at path, value float64) {
	if value < 0 {
		c.fault(at, "%s cannot be negative", at)
	}
}

func (c *checker) listener() {
	at := path{"listen"}
	host, port, err := net.SplitHostPort(c.cfg.Listen)
	if err != nil {
		c.fault(at, `listen must be host:port, as "127.0.0.1:9000"`)
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		c.fault(at, "listen: the port must be a number from 0 to 65535")
	} else if n == 0 && host == "" {
		c.fault(at, "listen names neither a host nor a port")
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if !loopback && len(c.cfg.Auth.Keys) == 0 && !c.cfg.InsecureNoAuth && !c.isFaulty(path{"auth"}) {
		c.fault(at, "listen: %s can be reached by others and no [auth] keys are set; set some, or insecure_no_auth = true", c.shown(at, c.cfg.Listen))
	}
}

// adminListener: metrics tell names of models and backends, and nothing guards
// them but their address.
func (c *checker) adminListener() {
	at := path{"admin_listen"}
	if c.cfg.AdminListen == "" || c.isFaulty(at) {
		return
	}
	host, port, err := net.SplitHostPort(c.cfg.AdminListen)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		c.fault(at, `admin_listen must be host:port, as "127.0.0.1:9090", or "" for none`)
		return
	}
	ip := net.ParseIP(host)
	if host != "localhost" && (ip == nil || !ip.IsLoopback()) && !c.cfg.InsecureNoAuth {
		c.warn(at, "admin_listen: whoever reaches %s can read the metrics, which have no keys", c.shown(at, c.cfg.AdminListen))
	}
	if c.cfg.AdminListen == c.cfg.Listen && port != "0" {
		c.fault(at, "admin_listen is the same address as listen")
	}
}

func (c *checker) limits() {
	l := c.cfg.Limits
	for key, value := range map[string]int64{
		"max_body": int64(l.MaxBody), "max_in_flight": int64(l.MaxInFlight), "max_header": int64(l.MaxHeader),
		"max_event": int64(l.MaxEvent), "max_connections": int64(l.MaxConnections),
	} {
		if value == 0 {
			c.fault(path{"limits", key}, "limits.%s cannot be 0: nothing would be served", key)
		}
	}
	if l.MaxBody > l.MaxInFlight {
		at := path{"limits", "max_body"}
		if !c.has(at) {
			at = path{"limits", "max_in_flight"}
		}
		c.fault(at, "limits.max_body exceeds limits.max_in_flight: no such request could ever be taken")
	}
}

const maxAttempts = 10

func (c *checker) retry() {
	r := c.cfg.Retry
	if r.Attempts < 1 || r.Attempts > maxAttempts {
		c.fault(path{"retry", "attempts"}, "retry.attempts must be from 1 (no retry) to %d", maxAttempts)
	}
	if r.BudgetRatio < 0 || r.BudgetRatio > 1 {
		c.fault(path{"retry", "budget_ratio"}, "retry.budget_ratio must be from 0 to 1")
	}
}

// origin: a browser sends scheme, host and port, and the comparison is exact.
func (c *checker) origin(at path, origin string) {
	if origin == "*" {
		return
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		c.fault(at, `cors.origins: an origin is "*" or looks like "https://app.example.com", without a path`)
	}
}
