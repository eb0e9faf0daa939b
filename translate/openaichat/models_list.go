package openaichat

import (
	"louter/gen/openai"
	"louter/translate"
)

// modelLists writes the models of the configuration.
type modelLists struct{}

var _ translate.ModelEncoder = modelLists{}

// EncodeModels gives {"object":"list","data":[…]}. The second list, models,
// is what codex decodes (reports F03).
func (modelLists) EncodeModels(models []translate.Model) ([]byte, error) {
	list := openai.ModelList{Object: openai.ListObjectList, Data: make([]openai.Model, len(models)), Models: []byte("[]")}
	for i, m := range models {
		list.Data[i] = modelOf(m)
	}
	return translate.EncodeJSON(&list)
}

// EncodeModel gives one model.
func (modelLists) EncodeModel(m translate.Model) ([]byte, error) {
	out := modelOf(m)
	return translate.EncodeJSON(&out)
}

func modelOf(m translate.Model) openai.Model {
	return openai.Model{ID: openai.LooseString(m.Name), Object: openai.ModelObjectModel, OwnedBy: m.Owner}
}
