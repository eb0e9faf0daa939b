package ir

// Expand gives a whole answer as events, for a backend that answered whole
// though a stream was asked for. Usage stands before the stops, so that
// dialects which tell it beside the finish reason can.
//
// Collect(Expand(r)) is r, but for logprobs of a candidate without parts,
// which no event can carry.
func Expand(r *Response) []Event {
	events := []Event{Start{ID: r.ID, Model: r.Model, Created: r.Created, ServiceTier: r.ServiceTier}}
	for _, loss := range r.Dropped {
		events = append(events, Dropped{loss})
	}
	if r.Block != nil {
		events = append(events, Blocked{*r.Block})
	}
	blocks := 0
	for _, cand := range r.Candidates {
		events = expandParts(events, cand, blocks)
		blocks += len(cand.Parts)
	}
	if r.Usage != nil {
		events = append(events, Tally{*r.Usage})
	}
	for _, cand := range r.Candidates {
		events = append(events, Stop{Candidate: cand.Index, Finish: cand.Finish})
	}
	return events
}

func expandParts(events []Event, cand Candidate, first int) []Event {
	scored := scoredPart(cand)
	for i, p := range cand.Parts {
		n := first + i
		opened, text, end := split(p)
		end.Candidate, end.Block = cand.Index, n
		events = append(events, Open{Candidate: cand.Index, Block: n, Part: opened})
		delta := Delta{Candidate: cand.Index, Block: n, Text: text}
		if i == scored {
			delta.Logprobs = cand.Logprobs
		}
		if delta.Text != "" || len(delta.Logprobs) > 0 {
			events = append(events, delta)
		}
		events = append(events, end)
	}
	return events
}

// scoredPart is the part whose delta carries the candidate's logprobs: the
// first text, else the first that takes a delta at all; -1 for none.
func scoredPart(cand Candidate) int {
	other := -1
	for i, p := range cand.Parts {
		switch p.(type) {
		case Text:
			return i
		case Media, ToolResult:
		default:
			if other < 0 {
				other = i
			}
		}
	}
	return other
}

// split gives the three things that a part becomes: what is known when it
// opens, what is added, and what its end tells.
func split(p Part) (opened Part, text string, end Close) {
	switch p := p.(type) {
	case Text:
		return Text{}, p.Text, Close{Seal: p.Seal, Citations: p.Citations}
	case Reasoning:
		return Reasoning{}, p.Text, Close{Seal: p.Seal}
	case Refusal:
		return Refusal{}, p.Text, Close{}
	case ToolCall:
		text, end = p.Args, Close{Seal: p.Seal}
		p.Args, p.Seal = "", nil
		return p, text, end
	}
	return p, "", Close{}
}
