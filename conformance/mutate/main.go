// Command mutate shows how much of the translators the conformance suite
// proves: it deletes statements, negates conditions and empties values of
// translate/, one at a time, and counts those that no case notices, and of
// them those that no test of the translators notices either.
//
// All mutants are built into one binary, each behind a switch.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	_ "embed"

	"golang.org/x/tools/go/packages"
)

//go:embed switch.go.txt
var switchSource []byte

// options of a run.
type options struct {
	patterns []string
	count    int // 0: all
	seed     uint64
	workers  int
	timeout  time.Duration
	listed   string // a file for the survivors
}

func main() {
	var o options
	flag.IntVar(&o.count, "n", 200, "how many mutants are tried; 0: all")
	flag.Uint64Var(&o.seed, "seed", 1, "of the choice")
	flag.IntVar(&o.workers, "workers", 2, "how many run side by side")
	flag.DurationVar(&o.timeout, "timeout", 2*time.Minute, "after which a mutant counts as noticed")
	flag.StringVar(&o.listed, "out", "", "a file for the survivors")
	flag.Parse()
	if o.patterns = flag.Args(); len(o.patterns) == 0 {
		o.patterns = []string{"./translate/..."}
	}
	dir, err := os.MkdirTemp("", "louter-mutate")
	if err == nil {
		err = errors.Join(o.run(dir), os.RemoveAll(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func (o options) run(dir string) error {
	top, err := os.Getwd()
	if err != nil {
		return err
	}
	r := &rewriter{top: top, files: map[string][]byte{}}
	if err := r.load(o.patterns); err != nil {
		return err
	}
	overlay, err := r.overlay(dir)
	if err != nil {
		return err
	}
	judges, err := buildJudges(dir, overlay, o.timeout)
	if err != nil {
		return err
	}
	chosen := choose(r.mutants, o.count, o.seed)
	fmt.Printf("%d mutants, %d tried\n", len(r.mutants), len(chosen))
	suite := tryAll(judges[:1], chosen, o.workers)
	survivors := tryAll(judges[1:], suite, o.workers)
	return tell(chosen, suite, survivors, o.listed)
}

func (r *rewriter) load(patterns []string) error {
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
	}, patterns...)
	if err != nil {
		return err
	}
	if packages.PrintErrors(pkgs) > 0 {
		return fmt.Errorf("the packages do not compile")
	}
	for _, pkg := range pkgs {
		for _, file := range pkg.Syntax {
			name := pkg.Fset.Position(file.Pos()).Filename
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if !ast.IsGenerated(file) {
				r.rewrite(pkg, file, source)
			}
		}
	}
	return nil
}

// overlay lays the changed sources over the tree.
func (r *rewriter) overlay(dir string) (string, error) {
	replace := map[string]string{}
	put := func(target string, text []byte) error {
		copied := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		replace[target] = copied
		return os.WriteFile(copied, text, 0o644)
	}
	if err := put(filepath.Join(r.top, "translate", "mutant", "mutant.go"), switchSource); err != nil {
		return "", err
	}
	for name, text := range r.files {
		if err := put(name, text); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, text, 0o644)
}

// choose takes count of the mutants, the same for the same seed.
func choose(all []mutant, count int, seed uint64) []mutant {
	if count <= 0 || count >= len(all) {
		return all
	}
	out := append([]mutant(nil), all...)
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	out = out[:count]
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

func tell(chosen, suite, survivors []mutant, listed string) error {
	var b strings.Builder
	for _, m := range survivors {
		fmt.Fprintf(&b, "%s:%d: %s: %s\n", m.File, m.Line, m.What, m.Code)
	}
	fmt.Print(b.String())
	share := func(n int) float64 { return 100 * float64(n) / float64(max(len(chosen), 1)) }
	fmt.Printf("of %d mutants %d (%.1f %%) passed the conformance suite, and %d (%.1f %%) the translators' own tests, too\n",
		len(chosen), len(suite), share(len(suite)), len(survivors), share(len(survivors)))
	if listed == "" {
		return nil
	}
	return os.WriteFile(listed, []byte(b.String()), 0o644)
}
