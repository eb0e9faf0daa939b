package openaichat

import (
	"fmt"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// Protocol is Chat Completions, by the configuration's name "openai".
func Protocol() translate.Protocol {
	return translate.Protocol{
		Name: "openai", Front: front{}, NewBack: NewBack, Editor: Editor{}, Detect: Detect, Models: modelLists{},
		UsageMember: "usage", DecodeUsage: DecodeUsage, Heartbeat: []byte(": waiting\n\n"),
	}
}

// front is what OpenAI's clients speak.
type front struct{}

var _ translate.Front = front{}

// Framing is server-sent events, ended by "[DONE]".
func (front) Framing(translate.Call) wire.Framing { return wire.SSEFraming{} }

// back is one backend that speaks Chat Completions.
type back struct {
	profile *profile
	xml     bool
}

var _ translate.Back = (*back)(nil)

// NewBack gives the back for one backend. It fails for a profile, quirk or
// word that is not known, in words for the configuration's check.
func NewBack(o translate.BackOptions) (translate.Back, error) {
	p, err := profileFor(o)
	if err != nil {
		return nil, err
	}
	if o.ToolFormat != "" && o.ToolFormat != "json" && o.ToolFormat != "xml" {
		return nil, fmt.Errorf("tool_format %q is not json or xml", o.ToolFormat)
	}
	return &back{profile: p, xml: o.ToolFormat == "xml"}, nil
}

// TakesURL says whether the server fetches or resolves this media itself.
func (b *back) TakesURL(m ir.Media) bool {
	if m.FileID != "" {
		return b.profile.fetches("file_id")
	}
	switch m.Modality {
	case ir.ModalityImage, ir.ModalityVideo, ir.ModalityAudio:
		return b.profile.fetches(string(m.Modality))
	}
	return b.profile.fetches("file")
}
