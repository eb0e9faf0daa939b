// Package record asks real services what the cases' clients ask, and writes
// what comes back as the cases' upstream files, with its chunk borders and
// its timing, without secrets.
package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"louter/conformance/compare"
	"louter/conformance/scenario"
)

// Service is where a dialect is recorded from.
type Service struct {
	URL   string // without the path of the protocol
	Key   string
	Model string // what {{model}} stands for
}

// Options of a recording.
type Options struct {
	Services map[string]Service // by dialect
	Client   *http.Client
	Media    string // address that the services reach the cases' media at
	Now      func() time.Time
	// Done is told each file that was written, and each that was not with why.
	Done func(file, why string)
}

// maxAnswer bounds what is recorded.
const maxAnswer = 32 << 20

// Run records every case with each dialect that has a service and that the
// case has a client file of. Only upstream files are written, and only where
// the service answered with the status that the case wants. The error tells
// what could not be recorded.
func Run(ctx context.Context, cases []*scenario.Case, o Options) error {
	var faults []error
	for _, c := range cases {
		for _, dialect := range scenario.Dialects() {
			service, known := o.Services[dialect]
			if !known || !wants(c, dialect) {
				continue
			}
			if err := o.record(ctx, c, dialect, service); err != nil {
				faults = append(faults, fmt.Errorf("%s %s: %w", c.Name, dialect, err))
				o.Done(c.Name+" "+dialect, err.Error())
			}
		}
	}
	return errors.Join(faults...)
}

// wants: the gateway's own answers and foreign servers' accents are not the
// service's to give.
func wants(c *scenario.Case, dialect string) bool {
	if c.Refused || c.Recorded || c.Requests != 0 || c.OffSchema[dialect] != "" || len(c.Clients[dialect]) == 0 {
		return false
	}
	for _, p := range c.AllPairs() {
		if p.Back == dialect {
			return true
		}
	}
	return len(c.Pairs) == 0
}

func (o Options) record(ctx context.Context, c *scenario.Case, dialect string, s Service) error {
	if c.Dir == "" {
		return errors.New("the case is not on disk")
	}
	requests := c.Clients[dialect]
	if slices.ContainsFunc(requests, scenario.Request.NamesURL) && o.Media == "" {
		return errors.New("the service must reach the media: no address of them is given")
	}
	var said []string
	var texts [][]byte
	for i, r := range requests {
		filled, err := r.Fill(scenario.Values{Model: s.Model, Media: o.Media, Answers: said})
		if err != nil {
			return err
		}
		got, err := o.ask(ctx, dialect, s, filled)
		if err != nil {
			return fmt.Errorf("request %d: %w", i+1, err)
		}
		want := http.StatusOK
		if i == len(requests)-1 {
			want = c.WantStatus(scenario.Pair{Front: dialect, Back: dialect})
		}
		if got.status != want {
			return fmt.Errorf("request %d: the service answered %d, the case wants %d; nothing is written", i+1, got.status, want)
		}
		said = append(said, compare.Documents(got.header.Get("Content-Type"), got.body))
		texts = append(texts, redact(got.text(s.Model, o.Now()), s.Key))
	}
	for i, text := range texts {
		name := "upstream." + dialect + ".http"
		if len(texts) > 1 {
			name = fmt.Sprintf("upstream.%s.%d.http", dialect, i+1)
		}
		if _, err := scenario.ParseAnswer(text); err != nil {
			return fmt.Errorf("what was recorded cannot be replayed: %w", err)
		}
		if err := os.WriteFile(filepath.Join(c.Dir, name), text, 0o644); err != nil {
			return err
		}
		o.Done(c.Name+"/"+name, "")
	}
	return nil
}

// answer is what came, piece by piece.
type answer struct {
	status int
	header http.Header
	body   []byte
	pieces []piece
	broken bool
}

// piece ends at a byte of the body and came so long after the headers.
type piece struct {
	end int
	at  time.Duration
}

func (o Options) ask(ctx context.Context, dialect string, s Service, r scenario.Request) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, strings.TrimRight(s.URL, "/")+r.Target, bytes.NewReader(r.Body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if dialect == scenario.Gemini {
		req.Header.Set("X-Goog-Api-Key", s.Key)
	} else {
		req.Header.Set("Authorization", "Bearer "+s.Key)
	}
	resp, err := o.Client.Do(req)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, header: resp.Header}
	err = a.read(resp.Body, o.Now)
	return a, errors.Join(err, resp.Body.Close())
}

func (a *answer) read(from io.Reader, now func() time.Time) error {
	start := now()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			a.body = append(a.body, buf[:n]...)
			a.pieces = append(a.pieces, piece{len(a.body), now().Sub(start)})
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && len(a.body) > 0:
			a.broken = true // that is a recording too
			return nil
		case err != nil:
			return err
		case len(a.body) > maxAnswer:
			return fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
		}
	}
}
