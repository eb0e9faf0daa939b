package gemini

import (
	"encoding/json"
	"errors"

	"louter/translate/ir"
	"louter/translate/schema"
)

// googleSchema is the protocol's own Schema (parameters, responseSchema), as
// of genai v1.77.0's type of that name and the service's refusals.
var googleSchema = schema.Dialect{
	Name: "Gemini's Schema",
	Keep: map[string]schema.Form{
		"anyOf": schema.AsIs, "description": schema.AsIs, "enum": schema.AsIs, "example": schema.AsIs,
		"format": schema.AsIs, "items": schema.AsIs, "maximum": schema.AsIs, "minimum": schema.AsIs,
		"pattern": schema.AsIs, "properties": schema.AsIs, "propertyOrdering": schema.AsIs,
		"required": schema.AsIs, "title": schema.AsIs,
		"maxItems": schema.Integer, "maxLength": schema.Integer, "maxProperties": schema.Integer,
		"minItems": schema.Integer, "minLength": schema.Integer, "minProperties": schema.Integer,
	},
	// default is left out where the service refuses it (defects 34) and
	// ignored where it knows it (the field's own comment): a loss either way.
	Silent: map[string]bool{"$schema": true, "$id": true, "$comment": true, "$anchor": true},

	UpperTypes: true, Null: schema.NullAsFlag,
	// "enum: only allowed for STRING type", "enum[0]: cannot be empty".
	Enum: schema.EnumStringsOnly, NoEmptyEnum: true,
	// "only 'enum' and 'date-time' are supported for STRING type".
	Formats: map[string][]string{
		"string": {"enum", "date-time"}, "number": {"float", "double"}, "integer": {"int32", "int64"},
	},
	// "items: missing field", "required[0]: property is not defined".
	Explicit: true, Any: `{"type":"object"}`, KnownRequired: true,
}

// googleJSONSchema is what parametersJsonSchema and responseJsonSchema take,
// as the comment of GenerationConfig.responseJsonSchema lists it.
var googleJSONSchema = schema.Dialect{
	Name: "Gemini's JSON Schema",
	Keep: map[string]schema.Form{
		"$id": schema.AsIs, "$defs": schema.AsIs, "$ref": schema.AsIs, "$anchor": schema.AsIs,
		"format": schema.AsIs, "title": schema.AsIs, "description": schema.AsIs, "enum": schema.AsIs,
		"items": schema.AsIs, "prefixItems": schema.AsIs, "minItems": schema.Integer, "maxItems": schema.Integer,
		"minimum": schema.AsIs, "maximum": schema.AsIs, "anyOf": schema.AsIs, "oneOf": schema.AsIs,
		"properties": schema.AsIs, "additionalProperties": schema.AsIs, "required": schema.AsIs,
		"propertyOrdering": schema.AsIs,
	},
	Silent: map[string]bool{"$schema": true, "$comment": true},
	Null:   schema.NullInType,
	// "If $ref is set on a sub-schema, no other properties, except for those
	// starting as $, may be set."
	RefAlone: true,
}

// outSchema is a schema in one of the two dialects.
type outSchema struct {
	raw    json.RawMessage
	isJSON bool
}

// encodeSchema converts a schema for a model. Where both dialects are taken
// it is the one that loses less. What is lost is recorded under path.
func encodeSchema(raw json.RawMessage, t traits, path string, drop func(path, why string)) (outSchema, error) {
	out := outSchema{isJSON: t.jsonSchema}
	dialect := googleSchema
	if t.jsonSchema {
		dialect = googleJSONSchema
	}
	var notes []schema.Note
	var err error
	if out.raw, notes, err = schema.Convert(raw, dialect); err != nil {
		return outSchema{}, schemaError(err, path)
	}
	if t.jsonSchema && len(notes) > 0 {
		other, fewer, err := schema.Convert(raw, googleSchema)
		if err == nil && len(fewer) < len(notes) {
			out, notes = outSchema{raw: other}, fewer
		}
	}
	for _, n := range notes {
		drop(n.Path(path), n.Why)
	}
	return out, nil
}

// decodeSchema reads a client's schema in either dialect as JSON Schema.
func decodeSchema(raw json.RawMessage, path string, drop func(path, why string)) (json.RawMessage, error) {
	out, notes, err := schema.Convert(raw, schema.Standard)
	if err != nil {
		return nil, schemaError(err, path)
	}
	for _, n := range notes {
		drop(n.Path(path), n.Why)
	}
	return out, nil
}

func schemaError(err error, path string) error {
	var bad *schema.Error
	if errors.As(err, &bad) {
		return ir.Invalid(bad.Path(path), "%s", bad.Reason)
	}
	return err
}
