package fidelity

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"louter/gen/gemini"
	"louter/gen/openai"
	"louter/translate"
	"louter/translate/ir"
)

// table is one part of the page: one document of one API on its way.
type table struct {
	name   string // its folder in testdata
	title  string
	fields []field
	ways   []way
	// shorten cuts a path of the other API to the field that holds it.
	shorten func(string) string
}

func tables(t *testing.T) []table {
	t.Helper()
	var (
		geminiRequest = mustFields(t, reflect.TypeFor[gemini.GenerateContentRequest]())
		geminiAnswer  = mustFields(t, reflect.TypeFor[gemini.GenerateContentResponse]())
		chatRequest   = mustFields(t, reflect.TypeFor[openai.ChatCompletionRequest]())
		chatAnswer    = mustFields(t, reflect.TypeFor[openai.ChatCompletion](), reflect.TypeFor[openai.ChatCompletionChunk]())
		geminiClient  = geminiSide()
		chatClient    = chatSide()
	)
	return []table{
		{
			name: "gemini-request", title: "A Gemini request to a Chat Completions backend", fields: geminiRequest, shorten: shortener(chatRequest),
			ways: []way{
				requestWay(t, "profile openai", geminiClient, chatClient, translate.BackOptions{Profile: "openai"}),
				requestWay(t, "profile generic", geminiClient, chatClient, translate.BackOptions{Profile: "generic"}),
			},
		},
		{
			name: "chat-answer", title: "A Chat Completions answer to a Gemini client", fields: chatAnswer, shorten: shortener(geminiAnswer),
			ways: answerWays(t, geminiClient, chatClient, translate.BackOptions{Profile: "generic"}),
		},
		{
			name: "chat-request", title: "A Chat Completions request to a Gemini backend", fields: chatRequest, shorten: shortener(geminiRequest),
			ways: []way{
				requestWay(t, "profile google", chatClient, geminiClient, translate.BackOptions{Profile: "google"}),
				requestWay(t, "profile generic", chatClient, geminiClient, translate.BackOptions{Profile: "generic"}),
			},
		},
		{
			name: "gemini-answer", title: "A Gemini answer to a Chat Completions client", fields: geminiAnswer, shorten: shortener(chatAnswer),
			ways: answerWays(t, chatClient, geminiClient, translate.BackOptions{Profile: "google"}),
		},
	}
}

func mustFields(t *testing.T, types ...reflect.Type) []field {
	t.Helper()
	fields, err := fieldsOf(types...)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func newBack(t *testing.T, s side, options translate.BackOptions) translate.Back {
	t.Helper()
	back, err := s.protocol.NewBack(options)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func requestWay(t *testing.T, title string, front, back side, options translate.BackOptions) way {
	to := newBack(t, back, options)
	return way{
		title: title,
		takes: func(*sample) bool { return true },
		run: func(s *sample, doc any) result {
			model := back.model
			if s.Model != "" {
				model = s.Model
			}
			return translateRequest(front, back, to, model, doc)
		},
	}
}

// answerWays are the whole answer and the stream. A whole answer is a stream
// of one chunk too, and a list of one chunk is a whole answer.
func answerWays(t *testing.T, front, back side, options translate.BackOptions) []way {
	from := newBack(t, back, options)
	asked := func(s *sample, run func(front, back side, from translate.Back, req *ir.Request, doc any) result, doc any) result {
		ask, err := parse(s.Ask)
		if err != nil {
			t.Fatalf("%s: ask: %v", s.name, err)
		}
		req, _, failed := sendRequest(front, from, back.model, ask)
		if failed != nil {
			t.Fatalf("%s: ask: %v", s.name, failed)
		}
		got := run(front, back, from, req, doc)
		if got.err != nil {
			status, body := front.protocol.Front.EncodeError(got.err)
			read, err := parse(body)
			if err != nil {
				t.Fatalf("%s: an error that is no JSON: %s", s.name, body)
			}
			got.failure = map[string]any{"(status)": status, "(error)": read}
		}
		return got
	}
	return []way{
		{
			title: "whole",
			takes: func(s *sample) bool { return s.Chunks == nil || len(s.doc.([]any)) == 1 },
			run: func(s *sample, doc any) result {
				if chunks, isList := doc.([]any); isList {
					doc = chunks[0]
				}
				return asked(s, answerWhole, doc)
			},
		},
		{
			title: "streamed",
			takes: func(*sample) bool { return true },
			run:   func(s *sample, doc any) result { return asked(s, answerStream, doc) },
		},
	}
}

// shortener cuts paths at fields whose inside the API does not describe, but
// for the members that are there for extensions.
func shortener(fields []field) func(string) string {
	return func(path string) string {
		path = strings.TrimPrefix(path, "[].")
		for _, f := range fields {
			if f.opaque && !strings.Contains(f.path, "extra_") && (strings.HasPrefix(path, f.path+".") || strings.HasPrefix(path, f.path+"[]")) {
				return f.path
			}
		}
		return path
	}
}

// problems tells what is wrong with the fates of a table on one way.
func (tb table) problems(w way, fates map[string]*fate, e explained) []string {
	var all []string
	for _, f := range tb.fields {
		fate := fates[f.path]
		switch {
		case fate == nil:
			all = append(all, fmt.Sprintf("%s: %s is in no sample", w.title, f.path))
		case !fate.seen && len(fate.silent)+len(fate.idleIn) == 0 && !f.holds && e.implied(f.path) == "":
			all = append(all, fmt.Sprintf("%s: no sample tells what becomes of %s", w.title, f.path))
		}
	}
	for _, path := range sortedKeys(fates) {
		if e.implied(path) != "" {
			continue
		}
		for _, where := range fates[path].silent {
			all = append(all, fmt.Sprintf("%s: %s is lost in silence, or makes no difference: %s", w.title, path, where))
		}
	}
	return all
}
