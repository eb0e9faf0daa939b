package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// files are client.DIALECT.http and upstream.DIALECT.http, with .N before
// .http where a case has several exchanges.
var files = regexp.MustCompile(`^(client|upstream)\.([a-z]+)(?:\.(\d+))?\.http$`)

// Load reads every case under dir, in the order of their names. The error
// tells all faults at once, each with its file.
func Load(dir string) ([]*Case, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var out []*Case
	var faults []error
	models := map[string]string{}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == "media" {
			continue
		}
		c, err := loadOne(filepath.Join(dir, e.Name()))
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", filepath.Join(dir, e.Name()), err))
			continue
		}
		if other, taken := models[c.Model]; taken {
			faults = append(faults, fmt.Errorf("%s: the model %q is already that of %s", c.Name, c.Model, other))
		}
		models[c.Model] = c.Name
		out = append(out, c)
	}
	return out, errors.Join(faults...)
}

func loadOne(dir string) (*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, "case.toml"))
	if err != nil {
		return nil, err
	}
	c := &Case{Name: filepath.Base(dir), Dir: dir, Clients: map[string][]Request{}, Upstreams: map[string][]Answer{}}
	d := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		var unknown *toml.StrictMissingError
		if errors.As(err, &unknown) {
			return nil, fmt.Errorf("case.toml: unknown keys:\n%s", unknown.String())
		}
		return nil, fmt.Errorf("case.toml: %w", err)
	}
	if c.Model == "" {
		c.Model = c.Name
	}
	names, err := fs.Glob(os.DirFS(dir), "*.http")
	if err != nil {
		return nil, err
	}
	sort.Slice(names, func(i, j int) bool {
		return len(names[i]) < len(names[j]) || len(names[i]) == len(names[j]) && names[i] < names[j]
	})
	for _, name := range names {
		if err := c.add(dir, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, c.check()
}

func (c *Case) add(dir, name string) error {
	m := files.FindStringSubmatch(name)
	if m == nil || !slices.Contains(Dialects(), m[2]) {
		return errors.New("the name is neither client.DIALECT[.N].http nor upstream.DIALECT[.N].http")
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	if text, err = Include(dir, text); err != nil {
		return err
	}
	if m[1] == "client" {
		r, err := ParseRequest(text)
		if err != nil {
			return err
		}
		c.Clients[m[2]] = append(c.Clients[m[2]], r)
		return nil
	}
	a, err := ParseAnswer(text)
	if err != nil {
		return err
	}
	c.Upstreams[m[2]] = append(c.Upstreams[m[2]], a)
	return nil
}
