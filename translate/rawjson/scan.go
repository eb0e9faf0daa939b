// Package rawjson looks into JSON text and changes it in place, without
// building values and without touching a byte that is not asked for. The
// editors of pass-through stand on it.
package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
)

// MaxDepth bounds the nesting of a text that is only looked through.
const MaxDepth = 128

// ErrSyntax and ErrDepth say why a text could not be walked.
var (
	ErrSyntax = errors.New("the JSON is broken")
	ErrDepth  = errors.New("the JSON is nested too deeply")
)

// Member is one key of an object, or one element of an array, by its place in
// the text. Offsets are bytes; End is exclusive.
type Member struct {
	Key        string
	KeyStart   int // of the key's opening quote; of the value in arrays
	Start, End int // of the value
}

// Raw is the value's text.
func (m Member) Raw(text []byte) []byte { return text[m.Start:m.End] }

// Scanner walks one level of a JSON text: strings are skipped by IndexByte,
// so that megabytes of base64 cost little, and what stands deeper is only
// checked for balance.
type Scanner struct {
	Text []byte
	// End is the place behind the container once a walk is through; after an
	// early stop of the loop it is not set.
	End int
	Err error
}

// Object yields the members of the object that begins at i or after the
// space there.
func (s *Scanner) Object(i int) iter.Seq[Member] {
	return func(yield func(Member) bool) { s.walk(i, '{', '}', yield) }
}

// Array yields the elements of an array, as Object does.
func (s *Scanner) Array(i int) iter.Seq[Member] {
	return func(yield func(Member) bool) { s.walk(i, '[', ']', yield) }
}

// Members lists an object's members.
func Members(text []byte, at int) ([]Member, error) {
	s := Scanner{Text: text}
	var all []Member
	for m := range s.Object(at) {
		all = append(all, m)
	}
	return all, s.Err
}

// Elements lists an array's elements.
func Elements(text []byte, at int) ([]Member, error) {
	s := Scanner{Text: text}
	var all []Member
	for m := range s.Array(at) {
		all = append(all, m)
	}
	return all, s.Err
}

func (s *Scanner) walk(i int, open, shut byte, yield func(Member) bool) {
	b := s.Text
	if i = SkipSpace(b, i); i >= len(b) || b[i] != open {
		s.Err = ErrSyntax
		return
	}
	i = SkipSpace(b, i+1)
	if i < len(b) && b[i] == shut {
		s.End = i + 1
		return
	}
	for {
		m := Member{KeyStart: i}
		if open == '{' {
			if m.Key, i, s.Err = readKey(b, i); s.Err != nil {
				return
			}
		}
		m.Start = SkipSpace(b, i)
		if m.End, s.Err = SkipValue(b, m.Start); s.Err != nil {
			return
		}
		if i = SkipSpace(b, m.End); i >= len(b) || (b[i] != ',' && b[i] != shut) {
			s.Err = ErrSyntax
			return
		}
		if !yield(m) {
			return
		}
		if b[i] == shut {
			s.End = i + 1
			return
		}
		i = SkipSpace(b, i+1)
	}
}

// readKey gives the decoded key and the place behind its colon.
func readKey(b []byte, i int) (string, int, error) {
	end, err := SkipString(b, i)
	if err != nil {
		return "", 0, err
	}
	raw := b[i+1 : end-1]
	key := string(raw)
	if bytes.IndexByte(raw, '\\') >= 0 {
		if err := json.Unmarshal(b[i:end], &key); err != nil {
			return "", 0, ErrSyntax
		}
	}
	if i = SkipSpace(b, end); i >= len(b) || b[i] != ':' {
		return "", 0, ErrSyntax
	}
	return key, i + 1, nil
}

// SkipSpace gives the place of the first byte at or after i that is no space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// SkipString gives the place behind the closing quote.
func SkipString(b []byte, i int) (int, error) {
	if i >= len(b) || b[i] != '"' {
		return 0, ErrSyntax
	}
	for i++; ; i++ {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return 0, ErrSyntax
		}
		i += j
		if !escaped(b, i) {
			return i + 1, nil
		}
	}
}

// escaped says whether an odd number of backslashes stands before i.
func escaped(b []byte, i int) bool {
	n := 0
	for i--; i >= 0 && b[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// SkipValue gives the place behind the value that begins at i.
func SkipValue(b []byte, i int) (int, error) {
	if i >= len(b) {
		return 0, ErrSyntax
	}
	switch c := b[i]; {
	case c == '"':
		return SkipString(b, i)
	case c == '{' || c == '[':
		return skipContainer(b, i)
	case c == '-' || c >= '0' && c <= '9' || c == 't' || c == 'f' || c == 'n':
		return skipScalar(b, i)
	}
	return 0, ErrSyntax
}

func skipScalar(b []byte, i int) (int, error) {
	end := i
	for end < len(b) && !endsScalar(b[end]) {
		end++
	}
	if !json.Valid(b[i:end]) {
		return 0, ErrSyntax
	}
	return end, nil
}

func endsScalar(c byte) bool {
	switch c {
	case ' ', '\n', '\r', '\t', ',', ']', '}':
		return true
	}
	return false
}

// skipContainer counts brackets and their kinds outside of strings.
func skipContainer(b []byte, i int) (int, error) {
	var kinds [MaxDepth]byte
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			end, err := SkipString(b, i)
			if err != nil {
				return 0, err
			}
			i = end - 1
		case '{', '[':
			if depth == MaxDepth {
				return 0, ErrDepth
			}
			kinds[depth] = b[i] + 2 // '{'+2 == '}', '['+2 == ']'
			depth++
		case '}', ']':
			depth--
			if kinds[depth] != b[i] {
				return 0, ErrSyntax
			}
			if depth == 0 {
				return i + 1, nil
			}
		}
	}
	return 0, ErrSyntax
}
