package openai

import "encoding/json"

// UnmarshalJSON reads the object, or a string that is the message alone
// (Ollama).
func (e *APIError) UnmarshalJSON(data []byte) error {
	if kindOf(data) == "string" {
		*e = APIError{Message: LooseString(textOf(data))}
		return nil
	}
	type plain APIError
	return json.Unmarshal(data, (*plain)(e))
}

// UnmarshalJSON reads the object, or an array that holds it (Google's
// compatible endpoint).
func (r *ErrorResponse) UnmarshalJSON(data []byte) error {
	type plain ErrorResponse
	if kindOf(data) != "array" {
		return json.Unmarshal(data, (*plain)(r))
	}
	var list []plain
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	if len(list) > 0 {
		*r = ErrorResponse(list[0])
	}
	return nil
}
