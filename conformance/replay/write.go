package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"math/rand/v2"
	"net/http"

	"louter/conformance/scenario"
)

// Cuts say how an answer is split on its way: as recorded, or at random
// borders of a seed that is not 0.
type Cuts struct{ Seed uint64 }

// write sends the answer. A stream of Gemini that was not asked for as SSE is
// a JSON array, as the service answers.
func (s *Server) write(ctx context.Context, w http.ResponseWriter, a scenario.Answer, array bool, cuts Cuts) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	steps := a.Steps
	if array {
		steps = scenario.ArraySteps(steps)
		w.Header().Set("Content-Type", "application/json")
	}
	if a.Gzip {
		w.Header().Set("Content-Encoding", "gzip")
		steps = zipped(steps)
	}
	if cuts.Seed != 0 {
		steps = recut(steps, cuts.Seed)
	}
	w.WriteHeader(a.Status)
	out := http.NewResponseController(w)
	send := func(part []byte) {
		if _, err := w.Write(part); err != nil {
			panic(http.ErrAbortHandler) // the gateway has left
		}
		if len(steps) == 1 {
			return // a whole answer gets its length
		}
		if err := out.Flush(); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	for _, step := range steps {
		s.pause(ctx, step.Wait)
		if step.Abort {
			if err := out.Flush(); err != nil {
				panic(http.ErrAbortHandler)
			}
			panic(http.ErrAbortHandler)
		}
		if cut := step.Cut; cut > 0 && cut < len(step.Bytes) {
			send(step.Bytes[:cut])
			if err := out.Flush(); err != nil {
				panic(http.ErrAbortHandler)
			}
			s.pause(ctx, step.CutWait)
			step.Bytes = step.Bytes[cut:]
		}
		send(step.Bytes)
	}
}

// recut joins the steps and cuts them anew, often inside a rune or a line end.
func recut(steps []scenario.Step, seed uint64) []scenario.Step {
	random := rand.New(rand.NewPCG(seed, 7))
	var all []byte
	var abort []scenario.Step
	for _, s := range steps {
		all = append(all, s.Bytes...)
		if s.Abort {
			abort = []scenario.Step{s}
		}
	}
	var out []scenario.Step
	for len(all) > 0 {
		n := min(len(all), 1+random.IntN(len(all)/16+8))
		out = append(out, scenario.Step{Bytes: all[:n]})
		all = all[n:]
	}
	return append(out, abort...)
}

func zipped(steps []scenario.Step) []scenario.Step {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	var out []scenario.Step
	for i, s := range steps {
		// A bytes.Buffer never fails to be written.
		if _, err := z.Write(s.Bytes); err != nil {
			panic(err)
		}
		end := z.Flush
		if i == len(steps)-1 {
			end = z.Close
		}
		if err := end(); err != nil {
			panic(err)
		}
		s.Bytes, s.Cut = bytes.Clone(b.Bytes()), 0
		b.Reset()
		out = append(out, s)
	}
	return out
}
