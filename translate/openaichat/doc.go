// Package openaichat is the Chat Completions protocol: the front that OpenAI
// clients speak to Louter, the back that Louter speaks to OpenAI and to the
// family of servers that are compatible with it, and the small edits that
// pass-through may make.
//
// # Decisions
//
// Everything is read and written through the generated types of gen/openai.
// They are loose where "compatible" servers are: numbers where strings are
// due, objects where strings are due, members left out and usage in odd
// places are read for what they mean, and never refuse a whole answer.
//
// A whole answer is read as a stream of one chunk and folded, so that the
// streamed and the unary reading cannot drift apart.
//
// What a single server does differently stands in profiles.go as data and
// nowhere else.
package openaichat
