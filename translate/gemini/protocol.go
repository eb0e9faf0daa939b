package gemini

import (
	"errors"
	"net/url"
	"strings"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// Protocol is this folder's entry for the registry.
func Protocol() translate.Protocol {
	return translate.Protocol{
		Name: "gemini", Front: Front{}, NewBack: NewBack, Editor: Editor{}, Models: Models{},
		UsageMember: "usageMetadata", DecodeUsage: DecodeUsage,
	}
}

// Front is what Gemini clients speak to Louter. It holds no state.
type Front struct{}

// Back is what Louter speaks to one Gemini server.
type Back struct {
	profile profile
	quirks  []quirk
}

var (
	_ translate.Front = Front{}
	_ translate.Back  = Back{}
)

// NewBack resolves a configuration's profile and quirks; its errors are for
// the one who wrote it.
func NewBack(options translate.BackOptions) (translate.Back, error) {
	if options.ToolFormat == "xml" {
		return nil, errors.New(`tool_format = "xml" is for models behind the openai protocol: this one has calls of its own`)
	}
	p, err := findProfile(options.Profile, options.Host)
	if err != nil {
		return nil, err
	}
	quirks, err := parseQuirks(options)
	if err != nil {
		return nil, err
	}
	return Back{profile: p, quirks: quirks}, nil
}

// target is what a request to one model at this server may hold.
func (b Back) target(model string) (profile, traits) {
	p := b.profile
	t := p.traits(model)
	for _, q := range b.quirks {
		q(&p, &t)
	}
	return p, t
}

// TakesURL says whether the server reads this URL itself: files that it
// stores, and films on YouTube. All other media Louter fetches.
func (b Back) TakesURL(m ir.Media) bool { return b.profile.takesURL(m) }

// Framing is SSE where the query asks for it, else the JSON array that Google
// streams by default (defects 41).
func (Front) Framing(call translate.Call) wire.Framing {
	query, err := url.ParseQuery(call.Query)
	if err == nil || len(query) > 0 {
		for _, name := range [...]string{"alt", "$alt"} {
			if strings.EqualFold(query.Get(name), "sse") {
				return wire.GeminiSSEFraming{}
			}
		}
	}
	return &wire.JSONArrayFraming{}
}
