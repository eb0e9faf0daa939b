package gemini

import (
	"net/url"
	"strings"
)

// modelResource is a model's name as bodies hold it: "models/x", and
// "tunedModels/x" as it is.
func modelResource(model string) string {
	for _, c := range collections {
		if strings.HasPrefix(model, c+"/") {
			return model
		}
	}
	return "models/" + model
}

// modelPath is the escaped path of a model, with an action or without. The
// name's own slashes are escaped, so that no name reaches another resource.
func modelPath(model, action string) string {
	collection, name, _ := strings.Cut(modelResource(model), "/")
	path := "/" + collection + "/" + url.PathEscape(name)
	if action != "" {
		path += ":" + action
	}
	return path
}

// replaceModel puts another model into a path of a call; a path that names no
// model comes back as it is.
func replaceModel(path, model string) string {
	name, action, ok := cutAction(path)
	if !ok {
		name = strings.TrimPrefix(path, "/")
	}
	if _, isModel := foldName(name); !isModel {
		return path
	}
	return modelPath(model, action)
}

// sameName compares a member's name with a field's, in camelCase or
// snake_case: protobuf's JSON reader takes both.
func sameName(key, field string) bool {
	return key == field || strings.IndexByte(key, '_') >= 0 && camelCase(key) == field
}

// camelCase is protobuf's: "thinking_config" gives "thinkingConfig".
func camelCase(snake string) string {
	var b strings.Builder
	b.Grow(len(snake))
	up := false
	for i := range len(snake) {
		c := snake[i]
		if c == '_' {
			up = true
			continue
		}
		if up && c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		up = false
		b.WriteByte(c)
	}
	return b.String()
}
