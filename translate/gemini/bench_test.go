package gemini

import (
	"fmt"
	"strings"
	"testing"

	"louter/translate"
	"louter/translate/ir"
	"louter/translate/wire"
)

func BenchmarkDecodeRequest(b *testing.B) {
	for name, text := range map[string]string{"1KB": strings.Repeat("a ", 400), "100KB": strings.Repeat("word \\n ", 12500)} {
		body := fmt.Appendf(nil, `{"contents":[{"role":"user","parts":[{"text":"%s"}]}],"generationConfig":{"temperature":0.5}}`, text)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Front{}).DecodeRequest(translate.Call{Model: "m", Body: body}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	body := fmt.Appendf(nil, `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"%s"}}]}]}`, strings.Repeat("QUJD", 5<<18))
	b.Run("5MB", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := (Front{}).DecodeRequest(translate.Call{Model: "m", Body: body}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCanonicalize(b *testing.B) {
	body := fmt.Appendf(nil, `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"%s"}}]}]}`, strings.Repeat("QUJD", 5<<18))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, _, err := canonicalize(body, requestShape); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeChunk(b *testing.B) {
	data := []byte(`{"candidates":[{"content":{"parts":[{"text":" word"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":10,"totalTokenCount":275,"promptTokensDetails":[{"modality":"TEXT","tokenCount":9}],"thoughtsTokenCount":256},"modelVersion":"gemini-3-pro-preview","responseId":"dX6LadKVC7SZ28oPr9yJoQs"}`)
	d := Back{}.NewDecoder(nil, testMint())
	var events []ir.Event
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if events, err = d.Decode(events[:0], wire.Frame{Data: data}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeChunk(b *testing.B) {
	enc := Front{}.NewEncoder(nil, testMint())
	var frames []wire.Frame
	for _, e := range []ir.Event{ir.Start{ID: "r", Model: "m"}, ir.Open{Part: ir.Text{}}} {
		if _, err := enc.Encode(frames, e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if frames, err = enc.Encode(frames[:0], ir.Delta{Text: " word"}); err != nil {
			b.Fatal(err)
		}
	}
}
