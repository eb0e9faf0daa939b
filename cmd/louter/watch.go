package main

import (
	"crypto/sha256"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long files must be quiet: an editor writes in several steps.
const settle = 200 * time.Millisecond

// sources remembers what was read for a configuration: whatever its text
// names, include and ${file:} alike, goes through read.
type sources struct{ seen map[string][sha256.Size]byte }

func (s *sources) read(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if s.seen == nil {
		s.seen = map[string][sha256.Size]byte{}
	}
	if err != nil {
		s.seen[name] = [sha256.Size]byte{} // its coming is a change, too
		return nil, err
	}
	s.seen[name] = sha256.Sum256(data)
	return data, nil
}

// forget begins anew and gives what was read until now.
func (s *sources) forget() map[string][sha256.Size]byte {
	old := s.seen
	s.seen = nil
	return old
}

func (s *sources) same(old map[string][sha256.Size]byte) bool { return maps.Equal(s.seen, old) }

// follow watches the directories of what was read: the files themselves are
// replaced by editors, and a ConfigMap swaps the symlink they lead through
// (reports F18). A directory that is not there cannot be watched.
func (s *sources) follow(w *fsnotify.Watcher) error {
	for name := range s.seen {
		dirs := []string{filepath.Dir(name)}
		if real, err := filepath.EvalSymlinks(name); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
		for _, dir := range dirs {
			if _, err := os.Stat(dir); err != nil {
				continue // findFile looks in places that need not be
			}
			if err := w.Add(dir); err != nil {
				return err
			}
		}
	}
	return nil
}
