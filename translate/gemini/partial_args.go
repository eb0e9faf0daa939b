package gemini

import (
	"errors"
	"strconv"
	"strings"

	"louter/translate/rawjson"
)

// errPartialArgs says that the pieces of a call's arguments do not fit
// together.
var errPartialArgs = errors.New("partialArgs do not fit together")

// partialArgs puts together the arguments of a call that is streamed in
// pieces (functionCall.partialArgs and willContinue, on Vertex and with
// streamFunctionCallArguments): each piece sets or lengthens the value at a
// path such as "$.items[0].name".
type partialArgs struct{ root argNode }

// argNode is a value under way: an object, a list, a string or a literal.
type argNode struct {
	keys   []string // of an object, in order of their coming
	fields map[string]*argNode
	items  []*argNode
	text   *strings.Builder
	raw    string
}

// addText lengthens the string at path.
func (a *partialArgs) addText(path, text string) error {
	n, err := a.find(path)
	if err != nil {
		return err
	}
	if n.text == nil {
		n.text = new(strings.Builder)
	}
	n.text.WriteString(text)
	return nil
}

// setRaw sets the JSON literal at path.
func (a *partialArgs) setRaw(path, raw string) error {
	n, err := a.find(path)
	if err == nil {
		n.raw = raw
	}
	return err
}

// merge takes arguments that came whole, as the ground for pieces.
func (a *partialArgs) merge(object []byte) error {
	members, err := rawjson.Members(object, 0)
	if err != nil {
		return err
	}
	for _, m := range members {
		n, err := a.root.field(m.Key)
		if err != nil {
			return err
		}
		n.raw = string(m.Raw(object))
	}
	return nil
}

// JSON gives the object.
func (a *partialArgs) JSON() string {
	if a.root.fields == nil && a.root.raw != "" {
		return a.root.raw
	}
	if a.root.fields == nil {
		return "{}"
	}
	return string(a.root.appendJSON(nil))
}

func (n *argNode) appendJSON(dst []byte) []byte {
	switch {
	case n.fields != nil:
		dst = append(dst, '{')
		for i, key := range n.keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(dst, rawjson.String(key)...), ':')
			dst = n.fields[key].appendJSON(dst)
		}
		return append(dst, '}')
	case n.items != nil:
		dst = append(dst, '[')
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.appendJSON(dst)
		}
		return append(dst, ']')
	case n.text != nil:
		return append(dst, rawjson.String(n.text.String())...)
	case n.raw != "":
		return append(dst, n.raw...)
	}
	return append(dst, "null"...)
}

// find walks a path, making what is not there yet.
func (a *partialArgs) find(path string) (*argNode, error) {
	rest, found := strings.CutPrefix(path, "$")
	if !found {
		return nil, errPartialArgs
	}
	n := &a.root
	for depth := 0; rest != ""; depth++ {
		key, index, tail, err := nextStep(rest)
		if err != nil || depth > rawjson.MaxDepth {
			return nil, errPartialArgs
		}
		if index >= 0 {
			n, err = n.item(index)
		} else {
			n, err = n.field(key)
		}
		if err != nil {
			return nil, err
		}
		rest = tail
	}
	return n, nil
}

// nextStep reads ".name", "['name']" or "[3]"; index is -1 for a name.
func nextStep(rest string) (key string, index int, tail string, err error) {
	if name, dotted := strings.CutPrefix(rest, "."); dotted {
		end := strings.IndexAny(name, ".[")
		if end < 0 {
			end = len(name)
		}
		if end == 0 {
			return "", 0, "", errPartialArgs
		}
		return name[:end], -1, name[end:], nil
	}
	if len(rest) < 3 || rest[0] != '[' {
		return "", 0, "", errPartialArgs
	}
	if quote := rest[1]; quote == '\'' || quote == '"' {
		name, tail, found := strings.Cut(rest[2:], string(quote)+"]")
		if !found {
			return "", 0, "", errPartialArgs
		}
		return name, -1, tail, nil
	}
	number, tail, found := strings.Cut(rest[1:], "]")
	index, err = strconv.Atoi(number)
	if !found || err != nil || index < 0 {
		return "", 0, "", errPartialArgs
	}
	return "", index, tail, nil
}

func (n *argNode) field(key string) (*argNode, error) {
	if n.items != nil || n.text != nil || n.raw != "" {
		return nil, errPartialArgs
	}
	if n.fields == nil {
		n.fields = map[string]*argNode{}
	}
	child := n.fields[key]
	if child == nil {
		child = &argNode{}
		n.fields[key] = child
		n.keys = append(n.keys, key)
	}
	return child, nil
}

func (n *argNode) item(index int) (*argNode, error) {
	if n.fields != nil || n.text != nil || n.raw != "" {
		return nil, errPartialArgs
	}
	if index > len(n.items) { // items come in order; a gap would cost memory for nothing
		return nil, errPartialArgs
	}
	if index == len(n.items) {
		n.items = append(n.items, &argNode{})
	}
	return n.items[index], nil
}
