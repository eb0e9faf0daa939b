package main

import "fmt"

// vocabulary is what one official source says, by the name of the owner: the
// fields of an object with the name of their type, the values of an enum.
type vocabulary struct {
	fields map[string]map[string]string
	values map[string]map[string]bool
}

func newVocabulary() vocabulary {
	return vocabulary{fields: map[string]map[string]string{}, values: map[string]map[string]bool{}}
}

func (v vocabulary) addField(owner, name, kind string) {
	if v.fields[owner] == nil {
		v.fields[owner] = map[string]string{}
	}
	if v.fields[owner][name] == "" {
		v.fields[owner][name] = kind
	}
}

func (v vocabulary) addValue(owner, value string) {
	if v.values[owner] == nil {
		v.values[owner] = map[string]bool{}
	}
	v.values[owner][value] = true
}

func (v vocabulary) has(owner string) bool {
	return v.fields[owner] != nil || v.values[owner] != nil
}

// addAll takes over what another source says; owners have the source in their
// names, so that none meets another.
func (v vocabulary) addAll(other vocabulary) error {
	for owner, fields := range other.fields {
		if v.has(owner) {
			return fmt.Errorf("%s is told of twice", owner)
		}
		v.fields[owner] = fields
	}
	for owner, values := range other.values {
		if v.has(owner) {
			return fmt.Errorf("%s is told of twice", owner)
		}
		v.values[owner] = values
	}
	return nil
}
