package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// wires of the recordings, by the folder's name.
var wires = map[string]string{"gemini": Gemini, "openai": OpenAIChat}

// LoadRecordings makes a case of each answer that was recorded from a real
// service: dir/WIRE/NAME/response.json or .sse, with an optional status and
// request.json. Where no request was recorded, and in the other dialect,
// clients ask in general words, so a translated answer is judged by its
// meaning; what passes through, byte for byte.
func LoadRecordings(dir string) ([]*Case, error) {
	var out []*Case
	for _, wire := range []string{"gemini", "openai"} {
		files, err := filepath.Glob(filepath.Join(dir, wire, "*", "response.*"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no recordings under %s: they must lie beside the checkout, or LOUTER_SHARED names their folder", filepath.Join(dir, wire))
		}
		for _, file := range files {
			c, err := recordingCase(wires[wire], file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func recordingCase(dialect, file string) (*Case, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	folder := filepath.Base(filepath.Dir(file))
	status, err := recordedStatus(filepath.Dir(file), body)
	if err != nil {
		return nil, err
	}
	stream := filepath.Ext(file) == ".sse"
	a := Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Stream: stream}
	name := "recorded-" + dialect + "-" + strings.ReplaceAll(folder, ".", "-")
	if stream {
		name += "-stream"
		a.Header.Set("Content-Type", "text/event-stream")
		if a.Steps, err = streamSteps(body); err != nil {
			return nil, err
		}
	} else {
		a.Steps = []Step{{Bytes: body}}
	}
	clients := map[string][]Request{Gemini: {asksGemini(stream)}, OpenAIChat: {asksChat(stream)}}
	asked, err := os.ReadFile(filepath.Join(filepath.Dir(file), "request.json"))
	if err == nil {
		clients[dialect][0].Body = modelMember.ReplaceAll(asked, []byte(`${1}{{model}}"`))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &Case{
		Name: name, Model: name, Status: status, Recorded: true, Features: []string{"recorded"},
		Why:       "What a real service answered keeps its meaning, and its bytes where it passes through.",
		Clients:   clients,
		Upstreams: map[string][]Answer{dialect: {a}},
	}, nil
}

// modelMember is the request's model, whose name tells cases apart here.
var modelMember = regexp.MustCompile(`(?m)^(\s*"model"\s*:\s*")[^"]*"`)

var errorCode = regexp.MustCompile(`^\s*\{\s*"error"\s*:\s*\{[^{}]*"code"\s*:\s*(\d{3})\b`)

// recordedStatus is in a file beside the answer, else in the error itself.
func recordedStatus(dir string, body []byte) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "status"))
	if err == nil {
		return strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if m := errorCode.FindSubmatch(body); m != nil {
		return strconv.Atoi(string(m[1]))
	}
	return http.StatusOK, nil
}

func asksGemini(stream bool) Request {
	target := "/v1beta/models/{{model}}:generateContent"
	if stream {
		target = "/v1beta/models/{{model}}:streamGenerateContent?alt=sse"
	}
	return Request{Method: http.MethodPost, Target: target,
		Body: []byte(`{"contents":[{"role":"user","parts":[{"text":"Go on."}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`)}
}

func asksChat(stream bool) Request {
	body := `{"model":"{{model}}","messages":[{"role":"user","content":"Go on."}]}`
	if stream {
		body = `{"model":"{{model}}","messages":[{"role":"user","content":"Go on."}],"stream":true,"stream_options":{"include_usage":true}}`
	}
	return Request{Method: http.MethodPost, Target: "/v1/chat/completions", Body: []byte(body)}
}
