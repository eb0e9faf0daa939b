package main

import (
	"fmt"
	"go/ast"
	"strings"
	"unicode"
	"unicode/utf8"
)

// converter is what a function of the SDK makes of a value on its way to
// ("partToMldev") or from ("candidateFromMldev") the Developer API.
type converter struct {
	reads  map[string]bool
	writes map[string]map[string]bool // by the object that is written to
}

// converters are known by their functions' names.
type converters map[string]converter

const (
	toAPI   = "ToMldev"
	fromAPI = "FromMldev"
)

func (c converters) read(file *ast.File) error {
	for _, decl := range file.Decls {
		fn, isFunc := decl.(*ast.FuncDecl)
		if !isFunc || fn.Body == nil || !strings.HasSuffix(fn.Name.Name, toAPI) && !strings.HasSuffix(fn.Name.Name, fromAPI) {
			continue
		}
		found := converter{reads: map[string]bool{}, writes: map[string]map[string]bool{}}
		var failed error
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if isCall && failed == nil {
				failed = found.note(call)
			}
			return true
		})
		if failed != nil {
			return fmt.Errorf("%s: %w", fn.Name.Name, failed)
		}
		c[fn.Name.Name] = found
	}
	return nil
}

// note takes one step of the converter. The last word of a path is the
// field's name; "_url", "_query" and "_self" are places outside of the body.
func (c converter) note(call *ast.CallExpr) error {
	fn, isIdent := call.Fun.(*ast.Ident)
	if !isIdent || !strings.HasSuffix(fn.Name, "etValueByPath") || len(call.Args) < 2 {
		return nil // among them moveValueByPath, of batches, which puts whole bodies elsewhere
	}
	object, isIdent := call.Args[0].(*ast.Ident)
	path, isList := call.Args[1].(*ast.CompositeLit)
	if !isIdent || !isList || len(path.Elts) == 0 {
		return fmt.Errorf("%s is called in a way that is not understood", fn.Name)
	}
	var words []string
	for _, e := range path.Elts {
		word, isText := literal(e)
		if !isText {
			return fmt.Errorf("%s has a path that is not of literals", fn.Name)
		}
		words = append(words, word)
	}
	if strings.HasPrefix(words[0], "_") {
		return nil
	}
	name := words[len(words)-1]
	if strings.EqualFold(fn.Name, "internalGetValueByPath") {
		if object.Name == "fromObject" {
			c.reads[name] = true
		}
		return nil
	}
	if c.writes[object.Name] == nil {
		c.writes[object.Name] = map[string]bool{}
	}
	c.writes[object.Name][name] = true
	return nil
}

// apply puts the names on the wire in the place of the struct's, and adds what
// converters write as owners of their own: "genai.xToMldev.parentObject".
func (c converters) apply(v vocabulary) {
	for name, conv := range c {
		for object, fields := range conv.writes {
			if strings.HasSuffix(name, toAPI) {
				for field := range fields {
					v.addField(fromSDK+name+"."+object, field, "")
				}
			}
		}
		for field := range conv.reads {
			if strings.HasSuffix(name, fromAPI) {
				v.addField(fromSDK+name, field, "")
			}
		}
	}
	for owner, kinds := range v.fields {
		first := strings.TrimPrefix(owner, fromSDK)
		r, size := utf8.DecodeRuneInString(first)
		if !unicode.IsUpper(r) {
			continue
		}
		stem := string(unicode.ToLower(r)) + first[size:]
		wire := map[string]string{}
		for name := range c[stem+toAPI].writes["toObject"] {
			wire[name] = kinds[name]
		}
		for name := range c[stem+fromAPI].reads {
			wire[name] = kinds[name]
		}
		if len(wire) > 0 {
			v.fields[owner] = wire
		}
	}
}
