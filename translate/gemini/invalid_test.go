package gemini

import (
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
)

// TestInvalidRequests: what is wrong is a 400 that names the field, in words
// without the client's content.
func TestInvalidRequests(t *testing.T) {
	user := `"contents":[{"parts":[{"text":"q"}]}]`
	cases := []struct{ name, body, param string }{
		{"empty body", ``, ""},
		{"no object", `[]`, ""},
		{"broken", `{"contents":[{"parts":[{"text":"q"}]}`, "contents.0"},
		{"trailing", `{` + user + `} x`, ""},
		{"no contents", `{}`, "contents"},
		{"empty contents", `{"contents":[]}`, "contents"},
		{"null contents", `{"contents":null}`, "contents"},
		{"contents of text", `{"contents":"SECRET"}`, "contents"},
		{"no parts", `{"contents":[{"role":"user"}]}`, "contents.0.parts"},
		{"empty part", `{"contents":[{"parts":[{"text":"q"},{}]}]}`, "contents.0.parts.1"},
		{"text as number", `{"contents":[{"parts":[{"text":5}]}]}`, "contents.0.parts.0.text"},
		{"wrong role", `{"contents":[{"role":"assistant","parts":[{"text":"q"}]}]}`, "contents.0.role"},
		{"system role", `{"contents":[{"parts":[{"text":"q"}]},{"role":"SECRET","parts":[{"text":"q"}]}]}`, "contents.1.role"},
		{"call without a name", `{"contents":[{"role":"model","parts":[{"functionCall":{"args":{}}}]}]}`, "contents.0.parts.0.functionCall.name"},
		{"arguments as text", `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":"SECRET"}}]}]}`, "contents.0.parts.0.functionCall.args"},
		{"response without a name", `{"contents":[{"parts":[{"functionResponse":{"response":{}}}]}]}`, "contents.0.parts.0.functionResponse.name"},
		{"response as list", `{"contents":[{"parts":[{"functionResponse":{"name":"f","response":[1]}}]}]}`, "contents.0.parts.0.functionResponse.response"},
		{"empty response part", `{"contents":[{"parts":[{"functionResponse":{"name":"f","parts":[{}]}}]}]}`, "contents.0.parts.0.functionResponse.parts.0"},
		{"system with a call", `{` + user + `,"systemInstruction":{"parts":[{"functionCall":{"name":"f"}}]}}`, "systemInstruction.parts.0"},
		{"system as text", `{` + user + `,"systemInstruction":"SECRET"}`, "systemInstruction"},
		{"tools as text", `{` + user + `,"tools":"SECRET"}`, "tools"},
		{"function without a name", `{` + user + `,"tools":[{"functionDeclarations":[{"description":"d"}]}]}`, "tools.0.functionDeclarations.0.name"},
		{"two schemas", `{` + user + `,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"},"parametersJsonSchema":{"type":"object"}}]}]}`, "tools.0.functionDeclarations.0.parametersJsonSchema"},
		{"schema of text", `{` + user + `,"tools":[{"functionDeclarations":[{"name":"f","parameters":"SECRET"}]}]}`, "tools.0.functionDeclarations.0.parameters"},
		{"unknown mode", `{` + user + `,"toolConfig":{"functionCallingConfig":{"mode":"SECRET"}}}`, "toolConfig.functionCallingConfig.mode"},
		{"undeclared name", `{` + user + `,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["SECRET"]}}}`, "toolConfig.functionCallingConfig.allowedFunctionNames.0"},
		{"temperature as text", `{` + user + `,"generationConfig":{"temperature":"hot"}}`, "generationConfig.temperature"},
		{"huge number", `{` + user + `,"generationConfig":{"maxOutputTokens":1e400}}`, "generationConfig.maxOutputTokens"},
		{"fraction of a token", `{` + user + `,"generationConfig":{"maxOutputTokens":1.5}}`, "generationConfig.maxOutputTokens"},
		{"config as list", `{` + user + `,"generationConfig":[]}`, "generationConfig"},
		{"unknown type of content", `{` + user + `,"generationConfig":{"responseMimeType":"SECRET/x"}}`, "generationConfig.responseMimeType"},
		{"enum without values", `{` + user + `,"generationConfig":{"responseMimeType":"text/x.enum"}}`, "generationConfig.responseSchema"},
		{"schema beside plain text", `{` + user + `,"generationConfig":{"responseMimeType":"text/plain","responseSchema":{"type":"STRING"}}}`, "generationConfig.responseMimeType"},
		{"unknown modality", `{` + user + `,"generationConfig":{"responseModalities":["TEXT","SECRET"]}}`, "generationConfig.responseModalities.1"},
		{"unknown level", `{` + user + `,"generationConfig":{"thinkingConfig":{"thinkingLevel":"SECRET"}}}`, "generationConfig.thinkingConfig.thinkingLevel"},
		{"unknown resolution", `{` + user + `,"generationConfig":{"mediaResolution":"SECRET"}}`, "generationConfig.mediaResolution"},
		{"unknown tier", `{` + user + `,"serviceTier":"SECRET"}`, "serviceTier"},
		{"not UTF-8", "{\"contents\":[{\"parts\":[{\"text\":\"\xff\"}]}]}", "contents.0.parts.0.text"},
		{"ten thousand levels", `{"contents":` + strings.Repeat("[", 10000), ""},
		{"ten thousand levels in arguments", `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":` + strings.Repeat(`{"a":`, 10000) + `1` + strings.Repeat("}", 10000) + `}}]}]}`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Front{}.DecodeRequest(translate.Call{Model: "m", Body: []byte(c.body)})
			if err == nil {
				t.Fatal("accepted")
			}
			e := ir.AsError(err)
			if e.Kind != ir.KindInvalid || e.HTTPStatus() != 400 {
				t.Errorf("kind %d: %v", e.Kind, err)
			}
			if e.Param != c.param && !(c.param == "" && strings.HasPrefix(c.name, "ten thousand")) {
				t.Errorf("names %q, not %q: %s", e.Param, c.param, e.Message)
			}
			if strings.Contains(e.Message, "SECRET") || strings.Contains(e.Param, "SECRET") {
				t.Errorf("shows the client's content: %q %q", e.Param, e.Message)
			}
		})
	}
}

// TestLoneSurrogate: half a character is a character that cannot be shown,
// not a failure.
func TestLoneSurrogate(t *testing.T) {
	req, err := Front{}.DecodeRequest(translate.Call{Model: "m", Body: []byte(`{"contents":[{"parts":[{"text":"a\ud800b"}]}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	if got := req.Turns[0].Parts[0].(ir.Text).Text; got != "a\ufffdb" {
		t.Errorf("got %q", got)
	}
}
