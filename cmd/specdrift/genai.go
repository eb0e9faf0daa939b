package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// genaiDir is where the SDK's source lies: a module of this project.
func genaiDir(root string) (string, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/genai")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find google.golang.org/genai: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// notForDevelopers is how the SDK marks what only the other service has.
const notForDevelopers = "not supported in Gemini API"

// fromSDK begins the names of owners that the SDK tells of.
const fromSDK = "genai."

// readSDK reads the SDK's Go types: the JSON names of their fields, the
// values of their enums. Where the SDK converts a type on its way to or from
// the Developer API, the names are those on the wire, and what the converter
// rejects or leaves out is not the API's.
func readSDK(dir string) (vocabulary, error) {
	v := newVocabulary()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return v, err
	}
	found := converters{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return v, err
		}
		addTypes(v, file)
		if err := found.read(file); err != nil {
			return v, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(v.fields) == 0 {
		return v, fmt.Errorf("%s: no types", dir)
	}
	found.apply(v)
	return v, nil
}

func addTypes(v vocabulary, file *ast.File) {
	for _, decl := range file.Decls {
		gen, isGen := decl.(*ast.GenDecl)
		if !isGen {
			continue
		}
		for _, spec := range gen.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if t, isStruct := spec.Type.(*ast.StructType); isStruct {
					addStruct(v, fromSDK+spec.Name.Name, t)
				}
			case *ast.ValueSpec:
				addConstants(v, spec)
			}
		}
	}
}

func addStruct(v vocabulary, owner string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		if f.Tag == nil || strings.Contains(f.Doc.Text(), notForDevelopers) {
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		if name, _, _ := strings.Cut(tag.Get("json"), ","); name != "" && name != "-" {
			v.addField(owner, name, typeName(f.Type))
		}
	}
}

// typeName is the name of a type of the SDK behind pointers and lists, else
// empty.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.ArrayType:
		return typeName(e.Elt)
	case *ast.Ident:
		if e.IsExported() {
			return fromSDK + e.Name
		}
	}
	return ""
}

func addConstants(v vocabulary, spec *ast.ValueSpec) {
	ident, isIdent := spec.Type.(*ast.Ident)
	if !isIdent || strings.Contains(spec.Doc.Text(), notForDevelopers) {
		return
	}
	for _, e := range spec.Values {
		if text, isText := literal(e); isText {
			v.addValue(fromSDK+ident.Name, text)
		}
	}
}

// literal gives the text of a string literal.
func literal(e ast.Expr) (string, bool) {
	lit, isLit := e.(*ast.BasicLit)
	if !isLit || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
