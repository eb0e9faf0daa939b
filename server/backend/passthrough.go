package backend

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// pass sends the client's bytes, with the configured edits made in place, and
// gives back the backend's.
func (b *Backend) pass(ctx context.Context, x *exchange.Exchange, model string) (*exchange.Reply, error) {
	call, err := b.edit(&x.Call, model)
	if err != nil {
		return nil, err
	}
	s, err := b.send(ctx, x, call)
	if err != nil {
		return nil, err
	}
	reply := &exchange.Reply{Status: s.resp.StatusCode, Header: http.Header{}, Length: s.resp.ContentLength}
	copyDown(reply.Header, s.resp.Header)
	if s.resp.StatusCode >= http.StatusBadRequest {
		return b.passFailure(s, reply)
	}
	if call.Stream && s.resp.StatusCode == http.StatusOK && s.resp.Header.Get("Content-Encoding") == "" {
		return b.passStream(x, s, reply)
	}
	if call.Operation == translate.OpOther {
		reply.Stream = &wholeBody{s: s} // a file may be long, and is of use from its first byte
		return reply, nil
	}
	return b.passWhole(x, s, reply)
}

// edit gives the call with the configured edits made in its bytes. Calls go by
// pointer from here on: the stack of a stream's goroutine stays below 8 KiB.
func (b *Backend) edit(call *translate.Call, model string) (*translate.Call, error) {
	if call.Operation == translate.OpOther && call.Model == "" {
		return call, nil
	}
	edits := translate.Edits{}
	if call.Operation == translate.OpGenerate {
		edits = b.edits
	}
	if model != call.Model {
		edits.Model = model
	}
	edited, err := b.speaks.Editor.EditRequest(*call, edits)
	return &edited, err
}

// maxHeld is how much of an answer that is no stream is read before it is
// given: a usual one wholly, so that one which breaks off can be asked for
// again elsewhere.
const maxHeld = 256 << 10

// passWhole passes an answer that is of use only as a whole.
func (b *Backend) passWhole(x *exchange.Exchange, s *sent, reply *exchange.Reply) (*exchange.Reply, error) {
	held := bytes.NewBuffer(make([]byte, 0, min(max(s.resp.ContentLength, 0), maxHeld)+bytes.MinRead))
	began := time.Now()
	_, err := held.ReadFrom(io.LimitReader(s.resp.Body, maxHeld))
	x.Outcome.Upstream += time.Since(began)
	if err != nil {
		e := causeOf(s.ctx, err, "The backend's answer broke off.")
		s.close()
		return nil, e
	}
	if held.Len() < maxHeld {
		s.close()
		if len(bytes.TrimSpace(held.Bytes())) == 0 || strings.HasPrefix(s.resp.Header.Get("Content-Type"), "text/html") {
			return nil, &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response", Retryable: true,
				Message: "The backend's answer is empty, or a page and no answer."}
		}
		if err := b.toldError(held.Bytes()); err != nil {
			return nil, err
		}
		reply.Body = held.Bytes()
		if reply.Header.Get("Content-Encoding") == "" {
			b.tapWhole(x, reply.Body)
		}
		return reply, nil
	}
	s.resp.Body = readCloser{io.MultiReader(held, s.resp.Body), s.resp.Body}
	reply.Stream = &wholeBody{s: s}
	return reply, nil
}

// toldError: some servers say an error with status 200.
func (b *Backend) toldError(body []byte) error {
	rest, isObject := bytes.CutPrefix(bytes.TrimLeft(body, " \t\r\n["), []byte("{"))
	if !isObject || !bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"error"`)) {
		return nil
	}
	_, err := b.back.DecodeResponse(&ir.Request{}, body, b.shared.Mint)
	return err
}

// passFailure reads a refused answer, so that another attempt can be made in
// its place; as the final answer its bytes are passed as they are. What is
// about Louter's own key is Louter's fault towards the client, and the words
// may name the key: that is never passed.
func (b *Backend) passFailure(s *sent, reply *exchange.Reply) (*exchange.Reply, error) {
	body, err := io.ReadAll(io.LimitReader(s.resp.Body, maxErrorBody))
	if err != nil {
		e := causeOf(s.ctx, err, "The backend's answer broke off.")
		s.close()
		return nil, e
	}
	e := b.failureOf(s, body)
	if e.Kind == ir.KindUpstreamAuth {
		s.close()
		return nil, e
	}
	reply.Failure = e
	if len(body) < maxErrorBody {
		s.close()
		reply.Body = body
		return reply, nil
	}
	s.resp.Body = readCloser{io.MultiReader(bytes.NewReader(body), s.resp.Body), s.resp.Body}
	reply.Stream = &wholeBody{s: s}
	return reply, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// wholeBody passes an answer that is no stream.
type wholeBody struct{ s *sent }

func (w *wholeBody) Read(p []byte) (int, error) {
	n, err := w.s.resp.Body.Read(p)
	if err != nil && err != io.EOF {
		return n, causeOf(w.s.ctx, err, "The backend's answer broke off.")
	}
	return n, err
}

func (w *wholeBody) Close() error {
	w.s.close()
	return nil
}

func (b *Backend) passStream(x *exchange.Exchange, s *sent, reply *exchange.Reply) (*exchange.Reply, error) {
	p := &passedStream{s: s, tap: b.newTap(x), told: b.toldFailure, idle: b.cfg.Timeouts.Idle.D(), maxEvent: b.maxEvent(), finished: b.speaks.Finished,
		fail: func(e *ir.Error, array bool) []byte {
			framing := x.Front.Front.Framing(x.Call)
			if array {
				framing = wire.ContinueJSONArray()
			}
			return failBytes(x.Front.Front, framing, e, b.shared.Mint)
		}}
	if strings.HasPrefix(s.resp.Header.Get("Content-Type"), "text/event-stream") {
		p.splitter = wire.NewSSE(p.maxEvent)
	}
	began := time.Now()
	err := p.prime()
	x.Outcome.Upstream += time.Since(began)
	if err != nil {
		p.s.close()
		return nil, err
	}
	reply.Stream, reply.Length = p, -1
	reply.Header.Set("Cache-Control", "no-cache")
	reply.Header.Set("X-Accel-Buffering", "no")
	return reply, nil
}

// failBytes is a failure as the client's dialect says it within a stream.
func failBytes(front translate.Front, framing wire.Framing, e *ir.Error, mint translate.Mint) []byte {
	frames, err := front.NewEncoder(&ir.Request{Stream: true}, mint).Encode(nil, ir.Fail{Err: e})
	if err != nil {
		return nil
	}
	var out []byte
	for _, f := range frames {
		out = framing.AppendFrame(out, f)
	}
	return out
}

func (b *Backend) maxEvent() int { return int(b.shared.Config.Limits.MaxEvent) }
