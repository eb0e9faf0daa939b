package server_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"louter/server/config"
)

// scrape gives the figures, by their lines in Prometheus' text.
func (r *running) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	resp, err := r.http.Get("http://" + r.app.AdminAddr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode, err)
	}
	figures := map[string]float64{}
	for _, line := range strings.Split(string(body), "\n") {
		at := strings.LastIndexByte(line, ' ')
		if at < 0 || line[0] == '#' {
			continue
		}
		value, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		figures[line[:at]] = value
	}
	return figures
}

func withAdmin(c *config.Config) { c.AdminListen = "127.0.0.1:0" }

// withUsage answers with 5 input and 7 output tokens, streamed or not.
func withUsage(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	gemini, chat := `"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7,"totalTokenCount":12},`, `"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12},`
	stream := strings.Contains(r.URL.Path, "stream") || strings.Contains(string(body), `"stream":true`)
	usage := chat
	if isGemini(r) {
		usage = gemini
	}
	if !stream {
		w.Header().Set("Content-Type", "application/json")
		say(w, strings.Replace(whole(r), "{", "{"+usage, 1))
		return
	}
	say(w, beginning(r))
	say(w, strings.Replace(ending(r), "{", "{"+usage, 1))
}

// Usage, time to first token and speed are known in both modes, of each pair.
func TestFiguresOfEveryPairAndMode(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, c := range routes(stream) {
			t.Run(fmt.Sprintf("%s, stream %t", c.name, stream), func(t *testing.T) {
				r := run(t, withUsage, withAdmin)
				if resp, body := r.post(t, c.path, c.body); resp.StatusCode != http.StatusOK {
					t.Fatal(resp.StatusCode, body)
				}
				frontend, backend, model := "openai", "openai", "chat"
				if c.gemini {
					frontend = "gemini"
				}
				if strings.Contains(c.name, "gem backend") {
					backend, model = "gemini", "gem"
				}
				got := r.scrape(t)
				at := fmt.Sprintf(`backend=%q,model=%q`, backend, model)
				want := map[string]float64{
					fmt.Sprintf(`louter_requests_total{backend=%q,code="200",error_type="",frontend=%q,model=%q,operation="generate",stream="%t"}`, backend, frontend, model, stream): 1,
					`louter_tokens_total{` + at + `,type="input"}`:                                        5,
					`louter_tokens_total{` + at + `,type="output"}`:                                       7,
					fmt.Sprintf(`louter_upstream_attempts_total{backend=%q,outcome="answered"}`, backend): 1,
					fmt.Sprintf(`louter_backend_up{backend=%q}`, backend):                                 1,
					fmt.Sprintf(`louter_breaker_state{backend=%q,model=""}`, backend):                     0,
					`louter_requests_in_flight`:                                                           0, `louter_streams_in_flight`: 0, `louter_inflight_body_bytes`: 0,
				}
				if stream {
					want[`louter_time_to_first_token_seconds_count{`+at+`}`] = 1
					want[`louter_output_tokens_per_second_count{`+at+`}`] = 1
					want[`louter_time_per_output_token_seconds_count{`+at+`}`] = 1
				}
				for line, value := range want {
					if n, there := got[line]; !there || n != value {
						t.Errorf("%s is %v, %t; want %v", line, n, there, value)
					}
				}
			})
		}
	}
}

// The number of series does not depend on what clients send.
func TestClientsMakeNoSeries(t *testing.T) {
	r := run(t, withUsage, withAdmin)
	before := 0
	for i := range 10_000 {
		path := fmt.Sprintf("/v1beta/models/model-%d:generateContent", i)
		if i%2 == 0 {
			path = fmt.Sprintf("/nowhere/%d", i)
		}
		resp, _ := r.post(t, path, `{"contents":[{"parts":[{"text":"x"}]}]}`)
		if resp.StatusCode != http.StatusNotFound {
			t.Fatal(resp.StatusCode)
		}
		if i == 100 {
			before = len(r.scrape(t))
		}
	}
	after := r.scrape(t)
	if len(after) != before {
		t.Errorf("%d series after 100 names, %d after 10,000", before, len(after))
	}
	line := `louter_requests_total{backend="",code="404",error_type="caller_not_found",frontend="openai",model="other",operation="refused",stream="false"}`
	if after[line] != 5000 {
		t.Errorf("%s is %v", line, after[line])
	}
}

// A page in a browser reaches a loopback address under its own name only.
func TestAdminListenerKnowsItsName(t *testing.T) {
	r := run(t, withUsage, withAdmin)
	for host, want := range map[string]int{"": http.StatusOK, "localhost:1": http.StatusOK, "[::1]": http.StatusOK, "evil.example": http.StatusForbidden} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.app.AdminAddr()+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := r.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q: %d, want %d", host, resp.StatusCode, want)
		}
	}
}

// The verbose line says how fast a stream came.
func TestLogTellsSpeed(t *testing.T) {
	r := run(t, withUsage, nil)
	r.post(t, "/v1/chat/completions", `{"model":"chat","stream":true,"messages":[{"role":"user","content":"hi"}]}`)
	line := regexp.MustCompile(`"time_to_first_token":[1-9]\d*,"tokens_per_second":[0-9.]+`)
	if !line.MatchString(r.log.String()) {
		t.Errorf("no speed in %s", r.log.String())
	}
}
