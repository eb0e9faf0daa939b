// Package backend asks one configured service: the bytes as they are where
// both sides speak one protocol, else through two halves of a translator.
// Backend keys live here and nowhere else.
package backend
