package compare

import (
	"testing"

	"louter/conformance/scenario"
)

// TestIntentsThatAreSaidInOtherPiecesAreTheSame: gateways rightly differ in
// these, and none may be blamed for it.
func TestIntentsThatAreSaidInOtherPiecesAreTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		chat, gemini string
		differ       bool
	}{
		"several instructions are set apart as one likes": {
			`{"messages":[{"role":"system","content":"A\n\nB"}]}`,
			`{"systemInstruction":{"parts":[{"text":"A"},{"text":"B"}]}}`, false},
		"an empty text says nothing": {
			`{"messages":[{"role":"assistant","content":"A"}]}`,
			`{"contents":[{"role":"user","parts":[{"text":""}]},{"role":"model","parts":[{"text":"A"}]}]}`, false},
		"texts that follow each other are one": {
			`{"messages":[{"role":"user","content":"A\nB"}]}`,
			`{"contents":[{"role":"user","parts":[{"text":"A"},{"text":"B"}]}]}`, false},
		"a text that is lost is seen": {
			`{"messages":[{"role":"user","content":"A"}]}`,
			`{"contents":[{"role":"user","parts":[{"text":"A"},{"text":"B"}]}]}`, true},
		"a text file may be text": {
			`{"messages":[{"role":"user","content":"hello"}]}`,
			`{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"text/csv","data":"aGVsbG8="}}]}]}`, false},
		"a file without a data URL is the same file": {
			`{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"aGVsbG8="}}]}]}`,
			`{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"audio/wav","data":"aGVsbG8="}}]}]}`, false},
		"results come in any order": {
			`{"messages":[{"role":"tool","content":"{\"b\":1,\"a\":2}"},{"role":"tool","content":"y"}]}`,
			`{"contents":[{"role":"user","parts":[{"functionResponse":{"response":{"output":"y"}}},{"functionResponse":{"response":{"output":{"a":2,"b":1}}}}]}]}`, false},
		"a picture in a result follows it": {
			`{"messages":[{"role":"tool","content":"y"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,aGVsbG8="}}]}]}`,
			`{"contents":[{"role":"user","parts":[{"functionResponse":{"response":{"output":"y"},"parts":[{"inlineData":{"mimeType":"image/png","data":"aGVsbG8="}}]}}]}]}`, false},
		"the older form of calls is read": {
			`{"functions":[{"name":"f"}],"messages":[{"role":"assistant","function_call":{"name":"f","arguments":"{}"}}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"f"}]}],"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]}]}`, false},
		"a type or nothing is the type": {
			`{"tools":[{"function":{"name":"f","parameters":{"properties":{"n":{"type":["number","null"]},"k":{"enum":["a"]}}}}}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"f","parameters":{"properties":{"n":{"type":"NUMBER","nullable":true},"k":{"type":"STRING"}}}}]}]}`, false},
		"another type is seen": {
			`{"tools":[{"function":{"name":"f","parameters":{"properties":{"n":{"type":["number","null"]}}}}}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"f","parameters":{"properties":{"n":{"type":"STRING"}}}}]}]}`, true},
		"properties under a condition are properties": {
			`{"tools":[{"function":{"name":"f","parameters":{"properties":{"n":{"type":"number"}},"then":{"properties":{"m":{"type":"number"}}}}}}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"f","parameters":{"properties":{"m":{"type":"NUMBER"},"n":{"type":"NUMBER"}}}}]}]}`, false},
		"a property that is lost is seen": {
			`{"tools":[{"function":{"name":"f","parameters":{"properties":{"n":{"type":"number"}},"then":{"properties":{"m":{"type":"number"}}}}}}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"f","parameters":{"properties":{"n":{"type":"NUMBER"}}}}]}]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := DiffIntent(Mean(scenario.OpenAIChat, []byte(c.chat)), Mean(scenario.Gemini, []byte(c.gemini)))
			if (len(d) > 0) != c.differ {
				t.Errorf("got %q", d)
			}
		})
	}
}
