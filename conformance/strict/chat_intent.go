package strict

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

func chatIntent(body gjson.Result) intent {
	i := intent{
		model: body.Get("model").String(), stream: body.Get("stream").Bool(),
		schema: body.Get("response_format.type").String() == "json_schema",
		limits: tellLimits(body, chatLimits),
		think:  body.Get("reasoning_effort").Exists() && body.Get("reasoning_effort").String() != "none",
	}
	for _, t := range body.Get("tools").Array() {
		i.tools = append(i.tools, t.Get("function.name").String())
	}
	for _, m := range body.Get("messages").Array() {
		switch m.Get("role").String() {
		case "system", "developer":
			i.system = saidIn(m.Get("content"))
		case "assistant":
			i.results, i.media, i.text = nil, nil, ""
		case "tool":
			i.results = append(i.results, m.Get("content").String())
		case "user":
			i.media = nil
			i.text = m.Get("content").String()
			for _, p := range m.Get("content").Array() {
				if seen := chatSeen(p); seen != "" {
					i.media = append(i.media, seen)
				}
			}
		}
	}
	return i
}

var chatLimits = [][2]string{{"temperature", "temperature"}, {"top_p", "top-p"}, {"max_completion_tokens", "max"}, {"max_tokens", "max"}, {"stop", "stop"}, {"seed", "seed"}}

// saidIn joins a content that is a string or a list of parts.
func saidIn(content gjson.Result) string {
	if !content.IsArray() {
		return content.String()
	}
	text := ""
	for _, p := range content.Array() {
		text += p.Get("text").String()
	}
	return text
}

// chatSeen names a part of media by its type and the bytes it holds.
func chatSeen(p gjson.Result) string {
	switch p.Get("type").String() {
	case "image_url":
		return seenData(p.Get("image_url.url").String())
	case "file":
		return seenData(p.Get("file.file_data").String())
	case "input_audio":
		return seenData("data:audio/" + p.Get("input_audio.format").String() + ";base64," + p.Get("input_audio.data").String())
	}
	return ""
}

func seenData(url string) string {
	rest, inline := strings.CutPrefix(url, "data:")
	mimeType, data, found := strings.Cut(rest, ";base64,")
	if !inline || !found {
		return url
	}
	return seenBytes(mimeType, data)
}

func seenBytes(mimeType, data string) string {
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return mimeType + " that is no base64"
	}
	return fmt.Sprintf("%s of %d bytes", mimeType, len(raw))
}
