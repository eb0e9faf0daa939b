package wire

import (
	"bytes"
	"encoding/json"
)

// eventStream puts lines together to events by the WHATWG rules, with two liberties
// that servers of language models force on their readers:
//
//   - a last event that no blank line ends is given when its data is whole
//     (the standard would discard it);
//   - a line that begins with "{" is an error object that a server let fall
//     into its stream without "data:" (defects 54a; the standard would take
//     it for an unknown field). One line that is whole is given at once, a
//     pretty-printed object at the next blank line, field or end.
type eventStream struct {
	lines lines

	data    []byte // of the event under way
	hasData bool   // an empty data line makes an event, none does not
	owned   bool   // data lies in joined
	joined  []byte // kept between events
	bare    bool   // the data came without "data:"
	event   string
	begun   bool   // a field was read that only an event makes sense of
	name    string // the last event name: most streams have few

	started bool // the first line, which may bear a byte order mark, is read
	ended   bool
	done    bool // the last event has been given
	err     error
}

// NewSSE gives a splitter for server-sent events. limit bounds one event in
// bytes; beyond it Next says ErrTooLarge and goes on saying it.
func NewSSE(limit int) Splitter {
	return &eventStream{lines: lines{limit: limit, lf: -1}}
}

func (s *eventStream) Push(p []byte) { s.lines.push(p) }

func (s *eventStream) End() { s.ended = true }

func (s *eventStream) Next() (Frame, bool, error) {
	for s.err == nil {
		line, ok, err := s.lines.next()
		if err != nil {
			s.err = err
			break
		}
		if !ok {
			if s.ended && !s.done {
				return s.last()
			}
			s.own()
			return Frame{}, false, nil
		}
		if f, given := s.take(line); given {
			return f, true, nil
		}
	}
	return Frame{}, false, s.err
}

// take reads one line and gives the event that it ends.
func (s *eventStream) take(line []byte) (Frame, bool) {
	if !s.started {
		s.started = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	switch {
	case len(line) == 0:
		return s.dispatch()
	case line[0] == ':':
		return Frame{}, false
	case line[0] == '{' && !s.hasData:
		s.add(line)
		s.bare = true
		if json.Valid(line) {
			return s.dispatch()
		}
		return Frame{}, false
	}
	return s.field(line)
}

func (s *eventStream) field(line []byte) (Frame, bool) {
	var before Frame
	var given bool
	name, value, _ := bytes.Cut(line, []byte{':'})
	value = bytes.TrimPrefix(value, []byte{' '})
	isData, isEvent := string(name) == "data", string(name) == "event"
	if s.bare {
		if !isData && !isEvent {
			s.add(line)
			return Frame{}, false
		}
		before, given = s.dispatch()
	}
	switch {
	case isData:
		s.add(value)
	case isEvent:
		if string(value) != s.name {
			s.name = string(value)
		}
		s.event, s.begun = s.name, true
	}
	return before, given
}

// add joins a data line to the event; the first is not copied.
func (s *eventStream) add(value []byte) {
	if len(s.data)+len(value) > s.lines.limit {
		s.err = ErrTooLarge
		return
	}
	if !s.hasData {
		s.hasData, s.data = true, value
		return
	}
	s.own()
	s.joined = append(append(s.joined, '\n'), value...)
	s.data = s.joined
}

// own copies the data out of memory that the caller is about to reuse.
func (s *eventStream) own() {
	if s.hasData && !s.owned {
		s.joined = append(s.joined[:0], s.data...)
		s.data, s.owned = s.joined, true
	}
}

func (s *eventStream) dispatch() (Frame, bool) {
	f, given := Frame{Event: s.event, Data: s.data}, s.hasData
	s.data, s.hasData, s.owned, s.bare = nil, false, false, false
	s.event, s.begun = "", false
	return f, given
}

// last gives what stands after the last blank line: nothing, a whole event,
// or the beginning of one that never came whole.
func (s *eventStream) last() (Frame, bool, error) {
	if line := s.lines.rest(); len(line) > 0 {
		f, given := s.take(line)
		if given || s.err != nil {
			return f, given, s.err
		}
		s.begun = s.begun || s.hasData || line[0] != ':'
	}
	s.done = true
	if !s.hasData && !s.begun {
		return Frame{}, false, nil
	}
	if !json.Valid(s.data) && string(s.data) != "[DONE]" {
		s.err = ErrCut
		return Frame{}, false, s.err
	}
	f, given := s.dispatch()
	return f, given, nil
}
