package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
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

// otherNames are the SDK's names where they differ from ours.
var otherNames = map[string]string{
	"UsageMetadata": "GenerateContentResponseUsageMetadata", "PromptFeedback": "GenerateContentResponsePromptFeedback",
	"FunctionCallingMode": "FunctionCallingConfigMode", "MediaResolutionLevel": "PartMediaResolutionLevel", "BlockReason": "BlockedReason",
	"TopCandidates": "LogprobsResultTopCandidates", "GroundingSupport": "GroundingSupport", "Model": "", "File": "File",
}

// notForDevelopers is how the SDK marks what only the other service has.
const notForDevelopers = "not supported in Gemini API"

// sdk is what the Go types say: JSON names of structs, values of enums.
type sdk struct {
	fields map[string]map[string]bool
	values map[string]map[string]bool
}

func readSDK(path string) (sdk, error) {
	s := sdk{fields: map[string]map[string]bool{}, values: map[string]map[string]bool{}}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return s, err
	}
	for _, decl := range file.Decls {
		gen, isGen := decl.(*ast.GenDecl)
		if !isGen {
			continue
		}
		for _, spec := range gen.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if t, isStruct := spec.Type.(*ast.StructType); isStruct {
					s.fields[spec.Name.Name] = jsonNames(t)
				}
			case *ast.ValueSpec:
				s.addValues(spec)
			}
		}
	}
	return s, nil
}

func jsonNames(t *ast.StructType) map[string]bool {
	names := map[string]bool{}
	for _, f := range t.Fields.List {
		if f.Tag == nil || strings.Contains(f.Doc.Text(), notForDevelopers) {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue // the compiler has accepted it: it is no tag of ours
		}
		if name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ","); name != "" && name != "-" {
			names[name] = true
		}
	}
	return names
}

func (s sdk) addValues(spec *ast.ValueSpec) {
	ident, isIdent := spec.Type.(*ast.Ident)
	if !isIdent || strings.Contains(spec.Doc.Text(), notForDevelopers) {
		return
	}
	for _, v := range spec.Values {
		lit, isLit := v.(*ast.BasicLit)
		if !isLit {
			continue
		}
		if text, err := strconv.Unquote(lit.Value); err == nil {
			if s.values[ident.Name] == nil {
				s.values[ident.Name] = map[string]bool{}
			}
			s.values[ident.Name][text] = true
		}
	}
}

func driftGemini(ours, types string) ([]string, error) {
	mine, err := readDocument(ours)
	if err != nil {
		return nil, err
	}
	theirs, err := readSDK(types)
	if err != nil {
		return nil, err
	}
	w := walker{found: map[string]bool{}}
	for name, v := range object(object(mine["components"])["schemas"]) {
		official, renamed := otherNames[name]
		if !renamed {
			official = name
		}
		f := flatten(mine, []any{v})
		w.sets("gemini "+name+".", keys(f.properties), theirs.fields[official])
		w.sets("gemini "+name+" = ", f.enum, theirs.values[official])
	}
	return w.list(), nil
}

func keys(m map[string][]any) map[string]bool {
	out := make(map[string]bool, len(m))
	for k := range m {
		out[k] = true
	}
	return out
}

// sets compares, unless the SDK has no such type.
func (w *walker) sets(path string, mine, theirs map[string]bool) {
	if len(mine) == 0 || len(theirs) == 0 {
		return
	}
	for name := range theirs {
		if !mine[name] {
			w.found["missing "+path+name] = true
		}
	}
	for name := range mine {
		if !theirs[name] {
			w.found["extra "+path+name] = true
		}
	}
}
