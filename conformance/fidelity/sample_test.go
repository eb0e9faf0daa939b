package fidelity

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// sample is one document in which fields stand with values that make sense
// together.
type sample struct {
	name string
	// Why says what the document shows.
	Why string `json:"why"`
	// Model is what the request is for, where it matters.
	Model string `json:"model"`
	// Ask is the client's request, of the other protocol, that Answer or
	// Chunks answers.
	Ask     json.RawMessage `json:"ask"`
	Request json.RawMessage `json:"request"`
	Answer  json.RawMessage `json:"answer"`
	Chunks  json.RawMessage `json:"chunks"`
	// Instead has other values for places where neither leaving the value out
	// nor a made-up value says anything: {"contents.0.role": "model"}.
	Instead map[string]any `json:"instead"`

	doc any // of Request, Answer or Chunks
}

func readSamples(t *testing.T, folder string) []sample {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no samples in %s: %v", folder, err)
	}
	var all []sample
	for _, name := range names {
		s, err := readSample(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, s)
	}
	return all
}

func readSample(name string) (sample, error) {
	s := sample{name: filepath.ToSlash(name)}
	file, err := os.Open(name)
	if err != nil {
		return s, err
	}
	defer file.Close()
	d := json.NewDecoder(file)
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, err
	}
	var text json.RawMessage
	for _, form := range []json.RawMessage{s.Request, s.Answer, s.Chunks} {
		if form == nil {
			continue
		}
		if text != nil {
			return s, fmt.Errorf("more than one of request, answer and chunks")
		}
		text = form
	}
	if s.Why == "" || text == nil {
		return s, fmt.Errorf("why, or the document, is missing")
	}
	s.doc, err = parse(text)
	return s, err
}
