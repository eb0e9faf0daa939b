package compare

import (
	"fmt"

	"github.com/tidwall/gjson"
)

// chat takes a chat.completion or one chunk of a stream.
func (f *folding) chat(d gjson.Result) {
	for _, choice := range d.Get("choices").Array() {
		n := choice.Get("index").Int()
		c := f.choice(n)
		for _, field := range []string{"message", "delta"} {
			if m := choice.Get(field); m.IsObject() {
				f.message(n, c, m)
			}
		}
		if reason := choice.Get("finish_reason").String(); reason != "" {
			c.Finish = chatFinish(reason)
		}
	}
	u := d.Get("usage")
	if !u.IsObject() {
		u = d.Get("x_groq.usage")
	}
	if u.IsObject() {
		f.out.Usage = Usage{
			Input: u.Get("prompt_tokens").Int(), Output: u.Get("completion_tokens").Int(),
			Cached:    u.Get("prompt_tokens_details.cached_tokens").Int(),
			Reasoning: u.Get("completion_tokens_details.reasoning_tokens").Int(),
		}
	}
}

func chatFinish(word string) string {
	switch word {
	case "stop", "eos":
		return "stop"
	case "length", "model_length":
		return "length"
	case "tool_calls", "function_call":
		return "tool calls"
	case "content_filter":
		return "filtered"
	}
	return "other"
}

func (f *folding) message(n int64, c *Choice, m gjson.Result) {
	if content := m.Get("content"); content.IsArray() {
		for _, part := range content.Array() {
			switch part.Get("type").String() {
			case "thinking": // Mistral
				for _, t := range part.Get("thinking").Array() {
					c.Thought += t.Get("text").String()
				}
			default:
				c.Text += part.Get("text").String()
			}
		}
	} else {
		c.Text += content.String()
	}
	thought := m.Get("reasoning_content").String()
	if thought == "" {
		thought = m.Get("reasoning").String()
	}
	c.Thought += thought
	c.Refusal += m.Get("refusal").String()
	for _, image := range m.Get("images").Array() {
		c.Media = append(c.Media, digestURL(image.Get("image_url.url").String()))
	}
	if data := m.Get("audio.data").String(); data != "" {
		c.Media = append(c.Media, digest(data))
	}
	for i, tc := range m.Get("tool_calls").Array() {
		index := int64(i)
		if at := tc.Get("index"); at.Exists() {
			index = at.Int()
		}
		f.callPiece(n, c, index, tc)
	}
	if fc := m.Get("function_call"); fc.IsObject() {
		f.callPiece(n, c, -1, gjson.Parse(`{"function":`+fc.Raw+`}`))
	}
}

// callPiece adds to a call. Some servers number nothing: another id under the
// same index is another call.
func (f *folding) callPiece(n int64, c *Choice, index int64, tc gjson.Result) {
	key := fmt.Sprint(n, "/", index)
	known := f.calls[key]
	id := tc.Get("id").String()
	if known == nil || id != "" && known.id != "" && id != known.id {
		known = &call{choice: c}
		f.calls[key] = known
		f.order = append(f.order, known)
	}
	if id != "" {
		known.id = id
	}
	fn := tc.Get("function")
	if tc.Get("custom").Exists() {
		fn = tc.Get("custom")
		known.args += fn.Get("input").String()
	}
	if name := fn.Get("name").String(); known.name != name {
		known.name += name
	}
	args := fn.Get("arguments")
	if args.IsObject() {
		known.args += args.Raw // some servers forget to quote them
	} else {
		known.args += args.String()
	}
}
