// Package schema rewrites JSON Schemas for a reader that knows less of the
// language, or spells it otherwise, than their writer.
//
// A Dialect is data: what a reader takes and how it wants it spelled. Reading
// is the same for all and tolerant: JSON Schema from draft 4 to 2020-12, what
// OpenAPI 3.0 adds, and Gemini's Schema are understood in any mixture, so the
// way in from Gemini is Convert to Standard and the way out is Convert to
// Gemini's dialect.
//
// The document stays ordered: a model fills in properties in the order in
// which it reads them. Only schema positions are walked, so that a property
// named "properties" or "default" is a property (defects 35). What a reader
// cannot be told is said by a Note, never lost.
//
// Decision: one pass of layers instead of a chain of rewrites. A schema with
// $ref, allOf or conditions is first flattened to one list of keywords
// (flatten.go, merge.go), then spelled (spell.go and beside). Each child keeps
// the references that led to it, so that a cycle is told from a mere second
// use.
package schema
