package openaichat

import (
	"strings"

	"github.com/tidwall/gjson"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"
	"louter/translate/wire"
)

const (
	callBegin = "<tool_call>"
	callEnd   = "</tool_call>"
)

// XMLToolCalls reads tool calls that a small model writes into its text:
// <tool_call> around <function=name><parameter=x>… or around
// {"name":…,"arguments":…}, or such an object as the whole text. Text before
// them is kept back no further than a tag may have begun in it.
func XMLToolCalls(inner translate.Decoder, mint translate.Mint) translate.Decoder {
	return &callReader{inner: inner, mint: mint, blocks: map[int]*readBlock{}, called: map[int]bool{}}
}

type callReader struct {
	inner  translate.Decoder
	mint   translate.Mint
	events []ir.Event
	out    []ir.Event
	blocks map[int]*readBlock
	next   int
	called map[int]bool // candidates that have written a call
}

// readBlock is one block of the inner stream. Only text is looked into.
type readBlock struct {
	number int // in the outer stream, once it is open
	open   bool
	isText bool
	held   string
	inside bool // within <tool_call>
	said   bool // something was already given as text
}

func (r *callReader) Decode(dst []ir.Event, f wire.Frame) ([]ir.Event, error) {
	var err error
	r.events, err = r.inner.Decode(r.events[:0], f)
	return r.take(dst), err
}

func (r *callReader) Close(dst []ir.Event) ([]ir.Event, error) {
	var err error
	r.events, err = r.inner.Close(r.events[:0])
	return r.take(dst), err
}

func (r *callReader) take(dst []ir.Event) []ir.Event {
	r.out = dst
	for _, e := range r.events {
		r.see(e)
	}
	return r.out
}

func (r *callReader) emit(e ir.Event) { r.out = append(r.out, e) }

func (r *callReader) see(e ir.Event) {
	switch e := e.(type) {
	case ir.Open:
		_, isText := e.Part.(ir.Text)
		b := &readBlock{isText: isText}
		r.blocks[e.Block] = b
		if !isText {
			b.open, b.number = true, r.number()
			e.Block = b.number
			r.emit(e)
		}
	case ir.Delta:
		b := r.blocks[e.Block]
		if !b.isText {
			e.Block = b.number
			r.emit(e)
			return
		}
		b.held += e.Text
		r.scan(b, e.Candidate, e.Logprobs)
	case ir.Close:
		b := r.blocks[e.Block]
		if b.isText {
			r.endText(b, e)
			return
		}
		e.Block = b.number
		r.emit(e)
	case ir.Stop:
		if r.called[e.Candidate] && e.Finish.Reason == ir.FinishStop {
			e.Finish.Reason = ir.FinishToolCalls
		}
		r.emit(e)
	default:
		r.emit(e)
	}
}

func (r *callReader) number() int {
	r.next++
	return r.next - 1
}

// scan gives text as far as no call can have begun in it.
func (r *callReader) scan(b *readBlock, candidate int, logprobs []ir.TokenLogprob) {
	for {
		mark := callBegin
		if b.inside {
			mark = callEnd
		}
		at := strings.Index(b.held, mark)
		if at < 0 {
			break
		}
		before := b.held[:at]
		b.held = b.held[at+len(mark):]
		if b.inside {
			r.call(b, candidate, before)
		} else {
			r.say(b, candidate, strings.TrimRight(before, " \t\r\n"), nil)
		}
		b.inside = !b.inside
	}
	if b.inside || !b.said && strings.HasPrefix(strings.TrimLeft(b.held, " \t\r\n"), "{") {
		return // within a call, or in what may be one as the whole text
	}
	// The space before a tag is no part of what is said.
	text := strings.TrimRight(b.held[:len(b.held)-overlap(b.held, callBegin)], " \t\r\n")
	b.held = b.held[len(text):]
	r.say(b, candidate, text, logprobs)
}

