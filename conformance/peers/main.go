// Command peers writes the page that compares gateways, from the JSON reports
// of their runs:
//
//	peers PAGE.md REPORT.json...
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"louter/conformance/report"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("give the page and the reports")
	}
	var all []report.Standing
	for _, name := range args[1:] {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s, err := report.ReadStanding(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, s)
	}
	var page bytes.Buffer
	if err := report.Comparison(&page, all); err != nil {
		return err
	}
	return os.WriteFile(args[0], page.Bytes(), 0o644)
}
