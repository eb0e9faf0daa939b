package gemini

import (
	"louter/translate"

	gen "louter/gen/gemini"
)

// modelLists writes the models of the configuration.
type modelLists struct{}

var _ translate.ModelEncoder = modelLists{}

// generationMethods are what every model of the configuration can be asked.
var generationMethods = []string{"generateContent", "streamGenerateContent"}

// EncodeModels gives {"models":[…]}.
func (modelLists) EncodeModels(models []translate.Model) ([]byte, error) {
	list := struct {
		Models []gen.Model `json:"models"`
	}{make([]gen.Model, len(models))}
	for i, m := range models {
		list.Models[i] = modelOf(m)
	}
	return translate.EncodeJSON(&list)
}

// EncodeModel gives one model.
func (modelLists) EncodeModel(m translate.Model) ([]byte, error) {
	out := modelOf(m)
	return translate.EncodeJSON(&out)
}

func modelOf(m translate.Model) gen.Model {
	name, shown := "models/"+m.Name, m.Name
	return gen.Model{Name: &name, DisplayName: &shown, SupportedGenerationMethods: generationMethods}
}
