package translate

import (
	"encoding/json"
	"strconv"
	"strings"
)

// maxShownPath bounds a path that goes into an error: one of a hundred
// levels helps nobody.
const maxShownPath = 16

// maxShownKey bounds a client's own key in a path.
const maxShownKey = 64

// step is one level of a path under way: an array's index or an object's key.
type step struct {
	array bool
	index int
	key   []byte // with its quotes, as written
}

// pathTo gives the dotted path, with indexes, of the innermost value that the
// byte at offset belongs to; a bracket belongs to its own array or object.
// It reads JSON that may be broken, up to offset.
func pathTo(body []byte, offset int) string {
	var steps []step
	isKey := false
	for i := 0; i < len(body) && i <= offset; i++ {
		switch body[i] {
		case '{', '[':
			if i == offset {
				break
			}
			isKey = body[i] == '{'
			steps = append(steps, step{array: body[i] == '['})
		case '}', ']':
			if len(steps) > 0 {
				steps = steps[:len(steps)-1]
			}
		case ',':
			if len(steps) > 0 {
				top := &steps[len(steps)-1]
				top.index++
				top.key, isKey = nil, !top.array
			}
		case ':':
			isKey = false
		case '"':
			end := skipString(body, i)
			if isKey && len(steps) > 0 && end < len(body) {
				steps[len(steps)-1].key = body[i : end+1]
			}
			i = end
		}
	}
	return showPath(steps)
}

func showPath(steps []step) string {
	shown := make([]string, 0, maxShownPath)
	for _, s := range steps {
		if len(shown) == maxShownPath {
			break
		}
		switch {
		case s.array:
			shown = append(shown, strconv.Itoa(s.index))
		case s.key != nil:
			var key string
			if err := json.Unmarshal(s.key, &key); err != nil {
				key = ""
			}
			shown = append(shown, showKey(key))
		}
	}
	return strings.Join(shown, ".")
}

// showKey gives a key as it may stand in an error: names of fields look like
// names, and what does not is content.
func showKey(key string) string {
	if key == "" || len(key) > maxShownKey {
		return "*"
	}
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '$' {
			continue
		}
		return "*"
	}
	return key
}
