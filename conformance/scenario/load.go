package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"

	"github.com/pelletier/go-toml/v2"
)

// exchanges are client.DIALECT.http and upstream.DIALECT.http, with .N before
// .http where a case has several exchanges.
var exchanges = regexp.MustCompile(`^(client|upstream)\.([a-z]+)(?:\.(\d+))?\.http$`)

// mediaDir holds files that cases include; it is no case.
const mediaDir = "media"

// Load reads every case of a folder, in the order of their names. root is
// where the folder is on disk, for goldens to be written; empty: they cannot
// be. The error tells all faults at once, each with its file.
func Load(files fs.FS, root string) ([]*Case, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var out []*Case
	var faults []error
	models := map[string]string{}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == mediaDir {
			continue
		}
		c, err := loadOne(files, e.Name())
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", e.Name(), err))
			continue
		}
		if root != "" {
			c.Dir = filepath.Join(root, c.Name)
		}
		if other, taken := models[c.Model]; taken {
			faults = append(faults, fmt.Errorf("%s: the model %q is already that of %s", c.Name, c.Model, other))
		}
		models[c.Model] = c.Name
		out = append(out, c)
	}
	return out, errors.Join(faults...)
}

func loadOne(files fs.FS, name string) (*Case, error) {
	text, err := fs.ReadFile(files, path.Join(name, "case.toml"))
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(files, name)
	if err != nil {
		return nil, err
	}
	c := &Case{Name: name, Files: own, Clients: map[string][]Request{}, Upstreams: map[string][]Answer{}}
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
	names, err := fs.Glob(own, "*.http")
	if err != nil {
		return nil, err
	}
	// .2 before .10
	sort.Slice(names, func(i, j int) bool {
		return len(names[i]) < len(names[j]) || len(names[i]) == len(names[j]) && names[i] < names[j]
	})
	for _, file := range names {
		if err := c.add(files, file); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return c, errors.Join(c.check(), c.checkGoldens())
}

// checkGoldens finds goldens of pairs that the case does not have.
func (c *Case) checkGoldens() error {
	names, err := fs.Glob(c.Files, "golden/*")
	if err != nil {
		return err
	}
	judged := map[string]bool{}
	for _, p := range c.AllPairs() {
		judged["golden/"+p.String()+".txtar"] = c.HasGolden(p)
	}
	var faults []error
	for _, name := range names {
		if !judged[name] {
			faults = append(faults, fmt.Errorf("%s: no pair of the case is judged by it; remove it", name))
		}
	}
	return errors.Join(faults...)
}

func (c *Case) add(files fs.FS, name string) error {
	m := exchanges.FindStringSubmatch(name)
	if m == nil || !slices.Contains(Dialects(), m[2]) {
		return errors.New("the name is neither client.DIALECT[.N].http nor upstream.DIALECT[.N].http")
	}
	text, err := fs.ReadFile(c.Files, name)
	if err != nil {
		return err
	}
	if text, err = Include(files, text); err != nil {
		return err
	}
	into := len(c.Clients[m[2]])
	if m[1] == "upstream" {
		into = len(c.Upstreams[m[2]])
	}
	if m[3] != "" && m[3] != strconv.Itoa(into+1) {
		return fmt.Errorf("number %d is missing before it", into+1)
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
