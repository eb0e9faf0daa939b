package gemini

import (
	"bytes"
	"errors"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"
	"louter/translate/wire"
)

var (
	errAfterBlock = errors.New("a candidate after the prompt was blocked")
	errIndex      = errors.New("a candidate whose index is out of range")
	errNoName     = errors.New("a function call without a name")
)

// DecodeResponse reads a whole answer, as a stream of one chunk. A list of
// chunks is what a server gives that streams though nobody asked.
func (Back) DecodeResponse(req *ir.Request, body []byte, mint translate.Mint) (*ir.Response, error) {
	chunks := [][]byte{body}
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '[' {
		items, err := rawjson.Elements(trimmed, 0)
		if err != nil {
			return nil, badChunk(err)
		}
		chunks = chunks[:0]
		for _, item := range items {
			chunks = append(chunks, item.Raw(trimmed))
		}
	}
	d := newDecoder(req, mint, len(chunks) == 1)
	var events []ir.Event
	var err error
	for _, c := range chunks {
		if events, err = d.Decode(events, wire.Frame{Data: c}); err != nil {
			return nil, err
		}
		if fail, failed := lastFail(events); failed {
			return nil, fail
		}
	}
	if events, err = d.Close(events); err != nil {
		return nil, err
	}
	resp, err := ir.Collect(events)
	if err != nil {
		return nil, badChunk(err)
	}
	return resp, nil
}

func lastFail(events []ir.Event) (*ir.Error, bool) {
	if len(events) == 0 {
		return nil, false
	}
	fail, failed := events[len(events)-1].(ir.Fail)
	return fail.Err, failed
}
