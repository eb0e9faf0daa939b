package schema

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what comes out into the golden files")

// strictReader is a reader that takes as little as Gemini's own Schema.
var strictReader = Dialect{
	Name: "the strict reader",
	Keep: map[string]Form{
		"anyOf": AsIs, "description": AsIs, "enum": AsIs, "format": AsIs, "items": AsIs, "maximum": AsIs, "minimum": AsIs,
		"properties": AsIs, "required": AsIs, "maxItems": IntegerString, "minItems": IntegerString,
	},
	Silent:     map[string]bool{"$schema": true, "default": true},
	UpperTypes: true, Null: NullAsFlag, Enum: EnumStringsOnly,
	Formats:  map[string][]string{"string": {"date-time"}},
	Explicit: true, Any: `{"type":"object"}`, KnownRequired: true,
}

// TestConvert: each file holds a schema, what the strict reader and what
// JSON Schema itself are given, and what is said of losses.
func TestConvert(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := archive.Files[0].Data
			got := &txtar.Archive{Comment: archive.Comment, Files: archive.Files[:1:1]}
			for _, d := range []Dialect{strictReader, Standard} {
				out, notes, err := Convert(in, d)
				text := string(out) + "\n"
				if err != nil {
					var fault *Error
					if !errors.As(err, &fault) {
						t.Fatalf("not the client's fault: %v", err)
					}
					text = "refused at " + fault.Path("schema") + ": " + fault.Reason + "\n"
				}
				for _, n := range notes {
					text += "lost " + n.Path("schema") + ": " + n.Why + "\n"
				}
				got.Files = append(got.Files, txtar.File{Name: d.Name, Data: []byte(text)})
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want, have := string(txtar.Format(archive)), string(txtar.Format(got)); want != have {
				t.Errorf("got\n%s\nwant\n%s", have, want)
			}
		})
	}
}

// TestBounds: references cannot grow without end, nor depth.
func TestBounds(t *testing.T) {
	bomb := `{"$defs":{"a0":{"type":"string"}`
	for i := 1; i < 20; i++ {
		n, m := string(rune('a'+i)), string(rune('a'+i-1))
		if i == 1 {
			m = "a0"
		}
		bomb += `,"` + n + `":{"type":"object","properties":{"x":{"$ref":"#/$defs/` + m + `"},"y":{"$ref":"#/$defs/` + m + `"}}}`
	}
	bomb += `},"$ref":"#/$defs/t"}`
	deep := strings.Repeat(`{"items":`, 100) + `{}` + strings.Repeat(`}`, 100)
	for name, in := range map[string]string{"bomb": bomb, "deep": deep, "no schema": `[1]`, "no JSON": `{"type":`} {
		_, _, err := Convert(json.RawMessage(in), strictReader)
		var fault *Error
		if !errors.As(err, &fault) || fault.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzConvert: any text is converted or refused, and what comes out is taken
// by the same reader without further loss.
func FuzzConvert(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, d := range []Dialect{strictReader, Standard} {
			out, _, err := Convert(in, d)
			if err != nil {
				continue
			}
			if len(out) > 0 && !json.Valid(out) {
				t.Fatalf("%s gives no JSON: %s", d.Name, out)
			}
		}
	})
}
