package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/emicklei/proto"
)

// fromProto begins the names of owners that the service's files tell of.
const fromProto = "proto."

// readProtos reads messages and enums of all .proto files of a folder; nested
// ones have dotted names. Field names are those of JSON.
func readProtos(dir string) (vocabulary, error) {
	v := newVocabulary()
	paths, err := filepath.Glob(filepath.Join(dir, "*.proto"))
	if err != nil {
		return v, err
	}
	if len(paths) == 0 {
		return v, fmt.Errorf("%s: no .proto files", dir)
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return v, err
		}
		definition, err := proto.NewParser(file).Parse()
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return v, fmt.Errorf("%s: %w", path, err)
		}
		for _, element := range definition.Elements {
			addProto(v, "", element)
		}
	}
	resolveTypes(v)
	return v, nil
}

// addProto takes a message, an enum, or a field of the message named owner;
// services, options and reserved names say nothing of bodies.
func addProto(v vocabulary, owner string, element proto.Visitee) {
	switch e := element.(type) {
	case *proto.Message:
		name := strings.TrimPrefix(owner+"."+e.Name, ".")
		v.fields[fromProto+name] = map[string]string{}
		for _, inner := range e.Elements {
			addProto(v, name, inner)
		}
	case *proto.Enum:
		name := strings.TrimPrefix(owner+"."+e.Name, ".")
		for _, inner := range e.Elements {
			if value, isValue := inner.(*proto.EnumField); isValue {
				v.addValue(fromProto+name, value.Name)
			}
		}
	case *proto.Oneof:
		for _, inner := range e.Elements {
			addProto(v, owner, inner)
		}
	case *proto.NormalField:
		v.addField(fromProto+owner, jsonName(e.Name), e.Type)
	case *proto.OneOfField:
		v.addField(fromProto+owner, jsonName(e.Name), e.Type)
	case *proto.MapField:
		v.addField(fromProto+owner, jsonName(e.Name), e.Type)
	}
}

// jsonName is the name that protobuf's JSON gives a field.
func jsonName(name string) string {
	parts := strings.Split(name, "_")
	for i, part := range parts[1:] {
		if part != "" {
			parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}

// resolveTypes gives types of fields their full names: the innermost scope
// that knows the name wins. What no file tells of becomes empty.
func resolveTypes(v vocabulary) {
	for owner, fields := range v.fields {
		for name, kind := range fields {
			fields[name] = ""
			for scope := owner; ; scope = scope[:strings.LastIndexByte(scope, '.')] {
				if full := scope + "." + kind; v.has(full) {
					fields[name] = full
					break
				}
				if !strings.Contains(scope, ".") {
					break
				}
			}
		}
	}
}
