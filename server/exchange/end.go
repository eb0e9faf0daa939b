package exchange

import (
	"context"
	"errors"
	"io"

	"louter/translate/ir"
)

// AtEnd calls end once, when the reply is over: nil for a whole answer, the
// error that broke it off, or ClientGone where the client had not taken all.
// A reply without a stream is over at once.
func (r *Reply) AtEnd(end func(error)) {
	if r.Stream == nil {
		end(nil)
		return
	}
	r.Stream = &endedStream{ReadCloser: r.Stream, left: r.Length, end: end}
}

// Discard lets go of a reply that is not given to the client.
func (r *Reply) Discard() error {
	if r.Stream == nil {
		return nil
	}
	return r.Stream.Close()
}

type endedStream struct {
	io.ReadCloser
	left int64 // until the stated length; negative: not stated
	end  func(error)
	told bool
}

func (s *endedStream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if s.left > 0 {
		s.left -= int64(n)
	}
	switch {
	case errors.Is(err, io.EOF):
		s.tell(nil)
	case err != nil:
		s.tell(err)
	}
	return n, err
}

// Close: who knows the length does not read on to the end's mark.
func (s *endedStream) Close() error {
	err := s.ReadCloser.Close()
	if s.left == 0 {
		s.tell(nil)
	}
	s.tell(errLeft)
	return err
}

func (s *endedStream) tell(err error) {
	if !s.told {
		s.told = true
		s.end(err)
	}
}

var errLeft = &ir.Error{Kind: ir.KindClientGone, Message: "The client has left."}

// Over says why an exchange whose context has ended did so: the client has
// left, or the gateway has cut it off.
func Over(ctx context.Context) *ir.Error {
	var told *ir.Error
	if cause := context.Cause(ctx); !errors.As(cause, &told) {
		return &ir.Error{Kind: ir.KindClientGone, Message: errLeft.Message, Cause: cause}
	}
	return told
}
