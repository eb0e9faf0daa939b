package wire

import (
	"bytes"
	"slices"
)

// lines cuts bytes at LF, CR or CRLF and at nothing else: U+2028, U+2029 and
// U+0085 are text (defects 42, 46). Each pushed byte is looked at a fixed
// number of times, whatever the cuts (defects 44).
type lines struct {
	limit  int
	in     []byte // pushed and not yet read
	lf     int    // place of the next LF in in; -1: not looked for yet
	part   []byte // beginning of a line whose end has not been pushed yet
	skipLF bool   // the line before ended in CR: an LF now belongs to it
}

func (l *lines) push(p []byte) {
	if len(l.in) > 0 {
		p = append(append(make([]byte, 0, len(l.in)+len(p)), l.in...), p...)
	}
	l.in, l.lf = p, -1
}

// next gives a line without its end, or false when more bytes are needed.
// The line lies in pushed memory or in memory that is never used again.
func (l *lines) next() ([]byte, bool, error) {
	if l.skipLF && len(l.in) > 0 {
		l.skipLF = false
		if l.in[0] == '\n' {
			l.advance(1)
		}
	}
	if len(l.in) == 0 {
		return nil, false, nil
	}
	if l.lf < 0 {
		// Remembered, or a body of many CR and no LF would be searched to
		// its end for every line.
		if l.lf = bytes.IndexByte(l.in, '\n'); l.lf < 0 {
			l.lf = len(l.in)
		}
	}
	end := l.lf
	cr := bytes.IndexByte(l.in[:end], '\r')
	if cr >= 0 {
		end = cr
	}
	if len(l.part)+end > l.limit {
		return nil, false, ErrTooLarge
	}
	if end == len(l.in) {
		if cap(l.part)-len(l.part) < len(l.in) {
			// Doubled: append grows large slices by a quarter only.
			l.part = slices.Grow(l.part, len(l.part)+len(l.in))
		}
		l.part = append(l.part, l.in...)
		l.in, l.lf = nil, -1
		return nil, false, nil
	}
	line := l.in[:end]
	if len(l.part) > 0 {
		line = append(l.part, line...)
		l.part = nil
	}
	// A CR ends the line at once: to wait for an LF would delay the event.
	l.skipLF = cr >= 0
	l.advance(end + 1)
	return line, true, nil
}

func (l *lines) advance(n int) {
	l.in = l.in[n:]
	l.lf = max(l.lf-n, -1)
}

// rest gives the last line, which nothing ended.
func (l *lines) rest() []byte {
	part := l.part
	l.part = nil
	return part
}
