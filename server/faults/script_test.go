package faults

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
)

// line is a connection on which steps are played. The steps are:
//
//	head STATUS | Header: value …  begins an answer; chunked unless it says a length
//	say TEXT       a piece of the body
//	trickle TEXT   the same, a few bytes at a time
//	beat N TEXT    the same piece N times, 20 ms apart
//	flood TEXT     the same piece, without pause or end
//	junk N         N bytes of one unending line
//	pack CODING TEXT, bomb N   a coded body; one of N zeros
//	raw TEXT       bytes as they are, outside of all framing
//	end            the chunked body's end
//	stall          nothing more, until the gateway goes
//	close, reset   the connection's end, by FIN or RST
type line struct {
	conn    net.Conn
	r       *bufio.Reader
	heard   spoken
	chunked bool
	gone    chan struct{}
	once    *sync.Once
	rests   chan struct{}
}

// signals gives the channels that are closed when the gateway has gone, and
// when the script has come to a stall.
func (l *line) signals() (left, rests chan struct{}) {
	l.gone, l.once, l.rests = make(chan struct{}), &sync.Once{}, make(chan struct{})
	return l.gone, l.rests
}

func (l *line) left() {
	if l.once != nil {
		l.once.Do(func() { close(l.gone) })
	}
}

// play does the steps; true: the connection is over.
func (l *line) play(steps []string) (over bool) {
	l.chunked = false
	for _, s := range steps {
		verb, rest, _ := strings.Cut(s, " ")
		if err := l.step(verb, rest); err != nil {
			if !errors.Is(err, errOver) {
				l.left() // a write failed: the gateway is not there any more
			}
			return true
		}
	}
	return false
}

var errOver = errors.New("the script has ended the connection")

func (l *line) step(verb, rest string) error {
	switch verb {
	case "head":
		return l.head(rest)
	case "say":
		return l.say(l.heard.fill(rest))
	case "trickle":
		return l.trickle(l.heard.fill(rest))
	case "beat":
		return l.beat(rest)
	case "flood":
		for piece := l.heard.fill(rest); ; {
			if err := l.say(piece); err != nil {
				return err
			}
		}
	case "junk", "bomb", "pack":
		text, err := bulk(verb, rest, l.heard)
		if err != nil {
			return err
		}
		return l.say(text)
	case "raw":
		return l.write(l.heard.fill(rest))
	case "end":
		return l.write("0\r\n\r\n")
	case "stall":
		return l.stall()
	case "close":
		return errOver
	case "reset":
		return l.reset()
	}
	panic("no such step: " + verb)
}

// head begins an answer of the kind that was asked for, with the given
// headers besides or in place of the usual ones.
func (l *line) head(rest string) error {
	parts := strings.Split(rest, " | ")
	names := strings.ToLower(strings.Join(parts[1:], "\n"))
	head := "HTTP/1.1 " + parts[0] + " Said\r\n"
	if !strings.Contains(names, "content-type:") {
		kind := l.heard.contentType()
		if !strings.HasPrefix(parts[0], "2") {
			kind = "application/json"
		}
		head += "Content-Type: " + kind + "\r\n"
	}
	l.chunked = !strings.Contains(names, "content-length:") && !strings.Contains(names, "connection: close") && parts[0] != "204"
	if l.chunked {
		head += "Transfer-Encoding: chunked\r\n"
	}
	for _, p := range parts[1:] {
		head += p + "\r\n"
	}
	return l.write(head + "\r\n")
}

func (l *line) write(text string) error {
	_, err := io.WriteString(l.conn, text)
	return err
}

func (l *line) say(text string) error {
	if text == "" {
		return nil // an empty chunk would be the last
	}
	if l.chunked {
		text = fmt.Sprintf("%x\r\n%s\r\n", len(text), text)
	}
	return l.write(text)
}

// trickle pauses between pieces, so that each is read on its own.
func (l *line) trickle(text string) error {
	const piece = 3
	for len(text) > 0 {
		n := min(piece, len(text))
		if err := l.say(text[:n]); err != nil {
			return err
		}
		text = text[n:]
		time.Sleep(time.Millisecond)
	}
	return nil
}

// beatPause is the backend's own clock: what happens within so many beats
// has happened before the gateway could have waited for anything.
const beatPause = 20 * time.Millisecond

func (l *line) beat(rest string) error {
	count, text, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		panic(err)
	}
	for range n {
		if err := l.say(l.heard.fill(text)); err != nil {
			return err
		}
		time.Sleep(beatPause)
	}
	return nil
}

// bulk is what is too long, or coded, to stand in a table.
func bulk(verb, rest string, heard spoken) (string, error) {
	if verb == "junk" {
		n, err := strconv.Atoi(rest)
		return strings.Repeat("x", n), err
	}
	coding, text, _ := strings.Cut(rest, " ")
	if verb == "bomb" {
		n, err := strconv.Atoi(rest)
		if err != nil {
			return "", err
		}
		coding, text = "gzip", strings.Repeat("0", n)
	}
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if coding == "br" {
		w = brotli.NewWriter(&b)
	}
	_, err := io.WriteString(w, heard.fill(text))
	err = errors.Join(err, w.Close())
	return b.String(), err
}

// stall waits until the gateway goes. A request that comes instead is for
// serve to read, and to note as one too many.
func (l *line) stall() error {
	if l.rests != nil {
		close(l.rests)
	}
	if _, err := l.r.Peek(1); err != nil {
		l.left()
		return errOver
	}
	return nil
}

func (l *line) reset() error {
	conn := l.conn
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = wrapped.NetConn()
	}
	if err := conn.(*net.TCPConn).SetLinger(0); err != nil {
		return err
	}
	return errOver
}
