package gemini

import (
	"reflect"
	"strings"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/rawjson"

	gen "louter/gen/gemini"
)

// requestShape is what a generation request may hold, for canonicalize.
var requestShape = shapeOf(reflect.TypeFor[gen.GenerateContentRequest](), map[reflect.Type]*shape{})

// DecodeRequest reads a generation request. Model and stream stand in the
// path, so the call says them.
func (Front) DecodeRequest(call translate.Call) (*ir.Request, error) {
	var in gen.GenerateContentRequest
	losses, err := decodeBody(call.Body, requestShape, &in)
	if err != nil {
		return nil, err
	}
	d := requestDecoder{req: &ir.Request{
		Model: call.Model, Stream: call.Stream, StreamUsage: true,
		CachedContent: deref(in.CachedContent), Labels: in.Labels, Dropped: losses, Spelling: memberNames,
	}}
	steps := []func(*gen.GenerateContentRequest) error{d.mediaResolution, d.system, d.contents, d.tools, d.toolConfig, d.config, d.rest}
	for _, step := range steps {
		if err := step(&in); err != nil {
			return nil, err
		}
	}
	return d.req, nil
}

// decodeBody reads a body that may be written as protobuf's reader allows.
func decodeBody(body []byte, s *shape, v any) ([]ir.Loss, error) {
	plain, losses, err := canonicalize(body, s)
	if err != nil {
		// DecodeJSON says in better words what is broken, and where.
		if err := translate.DecodeJSON(body, v); err != nil {
			return nil, err
		}
		return nil, invalidJSON(err)
	}
	return losses, translate.DecodeJSON(plain, v)
}

// requestDecoder fills one neutral request.
type requestDecoder struct {
	req        *ir.Request
	calls      callBook
	resolution string // of all media that name none
}

func (d *requestDecoder) drop(path, why string) { d.req.Drop(path, why) }

// mediaResolution of the whole request is each medium's that has none.
func (d *requestDecoder) mediaResolution(in *gen.GenerateContentRequest) error {
	if in.GenerationConfig == nil || in.GenerationConfig.MediaResolution == nil {
		return nil
	}
	word, known := resolutions[*in.GenerationConfig.MediaResolution]
	if !known {
		return ir.Invalid("generationConfig.mediaResolution", "Unknown media resolution.")
	}
	d.resolution = word
	return nil
}

func (d *requestDecoder) system(in *gen.GenerateContentRequest) error {
	if in.SystemInstruction == nil {
		return nil
	}
	for i := range in.SystemInstruction.Parts {
		where := place{list: "systemInstruction.parts", i: i}
		part := decodeSaid(&in.SystemInstruction.Parts[i], where, d.resolution, d.drop)
		switch part.(type) {
		case ir.Text, ir.Media:
			d.req.System = append(d.req.System, part)
		default:
			return ir.Invalid(where.at(""), "A part of systemInstruction must hold text.")
		}
	}
	return nil
}

func (d *requestDecoder) contents(in *gen.GenerateContentRequest) error {
	if len(in.Contents) == 0 {
		return ir.Invalid("contents", "contents is not specified.")
	}
	for i := range in.Contents {
		where := place{list: "contents", i: i}
		role, err := decodeRole(deref(in.Contents[i].Role), where)
		if err != nil {
			return err
		}
		turn := ir.Turn{Role: role, Path: at("contents", i), Member: "parts"}
		if len(in.Contents[i].Parts) == 0 {
			return ir.Invalid(where.at("parts"), "contents.parts must not be empty.")
		}
		for j := range in.Contents[i].Parts {
			part, err := d.part(&in.Contents[i].Parts[j], role, i, j)
			if err != nil {
				return err
			}
			if part != nil {
				turn.Parts = append(turn.Parts, part)
			}
		}
		d.req.Turns = append(d.req.Turns, turn)
	}
	return nil
}

// decodeRole: "function" and "tool" were once the roles of responses and are
// still taken.
func decodeRole(role string, where place) (ir.Role, error) {
	switch role {
	case "", "user", "function", "tool":
		return ir.RoleUser, nil
	case "model":
		return ir.RoleModel, nil
	}
	return 0, ir.Invalid(where.at("role"), "Please use a valid role: user, model.")
}

func (d *requestDecoder) part(p *gen.Part, role ir.Role, turn, n int) (ir.Part, error) {
	where := place{"contents", turn, "parts", n}
	switch {
	case p.FunctionCall != nil:
		dropPartExtras(p, where, d.drop)
		return d.call(p, where)
	case p.FunctionResponse != nil:
		dropPartExtras(p, where, d.drop)
		return d.result(p.FunctionResponse, where)
	}
	if p.InlineData != nil {
		if err := checkBlob(p.InlineData, where.at("")); err != nil {
			return nil, err
		}
	}
	part := decodeSaid(p, where, d.resolution, d.drop)
	switch {
	case part != nil || isServerTool(p):
	case role == ir.RoleModel:
		// How go-genai writes the empty text of a stream's last chunk.
		return ir.Text{}, nil
	default:
		return nil, ir.Invalid(where.at(""), "A part must hold one of text, inlineData, fileData, functionCall or functionResponse.")
	}
	return part, nil
}

func (d *requestDecoder) call(p *gen.Part, where place) (ir.Part, error) {
	name := deref(p.FunctionCall.Name)
	if name == "" {
		return nil, ir.Invalid(where.at("functionCall.name"), "Name cannot be empty.")
	}
	args := string(rawjson.Compact(p.FunctionCall.Args))
	switch {
	case args == "" || args == "null":
		args = "{}"
	case !strings.HasPrefix(args, "{"):
		return nil, ir.Invalid(where.at("functionCall.args"), "Invalid type for '%s': expected an object.", where.at("functionCall.args"))
	}
	for _, extra := range []struct {
		told bool
		name string
	}{{len(p.FunctionCall.PartialArgs) > 0, "partialArgs"}, {p.FunctionCall.WillContinue != nil, "willContinue"}} {
		if extra.told {
			d.drop(where.at("functionCall."+extra.name), "a call of an earlier turn is whole")
		}
	}
	id := d.calls.call(where.i, where.j, deref(p.FunctionCall.Id), name)
	return ir.ToolCall{ID: id, Name: name, Args: args, Seal: seal(p)}, nil
}

func (d *requestDecoder) result(f *gen.FunctionResponse, where place) (ir.Part, error) {
	path := where.at("functionResponse")
	r, err := decodeResult(f, path, d.resolution, d.drop)
	if err != nil {
		return nil, err
	}
	r.CallID, r.Name = d.calls.result(where.i, where.j, deref(f.Id), deref(f.Name))
	if r.Name == "" {
		return nil, ir.Invalid(path+".name", "Name cannot be empty.")
	}
	return r, nil
}

func (d *requestDecoder) rest(in *gen.GenerateContentRequest) error {
	for _, s := range in.SafetySettings {
		d.req.Safety = append(d.req.Safety, ir.SafetySetting{Category: string(deref(s.Category)), Threshold: string(deref(s.Threshold))})
	}
	if in.ServiceTier != nil {
		tier, known := serviceTiers[gen.ServiceTier(strings.ToLower(string(*in.ServiceTier)))]
		if !known {
			return ir.Invalid("serviceTier", "Unknown service tier.")
		}
		d.req.ServiceTier = tier
	}
	if in.Store != nil {
		d.drop("store", "has no counterpart")
	}
	if in.ContinuationToken != nil {
		d.drop("continuationToken", "an answer can only be continued where it began")
	}
	return nil
}
