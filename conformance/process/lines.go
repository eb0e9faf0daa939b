package process

import (
	"bytes"
	"strings"
	"sync"
)

// lines keeps a log that is written while it is read.
type lines struct {
	forget bool // what is said of each exchange

	mu   sync.Mutex
	all  strings.Builder
	rest []byte // of a line whose end has not come
}

// ofExchange marks the lines that a log has for each exchange.
const ofExchange = `"msg":"exchange"`

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n') + 1
		if end == 0 {
			return len(p), nil
		}
		if !l.forget || !bytes.Contains(l.rest[:end], []byte(ofExchange)) {
			l.all.Write(l.rest[:end])
		}
		l.rest = l.rest[end:]
	}
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String() + string(l.rest)
}

func (l *lines) count(part string) int { return strings.Count(l.text(), part) }
