// Package coding undoes HTTP content codings within a limit, for bodies that
// clients send and for answers of backends.
package coding

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

var (
	// ErrUnknown says that the coding is none of gzip, deflate, br and zstd.
	ErrUnknown = errors.New("unknown content coding")
	// ErrTooLarge says that the plain body exceeds the limit.
	ErrTooLarge = errors.New("the decoded body exceeds the limit")
	// ErrBroken says that the body is not what its coding says. A body that
	// could not be read at all fails with its reader's own error.
	ErrBroken = errors.New("the body is not coded as it says")
)

// zstdWindow bounds what a zstd frame may ask for; codex sends far less.
const zstdWindow = 64 << 20

// NewReader reads the plain body; "" and identity give r itself.
func NewReader(coding string, r io.Reader) (io.Reader, error) {
	coding = strings.ToLower(strings.TrimSpace(coding))
	if coding == "" || coding == "identity" {
		return r, nil
	}
	d := &decoded{packed: r}
	plain, err := newDecoder(coding, source{d})
	if err != nil {
		return nil, d.cause(err)
	}
	d.plain = plain
	return d, nil
}

// decoded tells apart a body that is coded badly and one that broke off.
type decoded struct {
	packed, plain io.Reader
	failed        error // of packed
}

// source is what the decoder reads.
type source struct{ *decoded }

func (s source) Read(p []byte) (int, error) {
	n, err := s.packed.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}

// Read gives plain bytes.
func (d *decoded) Read(p []byte) (int, error) {
	n, err := d.plain.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // itself: a wrapped one tells of something that broke
		err = d.cause(err)
	}
	return n, err
}

func (d *decoded) cause(err error) error {
	switch {
	case d.failed != nil:
		return d.failed
	case errors.Is(err, ErrUnknown):
		return err
	}
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

func newDecoder(coding string, r io.Reader) (io.Reader, error) {
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "deflate":
		return zlib.NewReader(r)
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return nil, fmt.Errorf("%w %q", ErrUnknown, coding)
}

// Decode gives the plain form of a whole body of at most limit bytes.
func Decode(coding string, body []byte, limit int64) ([]byte, error) {
	if coding == "" || len(body) == 0 {
		return body, nil
	}
	r, err := NewReader(coding, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(plain)) > limit {
		return nil, ErrTooLarge
	}
	return plain, nil
}
