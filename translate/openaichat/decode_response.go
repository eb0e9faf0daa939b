package openaichat

import (
	"bytes"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// DecodeResponse reads a whole answer as a stream of one chunk and folds it,
// so that the two readings cannot drift apart.
func (b *back) DecodeResponse(req *ir.Request, body []byte, mint translate.Mint) (*ir.Response, error) {
	whole := b.newDecoder(req, mint)
	whole.whole = true
	d := translate.Decoder(whole)
	if b.xml {
		d = XMLToolCalls(d, mint)
	}
	events, err := d.Decode(nil, wire.Frame{Data: bytes.TrimSpace(body)})
	if err != nil {
		return nil, err
	}
	for _, e := range events { // before Close, which finds no answer beside a failure
		if failed, isFail := e.(ir.Fail); isFail {
			return nil, failed.Err
		}
	}
	if events, err = d.Close(events); err != nil {
		return nil, err
	}
	return ir.Collect(events)
}
