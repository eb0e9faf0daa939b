package gemini

import (
	"louter/translate"

	gen "louter/gen/gemini"
)

// Models writes the models of the configuration as GET /v1beta/models does.
// It tells no limits: the configuration knows none.
type Models struct{}

var _ translate.ModelEncoder = Models{}

// EncodeModels gives one page with all of them.
func (Models) EncodeModels(list []translate.Model) ([]byte, error) {
	out := struct {
		// Also an empty list is told.
		Models []gen.Model `json:"models"`
	}{make([]gen.Model, 0, len(list))}
	for _, m := range list {
		out.Models = append(out.Models, encodeModel(m))
	}
	return translate.EncodeJSON(&out)
}

// EncodeModel gives one.
func (Models) EncodeModel(m translate.Model) ([]byte, error) {
	out := encodeModel(m)
	return translate.EncodeJSON(&out)
}

func encodeModel(m translate.Model) gen.Model {
	name, shown := modelResource(m.Name), m.Name
	return gen.Model{
		Name: &name, BaseModelId: &shown, DisplayName: &shown,
		SupportedGenerationMethods: []string{actionGenerate, actionStream},
	}
}
