package scenario

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

var (
	inclusion = regexp.MustCompile(`\{\{file:([A-Za-z0-9._/-]+)\}\}`)
	blank     = regexp.MustCompile(`\{\{(model|url:[^{}]+|[0-9]+:[^{}]+)\}\}`)
)

// Include replaces each {{file:NAME}} by the base64 of that file, which lies
// in testdata/media, so that media need not be repeated in text.
func Include(files fs.FS, text []byte) ([]byte, error) {
	var fault error
	out := inclusion.ReplaceAllFunc(text, func(found []byte) []byte {
		name := string(inclusion.FindSubmatch(found)[1])
		data, err := fs.ReadFile(files, path.Join(mediaDir, name))
		if err != nil {
			fault = err
			return found
		}
		return []byte(base64.StdEncoding.EncodeToString(data))
	})
	return out, fault
}

// Media are the files that cases name.
func Media(files fs.FS) (fs.FS, error) { return fs.Sub(files, mediaDir) }

// Values are what a request's blanks stand for.
type Values struct {
	Model string
	// Media is the address of the files that are named by URL, without a
	// slash at its end.
	Media string
	// Answers are what the client got so far, each as JSON.
	Answers []string
}

// NamesURL says whether the request names media of the suite by URL.
func (r Request) NamesURL() bool {
	return bytes.Contains(r.Body, []byte("{{url:"))
}

// Fill puts the values into a request. {{url:NAME}} is the address of
// testdata/media/NAME; {{N:PATH}} is the value at the gjson path in the N-th answer's body; of a
// stream's, in the array of its events.
func (r Request) Fill(v Values) (Request, error) {
	var fault error
	fill := func(text string) string {
		return blank.ReplaceAllStringFunc(text, func(found string) string {
			what := blank.FindStringSubmatch(found)[1]
			if what == "model" {
				return v.Model
			}
			n, path, _ := strings.Cut(what, ":")
			if n == "url" {
				return v.Media + "/" + path
			}
			turn, err := strconv.Atoi(n)
			if err != nil || turn < 1 || turn > len(v.Answers) {
				fault = fmt.Errorf("%s: there is no answer %s yet", found, n)
				return found
			}
			value := gjson.Get(v.Answers[turn-1], path)
			if !value.Exists() {
				fault = fmt.Errorf("%s: answer %s has no such value", found, n)
				return found
			}
			if value.Type != gjson.String {
				return value.Raw
			}
			quoted, err := json.Marshal(value.String())
			if err != nil {
				fault = err
				return found
			}
			return string(quoted[1 : len(quoted)-1])
		})
	}
	out := Request{Method: r.Method, Target: fill(r.Target), Header: r.Header, Gzip: r.Gzip, Body: []byte(fill(string(r.Body)))}
	return out, fault
}
