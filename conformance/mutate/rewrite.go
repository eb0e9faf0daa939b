package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
)

// mutant is one change of the source.
type mutant struct {
	ID   int
	File string // relative to the top
	Line int
	What string // "delete", "negate", "zero"
	Code string // the first line of what is changed
}

const switchPath = "louter/translate/mutant"

// rewriter puts every mutant of some packages into their sources at once,
// each behind a switch, so that one build serves all of them.
type rewriter struct {
	top     string
	mutants []mutant
	files   map[string][]byte // changed sources by absolute path
}

type insertion struct {
	at   int
	text string
	// inner insertions at one place stand inside the outer ones.
	depth int
}

// fileRewriter collects what is inserted into one file.
type fileRewriter struct {
	*rewriter
	pkg    *packages.Package
	file   *ast.File
	name   string
	source []byte
	depth  int
	insert []insertion
}

func (r *rewriter) rewrite(pkg *packages.Package, file *ast.File, source []byte) {
	f := &fileRewriter{rewriter: r, pkg: pkg, file: file, source: source, name: pkg.Fset.Position(file.Pos()).Filename}
	f.walk(file)
	if len(f.insert) == 0 {
		return
	}
	f.insert = append(f.insert, insertion{at: f.offset(file.Name.End()), text: "; import mutant_ \"" + switchPath + "\""})
	r.files[f.name] = f.apply()
}

func (f *fileRewriter) offset(p token.Pos) int { return f.pkg.Fset.Position(p).Offset }

func (f *fileRewriter) walk(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			f.depth--
			return true
		}
		f.depth++
		switch n := n.(type) {
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		case *ast.IfStmt:
			f.wrap(n.Cond, "negate", func(id int) string { return fmt.Sprintf("mutant_.Flip(%d, ", id) }, ")")
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					f.value(kv.Value)
				}
			}
		case *ast.ReturnStmt:
			if len(n.Results) == 1 {
				f.value(n.Results[0])
			}
		}
		return true
	})
}

// statements that can be left out are wrapped each.
func (f *fileRewriter) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
			if call, ok := statementCall(s); ok && isPanic(call) {
				continue
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || len(s.Lhs) == 1 && isBlank(s.Lhs[0]) {
				continue
			}
		default:
			continue
		}
		f.wrap(s, "delete", func(id int) string { return fmt.Sprintf("if !mutant_.On(%d) { ", id) }, " }")
	}
}

func statementCall(s ast.Stmt) (*ast.CallExpr, bool) {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return nil, false
	}
	call, ok := e.X.(*ast.CallExpr)
	return call, ok
}

func isPanic(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.Ident)
	return ok && name.Name == "panic"
}

func isBlank(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "_"
}

// value is made the zero of its type. What is zero already, and booleans
// and errors that a caller only asks for nil, are left out.
func (f *fileRewriter) value(e ast.Expr) {
	tv, known := f.pkg.TypesInfo.Types[e]
	if !known || tv.Type == nil || tv.IsNil() || isZero(tv) {
		return
	}
	if named := tv.Type.String(); named == "error" || strings.HasPrefix(named, "untyped") {
		return
	}
	if _, isTuple := tv.Type.(*types.Tuple); isTuple {
		return
	}
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		return // its type is left out, which only stands in a literal
	}
	typed, ok := f.typeText(tv.Type)
	if !ok {
		return
	}
	f.wrap(e, "zero", func(id int) string { return fmt.Sprintf("mutant_.Val[%s](%d, ", typed, id) }, ")")
}

func isZero(tv types.TypeAndValue) bool {
	if tv.Value == nil {
		return false
	}
	text := tv.Value.ExactString()
	return text == "0" || text == `""` || text == "false"
}

// typeText writes a type as this file can name it.
func (f *fileRewriter) typeText(t types.Type) (string, bool) {
	ok := true
	text := types.TypeString(t, func(p *types.Package) string {
		if p == f.pkg.Types {
			return ""
		}
		for _, spec := range f.file.Imports {
			if strings.Trim(spec.Path.Value, `"`) != p.Path() {
				continue
			}
			if spec.Name != nil {
				return spec.Name.Name
			}
			return p.Name()
		}
		ok = false
		return p.Name()
	})
	return text, ok
}

func (f *fileRewriter) wrap(n ast.Node, what string, before func(int) string, after string) {
	from, to := f.offset(n.Pos()), f.offset(n.End())
	code, _, _ := strings.Cut(string(f.source[from:to]), "\n")
	relative, err := filepath.Rel(f.top, f.name)
	if err != nil {
		relative = f.name
	}
	id := len(f.mutants)
	f.mutants = append(f.mutants, mutant{ID: id, File: relative, Line: f.pkg.Fset.Position(n.Pos()).Line, What: what, Code: code})
	f.insert = append(f.insert, insertion{from, before(id), f.depth}, insertion{to, after, -f.depth})
}

// apply makes all insertions: at one place the ends of what is inside come
// first, then the beginnings of what is outside.
func (f *fileRewriter) apply() []byte {
	sort.SliceStable(f.insert, func(i, j int) bool {
		a, b := f.insert[i], f.insert[j]
		if a.at != b.at {
			return a.at < b.at
		}
		return a.depth < b.depth
	})
	var out bytes.Buffer
	last := 0
	for _, i := range f.insert {
		out.Write(f.source[last:i.at])
		out.WriteString(i.text)
		last = i.at
	}
	out.Write(f.source[last:])
	return out.Bytes()
}
