package process

import (
	"fmt"
	"strings"
)

// speech is how a provider of one protocol says things.
type speech struct {
	whole  string // an answer in one piece, with its text
	piece  string // an event of a stream, with its text
	last   string // the last piece of a stream, with its text
	end    string // what follows the last piece
	failed string // an error, as body or as event
}

var chatSpeech = speech{
	whole:  `{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":%s}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`,
	piece:  `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":%s}}]}`,
	last:   `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","delta":{"content":%s}}]}`,
	end:    "data: [DONE]\n\n",
	failed: `{"error":{"message":"planned failure","type":"server_error","param":null,"code":null}}`,
}

var geminiSpeech = speech{
	whole:  `{"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":%s}]}}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3},"modelVersion":"m","responseId":"r1"}`,
	piece:  `{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":%s}]}}],"modelVersion":"m","responseId":"r1"}`,
	last:   `{"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":%s}]}}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3},"modelVersion":"m","responseId":"r1"}`,
	failed: `{"error":{"code":500,"message":"planned failure","status":"INTERNAL"}}`,
}

func (s speech) answer(q Question) string { return fmt.Sprintf(s.whole, quote(q.answer())) }

func (s speech) event(q Question, i int) string {
	form := s.piece
	if i == q.Pieces-1 {
		form = s.last
	}
	return sse(fmt.Sprintf(form, quote(q.pieces()[i])))
}

func sse(data string) string { return "data: " + data + "\n\n" }

// speechOf tells a protocol by its path.
func speechOf(path string) speech {
	if strings.Contains(path, "/models/") {
		return geminiSpeech
	}
	return chatSpeech
}
