package conformance_test

import (
	"bytes"
	"image"
	_ "image/gif"  // decoders that image.Decode finds
	_ "image/jpeg" //
	_ "image/png"  //
	"os"
	"path/filepath"
	"testing"
)

// TestMediaAreWhatTheirNamesSay: a case about a format stands on a file of
// that format (scripts/media.sh makes them).
func TestMediaAreWhatTheirNamesSay(t *testing.T) {
	marks := map[string]struct {
		at   int
		mark string
	}{
		".png": {1, "PNG"}, ".jpg": {0, "\xff\xd8\xff"}, ".gif": {0, "GIF8"}, ".webp": {8, "WEBP"}, ".heic": {4, "ftyp"},
		".wav": {8, "WAVE"}, ".mp3": {0, "ID3"}, ".flac": {0, "fLaC"}, ".mp4": {4, "ftyp"}, ".webm": {0, "\x1a\x45\xdf\xa3"},
		".pdf": {0, "%PDF-"}, ".txt": {0, "The "}, ".csv": {0, "colour,count\n"},
	}
	files, err := filepath.Glob("testdata/media/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		ending := filepath.Ext(name)
		seen[ending] = true
		m, known := marks[ending]
		if !known || len(text) < m.at+len(m.mark) || string(text[m.at:m.at+len(m.mark)]) != m.mark {
			t.Errorf("%s is not what its name says", name)
		}
		switch ending {
		case ".png", ".jpg", ".gif":
			if _, _, err := image.Decode(bytes.NewReader(text)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for ending := range marks {
		if !seen[ending] {
			t.Errorf("there is no file %s", ending)
		}
	}
}
