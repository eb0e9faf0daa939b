package wire

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

const testLimit = 32 << 20

// pull cuts body at the given places and collects what comes out. Pushed
// memory is spoilt as soon as the splitter may no longer rely on it.
func pull(s Splitter, body []byte, cuts func(rest int) int) ([]Frame, error) {
	var frames []Frame
	drain := func() error {
		for {
			f, ok, err := s.Next()
			if err != nil || !ok {
				return err
			}
			f.Data = append([]byte{}, f.Data...)
			frames = append(frames, f)
		}
	}
	for len(body) > 0 {
		n := cuts(len(body))
		piece := append([]byte{}, body[:n]...)
		body = body[n:]
		s.Push(piece)
		if err := drain(); err != nil {
			return frames, err
		}
		for i := range piece {
			piece[i] = '#'
		}
	}
	s.End()
	return frames, drain()
}

func whole(rest int) int  { return rest }
func single(rest int) int { return min(1, rest) }

func random(seed uint64) func(int) int {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(rest int) int { return 1 + r.IntN(min(rest, 9)) }
}

// sameInAnyCut checks that frames and error do not depend on the cuts.
func sameInAnyCut(t *testing.T, fresh func() Splitter, body []byte) ([]Frame, error) {
	t.Helper()
	want, wantErr := pull(fresh(), body, whole)
	for name, cuts := range map[string]func(int) int{"single bytes": single, "random": random(7), "random 2": random(8)} {
		got, err := pull(fresh(), body, cuts)
		if !errors.Is(err, wantErr) {
			t.Fatalf("cut into %s: error %v, whole: %v", name, err, wantErr)
		}
		sameFrames(t, name, got, want)
	}
	return want, wantErr
}

func sameFrames(t *testing.T, name string, got, want []Frame) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d frames, want %d\n got %q\nwant %q", name, len(got), len(want), got, want)
	}
	for i := range got {
		if got[i].Event != want[i].Event || string(got[i].Data) != string(want[i].Data) {
			t.Fatalf("%s: frame %d is %q %q, want %q %q", name, i, got[i].Event, got[i].Data, want[i].Event, want[i].Data)
		}
	}
}

// allocated counts the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// linear checks that twice the input costs about twice the memory. A
// splitter that looks at its whole buffer for each push would besides not
// come to an end with these sizes.
func linear(t *testing.T, fresh func() Splitter, body func(size int) []byte, cuts func(int) int) {
	t.Helper()
	const size = 2 << 20
	cost := func(n int) uint64 {
		b := body(n)
		return allocated(func() {
			if _, err := pull(fresh(), b, cuts); err != nil {
				t.Fatal(err)
			}
		})
	}
	once, twice := cost(size), cost(2*size)
	if twice > 3*once {
		t.Errorf("%d bytes allocate %d, twice as many %d", size, once, twice)
	}
}

// recordings gives the recorded streams that lie beside the repository.
func recordings(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	shared := os.Getenv("LOUTER_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	paths, err := filepath.Glob(filepath.Join(shared, "recordings", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings at %s (set LOUTER_SHARED): %v", shared, err)
	}
	bodies := make(map[string][]byte, len(paths))
	for _, p := range paths {
		body, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		bodies[p] = body
	}
	return bodies
}
