package main

import (
	"fmt"
	"sort"
)

// driftGemini compares our schemas with the union of what the SDK's Go types
// and the service's .proto files say: neither has all that the API has.
func driftGemini(ours, sdkDir, protoDir string) ([]string, error) {
	mine, err := readDocument(ours)
	if err != nil {
		return nil, err
	}
	official, err := readOfficial(sdkDir, protoDir)
	if err != nil {
		return nil, err
	}
	return compareGemini(mine, official, geminiOwners)
}

func readOfficial(sdkDir, protoDir string) (vocabulary, error) {
	official, err := readSDK(sdkDir)
	if err != nil {
		return official, err
	}
	protos, err := readProtos(protoDir)
	if err != nil {
		return official, err
	}
	return official, official.addAll(protos)
}

// compareGemini lists the differences. A schema that no source tells of is
// one; so is a field that is open in ours and an enum or an object in theirs.
// An owner that is named in the table and not to be found is an error.
func compareGemini(mine document, official vocabulary, owners map[string][]string) ([]string, error) {
	w := walker{mine: mine, found: map[string]bool{}}
	schemas := object(object(mine["components"])["schemas"])
	for name, schema := range schemas {
		names, told := owners[name]
		if !told {
			names = []string{fromSDK + name, fromProto + name}
		}
		known := vocabulary{fields: map[string]map[string]string{}, values: map[string]map[string]bool{}}
		for _, owner := range names {
			switch {
			case official.has(owner):
				known.fields[owner], known.values[owner] = official.fields[owner], official.values[owner]
			case told:
				return nil, fmt.Errorf("the official material has no %s, which %s is compared with", owner, name)
			}
		}
		if len(known.fields) == 0 {
			w.found["extra gemini "+name] = true
			continue
		}
		w.compareSchema("gemini "+name, flatten(mine, []any{schema}), known, official)
	}
	for name := range owners {
		if schemas[name] == nil {
			return nil, fmt.Errorf("there is no schema %s any more", name)
		}
	}
	return w.list(), nil
}

func (w *walker) compareSchema(path string, f flat, known, official vocabulary) {
	fields, values := map[string]bool{}, map[string]bool{}
	for owner := range known.fields {
		for name, kind := range known.fields[owner] {
			fields[name] = true
			if f.properties[name] != nil {
				w.compareKind(path+"."+name, f.properties[name], official, kind)
			}
		}
		for value := range known.values[owner] {
			values[value] = true
		}
	}
	w.sets(path+".", keys(f.properties), fields)
	w.sets(path+" = ", f.enum, values)
}

// compareKind sees a field that we leave open though its values or fields are
// told. What they are is compared where our schema of that name is.
func (w *walker) compareKind(path string, nodes []any, official vocabulary, kind string) {
	f := flatten(w.mine, nodes)
	for len(f.items) > 0 {
		f = flatten(w.mine, f.items)
	}
	if len(official.values[kind]) > 0 && len(f.enum) == 0 {
		w.found["missing "+path+" = *"] = true
	}
	if len(official.fields[kind]) > 0 && len(f.properties) == 0 {
		w.found["missing "+path+".*"] = true
	}
}

func (w *walker) sets(path string, mine, theirs map[string]bool) {
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

func keys(m map[string][]any) map[string]bool {
	out := make(map[string]bool, len(m))
	for k := range m {
		out[k] = true
	}
	return out
}

func (w *walker) list() []string {
	out := make([]string, 0, len(w.found))
	for d := range w.found {
		out = append(out, d)
	}
	sort.Strings(out)
	return out
}
