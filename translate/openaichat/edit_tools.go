package openaichat

import (
	"github.com/tidwall/gjson"

	"louter/translate/rawjson"
)

// editTools removes every function that the configuration does not allow,
// and with the last one what may only stand beside tools.
func (e *edit) editTools() error {
	allowed := make(map[string]bool, len(e.AllowedTools))
	for _, name := range e.AllowedTools {
		allowed[name] = true
	}
	for _, list := range []struct{ key, choice, parallel string }{
		{"tools", "tool_choice", "parallel_tool_calls"},
		{"functions", "function_call", ""},
	} {
		left, err := e.filterTools(list.key, allowed)
		if err != nil {
			return err
		}
		switch {
		case left == 0:
			e.drop[list.key], e.drop[list.choice], e.drop[list.parallel] = true, true, true
		case left > 0:
			if err := e.filterChoice(list.choice, allowed); err != nil {
				return err
			}
		}
	}
	return nil
}

// filterTools gives how many stay, or -1 where there is no such list.
func (e *edit) filterTools(key string, allowed map[string]bool) (int, error) {
	place, found := e.find(key)
	if !found || e.Text[place.Start] != '[' {
		return -1, nil
	}
	items, err := e.elements(place)
	if err != nil {
		return 0, err
	}
	stays := make([]bool, len(items))
	left := 0
	for i, m := range items {
		name := toolName(gjson.ParseBytes(m.Raw(e.Text)))
		if stays[i] = name == "" || allowed[name]; stays[i] {
			left++
		}
	}
	if left > 0 {
		e.KeepOnly(items, func(i int) bool { return stays[i] })
	}
	return left, nil
}

// toolName is "" for tools that the provider runs.
func toolName(tool gjson.Result) string {
	for _, path := range []string{"function.name", "custom.name", "name"} {
		if name := tool.Get(path); name.Type == gjson.String {
			return name.String()
		}
	}
	return ""
}

// filterChoice drops a choice that names a function which went.
func (e *edit) filterChoice(key string, allowed map[string]bool) error {
	place, found := e.find(key)
	if !found || e.Text[place.Start] != '{' {
		return nil
	}
	choice := gjson.ParseBytes(place.Raw(e.Text))
	list := choice.Get("allowed_tools.tools")
	if !list.IsArray() {
		e.drop[key] = !allowed[toolName(choice)]
		return nil
	}
	items, err := e.elements(rawjson.Member{Start: place.Start + list.Index})
	if err != nil {
		return err
	}
	stays := func(i int) bool { return allowed[toolName(gjson.ParseBytes(items[i].Raw(e.Text)))] }
	for i := range items {
		if stays(i) {
			e.KeepOnly(items, stays)
			return nil
		}
	}
	e.drop[key] = true
	return nil
}

func (e *edit) elements(place rawjson.Member) ([]rawjson.Member, error) {
	var items []rawjson.Member
	s := rawjson.Scanner{Text: e.Text}
	for m := range s.Array(place.Start) {
		items = append(items, m)
	}
	if s.Err != nil {
		return nil, invalidJSON(s)
	}
	return items, nil
}
