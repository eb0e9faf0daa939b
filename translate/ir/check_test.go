package ir

import (
	"strings"
	"testing"
)

func TestCheckRefuses(t *testing.T) {
	open := Open{Block: 1, Part: Text{}}
	shut := Close{Block: 1}
	fail := Fail{&Error{}}
	tests := []struct {
		name   string
		events []Event
		want   string // part of the complaint
	}{
		{"nothing", nil, "no Start"},
		{"no start", []Event{open}, "before Start"},
		{"two starts", []Event{Start{}, Start{}}, "second Start"},
		{"start alone", []Event{Start{}}, "neither a candidate nor Blocked"},
		{"delta before open", []Event{Start{}, Delta{Block: 1}}, "not opened"},
		{"close before open", []Event{Start{}, shut}, "not opened"},
		{"delta after close", []Event{Start{}, open, shut, Delta{Block: 1}}, "is closed"},
		{"closed twice", []Event{Start{}, open, shut, shut}, "is closed"},
		{"opened twice", []Event{Start{}, open, open}, "opened twice"},
		{"number used again", []Event{Start{}, open, shut, open}, "opened twice"},
		{"never closed", []Event{Start{}, open, Delta{Block: 1}}, "not closed"},
		{"wrong candidate in delta", []Event{Start{}, open, Delta{Candidate: 1, Block: 1}}, "candidate 1, not 0"},
		{"wrong candidate in close", []Event{Start{}, open, Close{Candidate: 1, Block: 1}}, "candidate 1, not 0"},
		{"never stopped", []Event{Start{}, open, shut}, "did not stop"},
		{"stopped with an open block", []Event{Start{}, open, Stop{}}, "with block 1 open"},
		{"stopped twice", []Event{Start{}, open, shut, Stop{}, Stop{}}, "stopped twice"},
		{"open after stop", []Event{Start{}, Stop{}, open}, "after candidate 0 stopped"},
		{"second candidate not stopped", []Event{Start{}, Stop{}, Open{Candidate: 1, Part: Text{}}, Close{Candidate: 1}}, "candidate 1 did not stop"},
		{"negative candidate", []Event{Start{}, Open{Candidate: -1, Part: Text{}}}, "candidate -1"},
		{"negative stop", []Event{Start{}, Stop{Candidate: -1}}, "candidate -1"},
		{"open after block", []Event{Start{}, Blocked{}, open}, "after Blocked"},
		{"stop after block", []Event{Start{}, Blocked{}, Stop{}}, "after Blocked"},
		{"block after candidate", []Event{Start{}, open, Blocked{}}, "after a candidate"},
		{"blocked twice", []Event{Start{}, Blocked{}, Blocked{}}, "another Blocked"},
		{"tally after fail", []Event{Start{}, fail, Tally{}}, "after Fail"},
		{"fail twice", []Event{fail, fail}, "after Fail"},
		{"fail without error", []Event{Fail{}}, "without an error"},
		{"delta into media", []Event{Start{}, Open{Part: Media{}}, Delta{}}, "media"},
		{"arguments at the start", []Event{Start{}, Open{Part: ToolCall{Args: "{}"}}}, "arguments"},
		{"a tool result", []Event{Start{}, Open{Part: ToolResult{}}}, "ToolResult"},
		{"no part", []Event{Start{}, Open{}}, "opened with"},
		{"citations of a call", []Event{Start{}, Open{Part: ToolCall{}}, Close{Citations: []Citation{{}}}}, "citations"},
		{"seal of a refusal", []Event{Start{}, Open{Part: Refusal{}}, Close{Seal: &Seal{}}}, "seal"},
		{"pointer for an event", []Event{Start{}, &Tally{}}, "not an event"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Check(tt.events)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCheckTakes(t *testing.T) {
	fail := Fail{&Error{}}
	for name, events := range map[string][]Event{
		"an error alone":             {fail},
		"an error in mid-block":      {Start{}, Open{Part: Text{}}, Delta{}, fail},
		"blocked":                    {Start{}, Tally{}, Blocked{}, Tally{}, Dropped{}},
		"a candidate without blocks": {Start{}, Stop{}, Tally{}},
		"interleaved blocks": {Start{}, Open{Block: 1, Part: Text{}}, Open{Block: 2, Part: ToolCall{}}, Delta{Block: 1},
			Delta{Block: 2}, Close{Block: 2, Seal: &Seal{}}, Close{Block: 1, Citations: []Citation{{}}}, Stop{}},
	} {
		if err := Check(events); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
