package wire

import "errors"

// Frame is one event of a stream.
type Frame struct {
	// Event is the SSE event name; "" for none.
	Event string
	// Data is the payload: the data lines joined by LF, or one element of a
	// JSON array. It is valid until the next call of the splitter that gave it.
	Data []byte
}

// ErrTooLarge says that one event exceeds the bound.
var ErrTooLarge = errors.New("stream event exceeds the size limit")

// ErrCut says that the body ended inside an event.
var ErrCut = errors.New("stream ended inside an event")

// Splitter cuts a body into frames. Push gives it bytes in any cut; Next then
// gives frames until it says false. It copies what it must keep, never
// delays a whole event, and is linear in the bytes (defects 42 to 47).
type Splitter interface {
	Push(p []byte)
	Next() (f Frame, ok bool, err error)
	// End says that the body is over; an unfinished last event is given by
	// Next when it is whole enough to read, else it is ErrCut.
	End()
}

// Framing puts frames on the wire.
type Framing interface {
	ContentType() string
	// AppendFrame and AppendEnd append to dst; AppendEnd closes a good stream.
	AppendFrame(dst []byte, f Frame) []byte
	AppendEnd(dst []byte) []byte
}
