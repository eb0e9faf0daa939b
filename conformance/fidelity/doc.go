// Package fidelity proves docs/fidelity.md, the page that says of every field
// of both APIs what becomes of it on the way to the other one.
//
// Nobody types that page. The tests take each field that the generated types
// have, from the documents in testdata in which it stands with a value that
// makes sense, leave it out (or say another value), translate both with the
// translators that the server uses, and look at what is different: the other
// API's document, the losses, the error. A field that makes no difference and
// is no recorded loss is lost in silence, and fails the test (promise 3).
//
// To write the page anew: make fidelity.
package fidelity
