package openaichat

import (
	"testing"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

// FuzzDecodeRequest: any body is read or refused by name; what was read can
// be written for every profile.
func FuzzDecodeRequest(f *testing.F) {
	f.Add([]byte(`{"model":"m","messages":[{"role":"user","content":"x"}]}`))
	f.Add([]byte(`{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"[1]"}],"tools":[{"type":"function","function":{"name":"f"}}]}`))
	f.Add([]byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"array"}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		req, err := front{}.DecodeRequest(translate.Call{Body: body})
		if err != nil {
			if e := ir.AsError(err); e.Kind == ir.KindInternal {
				t.Fatalf("an internal error: %v", err)
			}
			return
		}
		for _, name := range profileNames() {
			b, err := NewBack(translate.BackOptions{Profile: name})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.EncodeRequest(req); err != nil && ir.AsError(err).Kind == ir.KindInternal {
				t.Fatalf("%s: an internal error: %v", name, err)
			}
		}
	})
}

// FuzzDecodeStream: any frames give events by the grammar, or an error.
func FuzzDecodeStream(f *testing.F) {
	f.Add([]byte(chunkOf(`{"content":"x"}`, "null")), []byte(chunkOf(`{}`, `"stop"`)))
	f.Add([]byte(chunkOf(call(`{"id":"a","function":{"name":"f"}}`), "null")), []byte(`{"choices":[{"message":{"content":[]},"finish_reason":"length"}]}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		b, err := NewBack(translate.BackOptions{Profile: "generic", ToolFormat: "xml"})
		if err != nil {
			t.Fatal(err)
		}
		d := b.NewDecoder(&ir.Request{}, testMint())
		var events []ir.Event
		for _, data := range [][]byte{first, second} {
			if events, err = d.Decode(events, wire.Frame{Data: data}); err != nil {
				return
			}
		}
		for _, e := range events {
			if _, failed := e.(ir.Fail); failed {
				return
			}
		}
		if events, err = d.Close(events); err != nil {
			return
		}
		if err := ir.Check(events); err != nil {
			t.Fatal(err)
		}
		e := front{}.NewEncoder(&ir.Request{StreamUsage: true}, testMint())
		for _, event := range events {
			if _, err := e.Encode(nil, event); err != nil {
				t.Fatal(err)
			}
		}
	})
}
