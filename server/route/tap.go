package route

import (
	"io"

	"louter/server/exchange"
)

// tap learns from the bytes of an answer while they pass.
type tap struct {
	io.ReadCloser
	see  func([]byte)
	seam []byte // the end of what has passed: a token may lie across two reads
}

// seamLength holds a member's name and as much of its value as is kept.
const seamLength = 2 * bondLength

func listen(reply *exchange.Reply, see func([]byte)) {
	if reply.Stream == nil {
		see(reply.Body)
		return
	}
	reply.Stream = &tap{ReadCloser: reply.Stream, see: see}
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	data := p[:n]
	if n > 0 {
		t.see(data)
		t.seam = append(t.seam, data[:min(n, seamLength)]...)
		t.see(t.seam)
		if n >= seamLength {
			t.seam = append(t.seam[:0], data[n-seamLength:]...)
		} else if extra := len(t.seam) - seamLength; extra > 0 {
			t.seam = append(t.seam[:0], t.seam[extra:]...)
		}
	}
	return n, err
}