func (r *callReader) say(b *readBlock, candidate int, text string, logprobs []ir.TokenLogprob) {
	if text == "" || !b.said && strings.TrimSpace(text) == "" && r.called[candidate] {
		return
	}
	if !b.open {
		b.open, b.number = true, r.number()
		r.emit(ir.Open{Candidate: candidate, Block: b.number, Part: ir.Text{}})
	}
	b.said = true
	r.emit(ir.Delta{Candidate: candidate, Block: b.number, Text: text, Logprobs: logprobs})
}

func (r *callReader) shut(b *readBlock, candidate int, end ir.Close) {
	if b.open {
		end.Candidate, end.Block = candidate, b.number
		r.emit(end)
		b.open = false
	}
}

// call emits a call, or the text as it was where none can be read.
func (r *callReader) call(b *readBlock, candidate int, text string) {
	call, ok := parseCall(text)
	if !ok {
		r.say(b, candidate, callBegin+text+callEnd, nil)
		return
	}
	r.shut(b, candidate, ir.Close{})
	b.said = false
	call.ID = r.mint.ID("call_")
	args := call.Args
	call.Args = ""
	n := r.number()
	r.called[candidate] = true
	r.emit(ir.Open{Candidate: candidate, Block: n, Part: call})
	r.emit(ir.Delta{Candidate: candidate, Block: n, Text: args})
	r.emit(ir.Close{Candidate: candidate, Block: n})
}

func (r *callReader) endText(b *readBlock, end ir.Close) {
	rest := b.held
	b.held = ""
	_, isCall := parseCall(rest)
	switch {
	case isCall && (b.inside || !b.said): // an end tag is often forgotten
		r.call(b, end.Candidate, rest)
	case b.inside:
		r.say(b, end.Candidate, callBegin+rest, nil)
	default:
		if !r.called[end.Candidate] || strings.TrimSpace(rest) != "" {
			r.say(b, end.Candidate, rest, nil)
		}
	}
	r.shut(b, end.Candidate, end)
}

func parseCall(text string) (ir.ToolCall, bool) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		return parseJSONCall(text)
	}
	return parseFunctionTag(text)
}

func parseJSONCall(text string) (ir.ToolCall, bool) {
	o := gjson.Parse(text)
	name := o.Get("name")
	if !gjson.Valid(text) || name.Type != gjson.String || name.Str == "" {
		return ir.ToolCall{}, false
	}
	for _, key := range []string{"arguments", "parameters"} {
		switch args := o.Get(key); {
		case args.IsObject():
			return ir.ToolCall{Name: name.Str, Args: args.Raw}, true
		case args.Type == gjson.String && gjson.Valid(args.Str):
			return ir.ToolCall{Name: name.Str, Args: args.Str}, true
		}
	}
	return ir.ToolCall{}, false
}

// parseFunctionTag reads <function=name><parameter=key>value</parameter>…;
// values span lines, and one that is JSON is taken as such.
func parseFunctionTag(text string) (ir.ToolCall, bool) {
	rest, ok := strings.CutPrefix(text, "<function=")
	if !ok {
		return ir.ToolCall{}, false
	}
	name, rest, ok := strings.Cut(rest, ">")
	if !ok || name == "" {
		return ir.ToolCall{}, false
	}
	var args strings.Builder
	args.WriteByte('{')
	for {
		_, after, found := strings.Cut(rest, "<parameter=")
		if !found {
			break
		}
		key, after, found := strings.Cut(after, ">")
		if !found {
			return ir.ToolCall{}, false
		}
		value, remains, found := strings.Cut(after, "</parameter>")
		if !found {
			return ir.ToolCall{}, false
		}
		if args.Len() > 1 {
			args.WriteByte(',')
		}
		args.Write(rawjson.String(key))
		args.WriteByte(':')
		args.Write(parameterValue(value))
		rest = remains
	}
	args.WriteByte('}')
	return ir.ToolCall{Name: strings.Trim(name, `"' `), Args: args.String()}, true
}

func parameterValue(value string) []byte {
	value = strings.Trim(value, "\r\n")
	if trimmed := strings.TrimSpace(value); trimmed != "" && gjson.Valid(trimmed) {
		return []byte(trimmed)
	}
	return rawjson.String(value)
}
