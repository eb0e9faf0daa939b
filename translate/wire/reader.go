package wire

import (
	"fmt"
	"io"
)

// readSize holds a whole chunk of most streams, so that events seldom need
// to be put together from two reads.
const readSize = 16 << 10

// maxEmptyReads is how often a reader may give neither bytes nor an error.
const maxEmptyReads = 100

// Reader pulls frames out of a body. It reads only when no frame is left, so
// backpressure is the caller's pace.
type Reader struct {
	r        io.Reader
	splitter Splitter
	buf      []byte
	failed   error // the read error that comes after the frames before it
	ended    bool
}

// NewReader reads r, cut by s.
func NewReader(r io.Reader, s Splitter) *Reader {
	return &Reader{r: r, splitter: s, buf: make([]byte, readSize)}
}

// Next gives the next frame, valid until the call after. It says io.EOF when
// the body ended between events, ErrCut when it ended or broke inside one,
// wrapped together with the reader's own error where there is one, and
// ErrTooLarge or ErrNotObjects from the splitter.
func (r *Reader) Next() (Frame, error) {
	for {
		f, ok, err := r.splitter.Next()
		switch {
		case err != nil:
			return Frame{}, err
		case ok:
			return f, nil
		case r.failed != nil:
			return Frame{}, r.failed
		case r.ended:
			return Frame{}, io.EOF
		}
		r.fill()
	}
}

// fill pushes the next bytes, or notes why there are none.
func (r *Reader) fill() {
	for range maxEmptyReads {
		n, err := r.r.Read(r.buf)
		if n > 0 {
			r.splitter.Push(r.buf[:n])
		}
		switch {
		case err == io.EOF: // itself: a wrapped one tells of something that broke
			r.splitter.End()
			r.ended = true
		case err != nil:
			// A body that broke has not ended, even between two events.
			r.failed = fmt.Errorf("%w: %w", ErrCut, err)
		case n == 0:
			continue
		}
		return
	}
	r.failed = fmt.Errorf("%w: %w", ErrCut, io.ErrNoProgress)
}
