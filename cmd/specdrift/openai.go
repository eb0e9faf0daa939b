package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is an OpenAPI file as plain values.
type document map[string]any

func readDocument(path string) (document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var d document
	if strings.HasSuffix(path, ".json") {
		err = json.Unmarshal(data, &d)
	} else {
		err = yaml.Unmarshal(data, &d)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

func object(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return v
	case document:
		return v
	}
	return nil
}

func (d document) schema(name string) map[string]any {
	return object(object(object(d["components"])["schemas"])[name])
}

// pairs are our schemas and the vendor's of the same meaning.
var pairs = [][2]string{
	{"ChatCompletionRequest", "CreateChatCompletionRequest"}, {"ChatCompletion", "CreateChatCompletionResponse"},
	{"ChatCompletionChunk", "CreateChatCompletionStreamResponse"}, {"EmbeddingRequest", "CreateEmbeddingRequest"},
	{"EmbeddingResponse", "CreateEmbeddingResponse"}, {"ModelList", "ListModelsResponse"}, {"Model", "Model"}, {"APIError", "Error"},
}

func driftOpenAI(ours, official string) ([]string, error) {
	mine, err := readDocument(ours)
	if err != nil {
		return nil, err
	}
	theirs, err := readDocument(official)
	if err != nil {
		return nil, err
	}
	w := walker{mine: mine, theirs: theirs, found: map[string]bool{}}
	for _, p := range pairs {
		a, b := mine.schema(p[0]), theirs.schema(p[1])
		if a == nil || b == nil {
			return nil, fmt.Errorf("%s: the schema %s or %s is missing", ours, p[0], p[1])
		}
		w.walk("openai "+p[0], []any{a}, []any{b}, 0)
	}
	return w.list(), nil
}

type walker struct {
	mine, theirs document
	found        map[string]bool
}

// flat is a schema with its unions laid over each other: ours are flat
// objects that hold the fields of every kind.
type flat struct {
	properties map[string][]any
	enum       map[string]bool
	items      []any
	practice   map[string]bool
}

// maxDepth ends the walk in recursive schemas.
const maxDepth = 12

func flatten(d document, nodes []any) flat {
	f := flat{properties: map[string][]any{}, enum: map[string]bool{}, practice: map[string]bool{}}
	var add func(v any, depth int)
	add = func(v any, depth int) {
		n := object(v)
		if n == nil || depth > maxDepth {
			return
		}
		if ref, isRef := n["$ref"].(string); isRef {
			if n["x-louter-practice"] != true {
				add(d.schema(ref[strings.LastIndexByte(ref, '/')+1:]), depth+1)
			}
			return
		}
		for name, p := range object(n["properties"]) {
			f.properties[name] = append(f.properties[name], p)
		}
		f.addEnum(n)
		if n["items"] != nil {
			f.items = append(f.items, n["items"])
		}
		for _, union := range []string{"oneOf", "anyOf", "allOf"} {
			members, isList := n[union].([]any)
			if !isList {
				continue
			}
			for _, m := range members {
				add(m, depth+1)
			}
		}
	}
	for _, n := range nodes {
		add(n, 0)
	}
	return f
}

func (f *flat) addEnum(n map[string]any) {
	if values, isList := n["enum"].([]any); isList {
		for _, v := range values {
			f.enum[fmt.Sprint(v)] = true
		}
	}
	if values, isList := n["x-louter-practice-values"].([]any); isList {
		for _, v := range values {
			f.practice[fmt.Sprint(v)] = true
		}
	}
}

func (w *walker) isPractice(nodes []any) bool {
	for _, v := range nodes {
		n := object(v)
		if n["x-louter-practice"] == true {
			return true
		}
		if ref, isRef := n["$ref"].(string); isRef && w.mine.schema(ref[strings.LastIndexByte(ref, '/')+1:])["x-louter-practice"] == true {
			return true
		}
	}
	return false
}

func (w *walker) walk(path string, mine, theirs []any, depth int) {
	if depth > maxDepth {
		return
	}
	a, b := flatten(w.mine, mine), flatten(w.theirs, theirs)
	for name := range b.properties {
		if a.properties[name] == nil {
			w.found["missing "+path+"."+name] = true
		}
	}
	for name, p := range a.properties {
		if b.properties[name] == nil && !w.isPractice(p) {
			w.found["extra "+path+"."+name] = true
		}
	}
	for v := range b.enum {
		if !a.enum[v] {
			w.found["missing "+path+" = "+v] = true
		}
	}
	for v := range a.enum {
		if !b.enum[v] && !a.practice[v] {
			w.found["extra "+path+" = "+v] = true
		}
	}
	if len(a.items) > 0 && len(b.items) > 0 {
		w.walk(path+"[]", a.items, b.items, depth+1)
	}
	for name, p := range a.properties {
		if b.properties[name] != nil {
			w.walk(path+"."+name, p, b.properties[name], depth+1)
		}
	}
}
