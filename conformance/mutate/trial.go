package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// judge is a test binary over the changed sources, and what of it is run.
type judge struct {
	binary  string
	dir     string
	tests   string
	timeout time.Duration
	reached map[int]bool // the mutants that its tests come by
}

// judgedPackages: the conformance suite first, then what else tests translate/.
var judgedPackages = []struct{ dir, tests string }{
	{"conformance", "^(TestLouterConforms|TestRecordingsOfRealServicesKeepTheirMeaning|TestBodiesAreValidAndDecodeWithoutLoss)$"},
	{"translate", "."}, {"translate/gemini", "."}, {"translate/openaichat", "."}, {"translate/ir", "."},
	{"translate/rawjson", "."}, {"translate/schema", "."}, {"translate/wire", "."},
	{"conformance/recordings", "."}, {"conformance/sdk", "."}, {"conformance/fidelity", "."},
}

func buildJudges(dir, overlay string, timeout time.Duration) ([]*judge, error) {
	var out []*judge
	for _, p := range judgedPackages {
		j := &judge{binary: filepath.Join(dir, strings.ReplaceAll(p.dir, "/", "_")+".test"), dir: p.dir, tests: p.tests, timeout: timeout}
		build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", j.binary, "./"+p.dir)
		if text, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build the mutants: %w\n%.3000s", err, text)
		}
		if err := j.trace(j.binary + ".trace"); err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

func (j *judge) run(env string) error {
	ctx, cancel := context.WithTimeout(context.Background(), j.timeout)
	defer cancel()
	c := exec.CommandContext(ctx, j.binary, "-test.run", j.tests, "-test.failfast", "-test.count=1")
	c.Dir, c.Env = j.dir, append(os.Environ(), env)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%.2000s", err, out)
	}
	return nil
}

// trace runs the tests unchanged: they must pass, and tell which mutants they
// come by.
func (j *judge) trace(file string) error {
	if err := j.run("MUTANT_TRACE=" + file); err != nil {
		return fmt.Errorf("%s fails without a mutant: %w", j.dir, err)
	}
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) { // tests that come by none write none
		return err
	}
	j.reached = map[int]bool{}
	for _, line := range strings.Fields(string(text)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return err
		}
		j.reached[id] = true
	}
	return nil
}

// notices says whether a test fails with the mutant.
func (j *judge) notices(m mutant) bool {
	return j.reached[m.ID] && j.run("MUTANT="+strconv.Itoa(m.ID)) != nil
}

// tryAll gives the mutants that no judge notices, in the order of the source.
func tryAll(judges []*judge, all []mutant, workers int) []mutant {
	var mu sync.Mutex
	var out []mutant
	todo := make(chan mutant)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for m := range todo {
				if noticed(judges, m) {
					continue
				}
				mu.Lock()
				out = append(out, m)
				mu.Unlock()
			}
		})
	}
	for i, m := range all {
		todo <- m
		if i%50 == 49 {
			fmt.Fprintf(os.Stderr, "%d of %d\n", i+1, len(all))
		}
	}
	close(todo)
	running.Wait()
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

func noticed(judges []*judge, m mutant) bool {
	for _, j := range judges {
		if j.notices(m) {
			return true
		}
	}
	return false
}
