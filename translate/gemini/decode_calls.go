package gemini

import (
	"encoding/json"

	"louter/translate/ir"
	"louter/translate/rawjson"

	gen "louter/gen/gemini"
)

// partialCall is a call whose arguments come in pieces.
type partialCall struct {
	args partialArgs
	seal *ir.Seal
}

func (d *decoder) call(c *candidate, p *gen.Part) error {
	f := p.FunctionCall
	if c.partial != nil && deref(f.Name) == "" {
		return d.morePartial(c, p)
	}
	if err := d.endPartial(c); err != nil {
		return err
	}
	name := deref(f.Name)
	if name == "" {
		return badChunk(errNoName)
	}
	id := deref(f.Id)
	if id == "" {
		id = d.mint.ID("call_")
	}
	c.calls = true
	d.closeBlock(c)
	custom := d.custom[name]
	d.open(c, ir.ToolCall{ID: id, Name: name, Custom: custom})
	if deref(f.WillContinue) || len(f.PartialArgs) > 0 {
		c.partial = &partialCall{}
		return d.morePartial(c, p)
	}
	d.args(c, string(rawjson.Compact(f.Args)), custom)
	c.open.seal = seal(p)
	d.closeBlock(c)
	return nil
}

func (d *decoder) args(c *candidate, args string, custom bool) {
	if args == "" || args == "null" {
		args = "{}"
	}
	if custom {
		args = unwrapInput(args)
	}
	if args != "" {
		d.delta(c, args)
	}
}

func (d *decoder) morePartial(c *candidate, p *gen.Part) error {
	f := p.FunctionCall
	if s := seal(p); s != nil {
		c.partial.seal = s
	}
	if len(f.Args) > 0 && string(f.Args) != "null" && string(f.Args) != "{}" {
		if err := c.partial.args.merge(f.Args); err != nil {
			return badChunk(err)
		}
	}
	for i := range f.PartialArgs {
		if err := addPiece(&c.partial.args, &f.PartialArgs[i]); err != nil {
			return badChunk(err)
		}
	}
	if deref(f.WillContinue) {
		return nil
	}
	return d.endPartial(c)
}

func addPiece(args *partialArgs, a *gen.PartialArg) error {
	path := deref(a.JsonPath)
	switch {
	case a.NumberValue != nil:
		raw, err := json.Marshal(*a.NumberValue)
		if err != nil {
			return err
		}
		return args.setRaw(path, string(raw))
	case a.BoolValue != nil && *a.BoolValue:
		return args.setRaw(path, "true")
	case a.BoolValue != nil:
		return args.setRaw(path, "false")
	case a.NullValue != nil:
		return args.setRaw(path, "null")
	}
	return args.addText(path, deref(a.StringValue))
}

// endPartial closes a call that came in pieces.
func (d *decoder) endPartial(c *candidate) error {
	if c.partial == nil {
		return nil
	}
	p := c.partial
	c.partial = nil
	call, isCall := c.open.part.(ir.ToolCall)
	d.args(c, p.args.JSON(), isCall && call.Custom)
	c.open.seal = p.seal
	d.closeBlock(c)
	return nil
}
