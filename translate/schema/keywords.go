package schema

// position says where in a keyword's value schemas stand (defects 35).
type position int

const (
	opaque position = iota // nowhere: the value is data
	one                    // the value is a schema
	list                   // its elements are
	named                  // its members' values are
)

var positions = map[string]position{
	"properties": named, "patternProperties": named, "$defs": named, "definitions": named, "dependentSchemas": named,
	"items": one, "additionalProperties": one, "additionalItems": one, "contains": one, "propertyNames": one,
	"unevaluatedItems": one, "unevaluatedProperties": one, "not": one, "if": one, "then": one, "else": one,
	"contentSchema": one,
	"allOf":         list, "anyOf": list, "oneOf": list, "prefixItems": list,
}

// standardKeep is every keyword of draft 2020-12 and OpenAPI's own that say
// something. Older spellings are read to these.
var standardKeep = map[string]Form{
	"$schema": AsIs, "$id": AsIs, "$ref": AsIs, "$anchor": AsIs, "$defs": AsIs, "$comment": AsIs,
	"$dynamicRef": AsIs, "$dynamicAnchor": AsIs, "$vocabulary": AsIs,
	"title": AsIs, "description": AsIs, "default": AsIs, "examples": AsIs, "deprecated": AsIs,
	"readOnly": AsIs, "writeOnly": AsIs,
	"enum": AsIs, "const": AsIs, "format": AsIs,
	"allOf": AsIs, "anyOf": AsIs, "oneOf": AsIs, "not": AsIs, "if": AsIs, "then": AsIs, "else": AsIs,
	"properties": AsIs, "patternProperties": AsIs, "additionalProperties": AsIs, "propertyNames": AsIs,
	"unevaluatedProperties": AsIs, "dependentSchemas": AsIs, "dependentRequired": AsIs, "required": AsIs,
	"minProperties": Integer, "maxProperties": Integer,
	"items": AsIs, "prefixItems": AsIs, "contains": AsIs, "unevaluatedItems": AsIs, "uniqueItems": AsIs,
	"minItems": Integer, "maxItems": Integer, "minContains": Integer, "maxContains": Integer,
	"minLength": Integer, "maxLength": Integer, "pattern": AsIs,
	"contentEncoding": AsIs, "contentMediaType": AsIs, "contentSchema": AsIs,
	"minimum": AsIs, "maximum": AsIs, "exclusiveMinimum": AsIs, "exclusiveMaximum": AsIs, "multipleOf": AsIs,
	"discriminator": AsIs, "externalDocs": AsIs, "xml": AsIs,
}

// aliases are the spellings of protocol buffers' own names, which Google
// reads beside the JSON ones.
var aliases = map[string]string{
	"any_of": "anyOf", "one_of": "oneOf", "all_of": "allOf", "prefix_items": "prefixItems",
	"min_items": "minItems", "max_items": "maxItems", "min_length": "minLength", "max_length": "maxLength",
	"min_properties": "minProperties", "max_properties": "maxProperties",
	"property_ordering": "propertyOrdering", "additional_properties": "additionalProperties",
}

// numeric are the keywords whose value is a number: protocol buffers' JSON
// writes some as strings and reads all in either form.
var numeric = map[string]bool{
	"minItems": true, "maxItems": true, "minLength": true, "maxLength": true, "minProperties": true,
	"maxProperties": true, "minContains": true, "maxContains": true,
	"minimum": true, "maximum": true, "exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": true,
}

// tighter says of the bounds whether the larger (+1) or the smaller (-1) of
// two is the one that both mean together.
var tighter = map[string]int{
	"minItems": 1, "minLength": 1, "minProperties": 1, "minContains": 1, "minimum": 1, "exclusiveMinimum": 1,
	"maxItems": -1, "maxLength": -1, "maxProperties": -1, "maxContains": -1, "maximum": -1, "exclusiveMaximum": -1,
}

// exclusiveOf pairs the bounds.
var exclusiveOf = map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}

// remarks describe and do not restrict: where two schemas are merged the
// first remark stands and nothing is lost by it.
var remarks = map[string]bool{
	"$schema": true, "$id": true, "$anchor": true, "$comment": true, "$dynamicAnchor": true, "$vocabulary": true,
	"title": true, "description": true, "default": true, "examples": true, "deprecated": true, "readOnly": true,
	"writeOnly": true, "externalDocs": true, "xml": true, "discriminator": true,
}

// appliesTo says which type a keyword speaks of. "number" stands for integer
// too.
var appliesTo = map[string]string{
	"properties": "object", "required": "object", "additionalProperties": "object", "patternProperties": "object",
	"propertyNames": "object", "unevaluatedProperties": "object", "minProperties": "object",
	"maxProperties": "object", "dependentRequired": "object", "dependentSchemas": "object",
	"items": "array", "prefixItems": "array", "contains": "array", "unevaluatedItems": "array",
	"uniqueItems": "array", "minItems": "array", "maxItems": "array", "minContains": "array", "maxContains": "array",
	"minLength": "string", "maxLength": "string", "pattern": "string", "format": "string",
	"contentEncoding": "string", "contentMediaType": "string", "contentSchema": "string",
	"minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
	"multipleOf": "number",
}

// typeNames are JSON Schema's types by their lower-case names.
var typeNames = map[string]bool{
	"string": true, "number": true, "integer": true, "boolean": true, "array": true, "object": true, "null": true,
}

// known says whether a keyword has a meaning in some draft or dialect.
func known(key string) bool {
	_, ok := standardKeep[key]
	return ok
}
