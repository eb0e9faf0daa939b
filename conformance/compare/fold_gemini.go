package compare

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// gemini takes a GenerateContentResponse; a stream is several. Proxies write
// snake_case, as protobuf's JSON allows.
func (f *folding) gemini(d gjson.Result) {
	d = gjson.ParseBytes(spell([]byte(d.Raw)))
	for i, candidate := range d.Get("candidates").Array() {
		n := int64(i)
		if at := candidate.Get("index"); at.Exists() {
			n = at.Int()
		}
		c := f.choice(n)
		for _, part := range candidate.Get("content.parts").Array() {
			f.part(n, c, part)
		}
		if reason := candidate.Get("finishReason").String(); reason != "" {
			c.Finish = geminiFinish(reason)
		}
	}
	if d.Get("promptFeedback.blockReason").Exists() && !d.Get("candidates.0").Exists() {
		f.choice(0).Finish = "filtered"
	}
	if u := d.Get("usageMetadata"); u.Get("promptTokenCount").Exists() || u.Get("candidatesTokenCount").Exists() {
		f.out.Usage = Usage{
			Input:  u.Get("promptTokenCount").Int() + u.Get("toolUsePromptTokenCount").Int(),
			Output: u.Get("candidatesTokenCount").Int() + u.Get("thoughtsTokenCount").Int(),
			Cached: u.Get("cachedContentTokenCount").Int(), Reasoning: u.Get("thoughtsTokenCount").Int(),
		}
	}
}

func geminiFinish(word string) string {
	switch word {
	case "STOP":
		return "stop"
	case "MAX_TOKENS":
		return "length"
	case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
		return "filtered"
	}
	return "other"
}

func (f *folding) part(n int64, c *Choice, part gjson.Result) {
	switch {
	case part.Get("functionCall").Exists():
		f.functionCall(n, c, part.Get("functionCall"))
	case part.Get("inlineData").Exists():
		c.Media = append(c.Media, digest(part.Get("inlineData.data").String()))
	case part.Get("thought").Bool():
		c.Thought += part.Get("text").String()
	default:
		c.Text += part.Get("text").String()
	}
}

// functionCall takes a whole call, or a piece of one whose arguments are
// streamed: a piece without a name belongs to the call before it.
func (f *folding) functionCall(n int64, c *Choice, fc gjson.Result) {
	key := fmt.Sprint(n)
	open := f.calls[key]
	if name := fc.Get("name").String(); name != "" || open == nil {
		open = &call{choice: c, id: fc.Get("id").String(), name: name, args: fc.Get("args").Raw}
		f.calls[key] = open
		f.order = append(f.order, open)
	}
	for _, piece := range fc.Get("partialArgs").Array() {
		open.args = addPartial(open.args, piece)
	}
}

// addPartial puts a streamed value at its JSON path; strings are appended to.
func addPartial(args string, piece gjson.Result) string {
	if args == "" {
		args = "{}"
	}
	at := strings.TrimPrefix(strings.TrimPrefix(piece.Get("jsonPath").String(), "$"), ".")
	at = strings.NewReplacer("['", ".", "']", "", "[", ".", "]", "").Replace(at)
	var raw string
	switch {
	case piece.Get("stringValue").Exists():
		raw = quoted(gjson.Get(args, at).String() + piece.Get("stringValue").String())
	case piece.Get("numberValue").Exists():
		raw = piece.Get("numberValue").Raw
	case piece.Get("boolValue").Exists():
		raw = piece.Get("boolValue").Raw
	case piece.Get("nullValue").Exists():
		raw = "null"
	default:
		return args
	}
	set, err := sjson.SetRaw(args, strings.TrimPrefix(at, "."), raw)
	if err != nil {
		return args + " and a value at " + at + " that cannot be set"
	}
	return set
}

// digest of base64 data, which may lack its padding or use the URL alphabet.
func digest(data string) string {
	plain := strings.NewReplacer("-", "+", "_", "/", "=", "", "\n", "").Replace(data)
	raw, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return "no base64: " + data[:min(len(data), 20)]
	}
	sum := sha256.Sum256(raw)
	return fmt.Sprintf("%d bytes %s", len(raw), hex.EncodeToString(sum[:6]))
}

func digestURL(url string) string {
	if _, data, ok := strings.Cut(url, ";base64,"); ok && strings.HasPrefix(url, "data:") {
		return digest(data)
	}
	return url
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(text)
}
