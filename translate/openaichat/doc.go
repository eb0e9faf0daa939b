// Package openaichat is the Chat Completions protocol: the front that OpenAI
// clients speak to Louter, the back that Louter speaks to OpenAI and to the
// family of servers that are compatible with it, and the small edits that
// pass-through may make.
//
// # Decisions
//
// Requests of clients and everything Louter writes go through the generated
// types of gen/openai. Answers of backends do not: they are read member by
// member, because "compatible" servers leave members out, put numbers where
// strings are due, objects where strings are due, and usage in odd places,
// and a typed decoder would refuse the whole answer for one of them.
//
// A whole answer is read as a stream of one chunk and folded, so that the
// streamed and the unary reading cannot drift apart.
//
// What a single server does differently stands in profiles.go as data and
// nowhere else.
package openaichat
