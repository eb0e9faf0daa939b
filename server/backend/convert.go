package backend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"louter/server/coding"
	"louter/server/exchange"
	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// convert decodes the client's request, asks in the backend's dialect, and
// answers in the client's.
func (b *Backend) convert(ctx context.Context, x *exchange.Exchange, model string) (*exchange.Reply, error) {
	req, call, err := b.translateRequest(ctx, x, model)
	if err != nil {
		return nil, err
	}
	s, err := b.send(ctx, x, call)
	if err != nil {
		return nil, err
	}
	if s.resp.StatusCode != http.StatusOK {
		e := b.failure(s)
		s.close()
		return nil, e
	}
	reply, err := b.answer(x, req, s)
	if err != nil {
		s.close()
		return nil, err
	}
	copyConverted(reply.Header, s.resp.Header)
	return reply, nil
}

func (b *Backend) translateRequest(ctx context.Context, x *exchange.Exchange, model string) (*ir.Request, *translate.Call, error) {
	if check := b.shared.Check; check != nil {
		if err := check(x); err != nil {
			return nil, nil, err
		}
	}
	req, err := x.Front.Front.DecodeRequest(x.Call)
	if err != nil {
		return nil, nil, err
	}
	req.Model = model
	b.edits.Apply(req)
	b.shared.Seals.recall(x.Tenant, req)
	if err := b.inlineMedia(ctx, req); err != nil {
		return nil, nil, err
	}
	call, err := b.back.EncodeRequest(req)
	if err != nil {
		return nil, nil, err
	}
	x.Outcome.Drop(req.Dropped...)
	if b.shared.Config.Strict && len(req.Dropped) > 0 {
		first := req.Dropped[0]
		return nil, nil, ir.Invalid(first.Path, "%s cannot be sent to this backend: %s (all: %s)",
			first.Path, first.Why, strings.Join(x.Outcome.Dropped, ", "))
	}
	return req, &call, nil
}

// answer reads the backend's answer by what it is, not by what was asked:
// some servers stream unasked, or answer whole where a stream was asked.
func (b *Backend) answer(x *exchange.Exchange, req *ir.Request, s *sent) (*exchange.Reply, error) {
	body, err := plainBody(s.resp)
	if err != nil {
		return nil, unreadOrCut(s.ctx, err)
	}
	if req.Stream {
		return b.answerStream(x, req, s, body)
	}
	began := time.Now()
	whole, err := io.ReadAll(io.LimitReader(body, int64(b.maxEvent())+1))
	x.Outcome.Upstream += time.Since(began)
	if err != nil {
		return nil, unreadOrCut(s.ctx, err)
	}
	if len(whole) > b.maxEvent() {
		return nil, &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response", Message: "The backend's answer is too large."}
	}
	defer s.close()
	if t := b.shared.Trace.Response; t != nil {
		t(x.ID, s.resp.StatusCode, s.resp.Header, whole)
	}
	resp, err := b.decodeWhole(req, whole)
	if err != nil {
		return nil, err
	}
	b.shared.Seals.keep(x.Tenant, resp)
	out, err := x.Front.Front.EncodeResponse(req, resp, b.shared.Mint)
	if err != nil {
		return nil, err
	}
	x.Outcome.Drop(resp.Dropped...)
	x.Outcome.Usage = resp.Usage
	noteFinishes(x, resp)
	return &exchange.Reply{Status: http.StatusOK, Body: out,
		Header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}}}, nil
}

func noteFinishes(x *exchange.Exchange, resp *ir.Response) {
	for _, c := range resp.Candidates {
		x.NoteFinish(c.Index, c.Finish)
	}
}

func (b *Backend) decodeWhole(req *ir.Request, whole []byte) (*ir.Response, error) {
	if len(bytes.TrimSpace(whole)) == 0 {
		return nil, &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response", Message: "The backend's answer is empty.", Retryable: true}
	}
	if !looksLikeSSE(whole) {
		return b.back.DecodeResponse(req, whole, b.shared.Mint)
	}
	return b.foldStream(req, whole)
}

// foldStream reads an answer that was streamed though none was asked.
func (b *Backend) foldStream(req *ir.Request, whole []byte) (*ir.Response, error) {
	dec := b.back.NewDecoder(req, b.shared.Mint)
	frames := wire.NewReader(bytes.NewReader(whole), wire.NewSSE(b.maxEvent()))
	var events []ir.Event
	for {
		f, err := frames.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, badStream(err)
		}
		if events, err = dec.Decode(events, f); err != nil {
			return nil, err
		}
	}
	events, err := dec.Close(events)
	if err != nil {
		return nil, err
	}
	return ir.Collect(events)
}

// unreadOrCut says why an answer could not be read to its end.
func unreadOrCut(ctx context.Context, err error) *ir.Error {
	if errors.Is(err, coding.ErrBroken) || errors.Is(err, coding.ErrUnknown) {
		return &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response",
			Message: "The backend's answer is encoded in a way that cannot be read.", Cause: err}
	}
	return causeOf(ctx, err, "The backend's answer broke off.")
}

func badStream(err error) *ir.Error {
	return &ir.Error{Kind: ir.KindBadUpstream, Code: "provider_bad_response", Retryable: true,
		Message: "The backend's stream cannot be read.", Cause: err}
}

func looksLikeSSE(body []byte) bool {
	body = bytes.TrimLeft(body, " \r\n\t\ufeff")
	for _, mark := range []string{"data:", "event:", ":", "id:", "retry:"} {
		if bytes.HasPrefix(body, []byte(mark)) {
			return true
		}
	}
	return false
}

func plainBody(resp *http.Response) (io.Reader, error) {
	return coding.NewReader(resp.Header.Get("Content-Encoding"), resp.Body)
}

// inlineMedia fetches what the backend cannot fetch itself.
func (b *Backend) inlineMedia(ctx context.Context, req *ir.Request) error {
	if b.shared.Fetcher == nil {
		return nil
	}
	if at, err := b.inlineParts(ctx, req.System); err != nil {
		return named(err, req.Named("system."+strconv.Itoa(at)))
	}
	for i := range req.Turns {
		if at, err := b.inlineParts(ctx, req.Turns[i].Parts); err != nil {
			return named(err, req.Turns[i].PartAt(i, at))
		}
	}
	return nil
}

// inlineParts gives the part at fault beside an error.
func (b *Backend) inlineParts(ctx context.Context, parts []ir.Part) (at int, err error) {
	for i, p := range parts {
		switch p := p.(type) {
		case ir.Media:
			if p.URL == "" || p.Held || b.back.TakesURL(p) {
				continue
			}
			if parts[i], err = b.shared.Fetcher.Inline(ctx, p); err != nil {
				return i, err
			}
		case ir.ToolResult:
			if _, err := b.inlineParts(ctx, p.Content); err != nil {
				return i, err
			}
		}
	}
	return 0, nil
}

// named tells a client which of its fields an error is about.
func named(err error, field string) error {
	e := *ir.AsError(err)
	if e.Param == "" {
		e.Param = field
	}
	return &e
}
