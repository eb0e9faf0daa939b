package openaichat

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"louter/translate/ir"
)

// answerShape says how the form that the client wants of the text is reached
// with what the server offers. Writer and reader find it from the request.
type answerShape struct {
	// format is the type of response_format to send; "" for none.
	format string
	schema json.RawMessage
	// wrapped: the schema was put into an object under wrapKey, because the
	// server wants an object; the reader takes it out again.
	wrapped bool
	// plain: what was wrapped is a JSON string, to be given as plain text
	// (Gemini's text/x.enum; defects 39).
	plain bool
	// instruct is what the model must be told in words.
	instruct string
	// lost says why less is promised than was asked for.
	lost string
}

const wrapKey = "value"

func shapeOf(p *profile, req *ir.Request) answerShape {
	out := req.Output
	var s answerShape
	switch out.Kind {
	case ir.OutputJSON:
		s.format = "json_object"
	case ir.OutputJSONSchema, ir.OutputEnum:
		s.format, s.schema = "json_schema", out.Schema
		s.plain = out.Kind == ir.OutputEnum
	default:
		return s
	}
	if !p.SchemaWithTools && hasFunctions(req) {
		return answerShape{lost: "this server cannot hold an answer to a form beside tools"}
	}
	switch {
	case s.format == "json_schema" && !p.format("json_schema"):
		s.schemaInWords(p)
	case s.format == "json_object" && !p.format("json_object"):
		s.format, s.schema = "json_schema", json.RawMessage(`{"type":"object"}`)
	}
	if s.format == "json_schema" && (s.plain || p.ObjectRoot && !describesObject(s.schema)) {
		s.schema, s.wrapped = wrapSchema(s.schema), true
	}
	if s.format == "json_object" && p.JSONWord && s.instruct == "" && !mentionsJSON(req) {
		s.instruct = "Answer in JSON."
	}
	return s
}

// schemaInWords: a server without schemas is told, not bound.
func (s *answerShape) schemaInWords(p *profile) {
	s.lost = "this server is told the form of the answer in words and not bound to it"
	s.instruct = "Answer with one JSON value that fits this JSON Schema, and nothing else:\n" + string(s.schema)
	s.format = "json_object"
	if s.plain {
		s.instruct = "Answer with exactly one of these values, as plain text and nothing else: " + gjson.GetBytes(s.schema, "enum").Raw
		s.format = ""
	} else if !p.format("json_object") || !describesObject(s.schema) {
		s.format = ""
	}
	s.schema = nil
}

func hasFunctions(req *ir.Request) bool {
	if req.ToolChoice.Mode == ir.ToolNone {
		return false
	}
	for _, t := range req.Tools {
		if t.Kind != ir.ToolWebSearch {
			return true
		}
	}
	return false
}

// describesObject says whether a schema's root is an object and says so in a
// way that OpenAI accepts.
func describesObject(schema json.RawMessage) bool {
	root := gjson.ParseBytes(schema)
	return root.Get("type").String() == "object" && root.Get("type").Type == gjson.String
}

// wrapSchema puts a schema into an object. References to its own root would
// then lead elsewhere, so definitions move up.
func wrapSchema(schema json.RawMessage) json.RawMessage {
	out := `{"type":"object","properties":{"` + wrapKey + `":` + string(schema) + `},"required":["` + wrapKey + `"],"additionalProperties":false`
	for _, defs := range []string{"$defs", "definitions"} {
		if d := gjson.GetBytes(schema, gjson.Escape(defs)); d.IsObject() {
			out += `,"` + defs + `":` + d.Raw
		}
	}
	return json.RawMessage(out + "}")
}

// mentionsJSON says whether the word stands anywhere in the conversation.
func mentionsJSON(req *ir.Request) bool {
	for _, p := range req.System {
		if saysJSON(p) {
			return true
		}
	}
	for _, t := range req.Turns {
		for _, p := range t.Parts {
			if saysJSON(p) {
				return true
			}
		}
	}
	return false
}

func saysJSON(p ir.Part) bool {
	t, isText := p.(ir.Text)
	if !isText {
		return false
	}
	for i := 0; i+4 <= len(t.Text); i++ {
		if c := t.Text[i] | 0x20; c == 'j' && t.Text[i+1]|0x20 == 's' && t.Text[i+2]|0x20 == 'o' && t.Text[i+3]|0x20 == 'n' {
			return true
		}
	}
	return false
}
