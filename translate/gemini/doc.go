// Package gemini speaks Google's Gemini API (Developer API, v1beta) on both
// sides: as the front that Gemini clients call and as the back that Louter
// calls upstream. It knows no other protocol.
//
// # Decisions
//
// A whole answer goes through the same machine as a stream, as a stream of
// one chunk: parity of both is a property of the code and not of two
// translations that must be kept alike.
//
// The end of a candidate is told when the body ends, not when a chunk says
// finishReason: older models say STOP in every chunk, and newer ones say it
// before the last usage.
//
// What is strict and what is lenient follows protobuf's JSON reader, which
// the real service uses: snake_case names, a single object where a list is
// due and numbers in quotes are accepted. canonicalize walks a body beside the
// shape of the generated types, without building values, and finds on the way
// each member that no type declares: those are losses, not silence.
//
// Which field goes to which model and server stands in the tables of
// profiles.go and models.go, each property with its source; no other file
// asks for a model's or a server's name.
package gemini
