// Command specdrift compares openapi/*.yaml with the official material and
// lists fields and enum values that are missing or too many. A difference is
// an error unless openapi/drift.toml gives its reason; a reason that fits no
// difference is one, too.
//
//	specdrift -shared ../shared
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

func main() {
	shared := flag.String("shared", os.Getenv("LOUTER_SHARED"), "the folder with specs/openai/openapi.json and specs/gemini/*.proto; default ../shared")
	root := flag.String("root", ".", "the repository")
	flag.Parse()
	if *shared == "" {
		*shared = filepath.Join(*root, "..", "shared")
	}
	left, err := run(*root, *shared)
	if err != nil {
		fmt.Fprintln(os.Stderr, "specdrift:", err)
		os.Exit(1)
	}
	for _, d := range left {
		fmt.Println(d)
	}
	if len(left) > 0 {
		fmt.Fprintf(os.Stderr, "specdrift: %d differences without a reason in openapi/drift.toml\n", len(left))
		os.Exit(1)
	}
	fmt.Println("no drift without a reason")
}

func run(root, shared string) ([]string, error) {
	openai, err := driftOpenAI(filepath.Join(root, "openapi", "openai.yaml"), filepath.Join(shared, "specs", "openai", "openapi.json"))
	if err != nil {
		return nil, err
	}
	dir, err := genaiDir(root)
	if err != nil {
		return nil, err
	}
	gemini, err := driftGemini(filepath.Join(root, "openapi", "gemini.yaml"), dir, filepath.Join(shared, "specs", "gemini"))
	if err != nil {
		return nil, err
	}
	reasons, err := readReasons(filepath.Join(root, "openapi", "drift.toml"))
	if err != nil {
		return nil, err
	}
	all := append(openai, gemini...)
	sort.Strings(all)
	return excuse(all, reasons), nil
}
