// Package enums reads the enums of the generated packages out of their
// source: Go itself does not list a type's constants. Tests hold tables
// against them.
package enums

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
)

// Read gives the words of each string type that has constants in a file, by
// the type's name.
func Read(file string) (map[string]map[string]bool, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("read enums: %w", err)
	}
	all := map[string]map[string]bool{}
	for _, d := range parsed.Decls {
		group, isGroup := d.(*ast.GenDecl)
		if !isGroup || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			kind, word, isEnum := readConstant(spec)
			if !isEnum {
				continue
			}
			if all[kind] == nil {
				all[kind] = map[string]bool{}
			}
			all[kind][word] = true
		}
	}
	return all, nil
}

func readConstant(spec ast.Spec) (kind, word string, isEnum bool) {
	value, isValue := spec.(*ast.ValueSpec)
	if !isValue || len(value.Values) != 1 {
		return "", "", false
	}
	name, named := value.Type.(*ast.Ident)
	literal, isLiteral := value.Values[0].(*ast.BasicLit)
	if !named || !isLiteral || literal.Kind != token.STRING {
		return "", "", false
	}
	word, err := strconv.Unquote(literal.Value)
	return name.Name, word, err == nil
}
