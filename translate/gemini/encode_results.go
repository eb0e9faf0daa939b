package gemini

import (
	"slices"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// result puts a response to the others of its turn, in the order of the calls.
func (c *contentsEncoder) result(r ir.ToolResult, path string) error {
	name := r.Name
	if name == "" {
		name = c.names[r.CallID] // defects 6
	}
	if name == "" {
		return ir.Invalid("", "A tool result answers no tool call of the conversation.")
	}
	response, media, err := encodeResult(r)
	if err != nil {
		return err
	}
	f := &gen.FunctionResponse{Name: &name, Response: response}
	if c.traits.callIDs {
		f.Id = some(r.CallID)
	}
	if err := c.resultMedia(f, media, path); err != nil {
		return err
	}
	if c.ids == nil {
		c.list = append(c.list, content(roleUser))
	}
	last := &c.list[len(c.list)-1]
	place := len(c.ids)
	for place > 0 && c.isBefore(r.CallID, c.ids[place-1]) {
		place--
	}
	c.ids = slices.Insert(c.ids, place, r.CallID)
	last.Parts = slices.Insert(last.Parts, place, gen.Part{FunctionResponse: f})
	return nil
}

func (c *contentsEncoder) isBefore(id, other string) bool {
	mine, known := c.order[id]
	theirs, otherKnown := c.order[other]
	return known && otherKnown && mine < theirs
}

// resultMedia nests pictures of results in their response where the model
// takes that (defects 11), else they follow in the user's next words.
func (c *contentsEncoder) resultMedia(f *gen.FunctionResponse, media []ir.Media, path string) error {
	for _, m := range media {
		part, sent, err := c.mediaPart(m, path)
		switch {
		case err != nil:
			return err
		case !sent:
		case c.traits.mediaResults && part.InlineData != nil:
			f.Parts = append(f.Parts, gen.FunctionResponsePart{InlineData: part.InlineData})
		case c.traits.mediaResults:
			f.Parts = append(f.Parts, gen.FunctionResponsePart{FileData: part.FileData})
		default:
			c.waiting = append(c.waiting, part)
		}
	}
	return nil
}

func (c *contentsEncoder) mediaPart(m ir.Media, path string) (gen.Part, bool, error) {
	blob, file, why := encodeMedia(m)
	if why != "" {
		return gen.Part{}, false, ir.Invalid(path, "%s.", why)
	}
	if m.Name != "" {
		c.drop(path+".file.filename", "Gemini does not read the names of files")
	}
	part := gen.Part{InlineData: blob, FileData: file, VideoMetadata: encodeClip(m.Clip), ThoughtSignature: c.signature(m.Seal, path)}
	if level, known := partResolutionWords[m.Detail]; known && c.traits.partResolution {
		part.MediaResolution = &gen.PartMediaResolution{Level: &level}
	}
	return part, true, nil
}
