package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// reason excuses differences by their exact names, or a whole list of values
// (" = *"): a wider pattern would hide tomorrow's.
type reason struct {
	Differences []string `toml:"differences"`
	Why         string   `toml:"why"`
}

func readReasons(path string) ([]reason, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Reason []reason `toml:"reason"`
	}
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, r := range file.Reason {
		if strings.TrimSpace(r.Why) == "" {
			return nil, fmt.Errorf("%s: a reason without its why", path)
		}
	}
	return file.Reason, nil
}

// excuse takes out the differences that have a reason, and adds the reasons
// that fit nothing any more.
func excuse(differences []string, reasons []reason) []string {
	excused := make([]bool, len(differences))
	var left []string
	for _, r := range reasons {
		for _, pattern := range r.Differences {
			used := false
			for i, d := range differences {
				if d == pattern || strings.HasSuffix(pattern, " = *") && strings.HasPrefix(d, strings.TrimSuffix(pattern, "*")) {
					excused[i], used = true, true
				}
			}
			if !used {
				left = append(left, "stale reason: "+pattern)
			}
		}
	}
	for i, d := range differences {
		if !excused[i] {
			left = append(left, d)
		}
	}
	return left
}
