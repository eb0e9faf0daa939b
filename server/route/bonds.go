package route

import (
	"bytes"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"louter/server/exchange"
)

// bonds remembers which backend made what only it can read again: a thought's
// signature, a file, cached content. A request that carries one goes to that
// backend first. They are learnt from the bytes of answers and looked for in
// the bytes of requests; nothing is decoded for it, and nothing is looked for
// before something was learnt. Keys hold the tenant (promise 7). What was
// forgotten, or made before a restart, is balanced as any other request.
type bonds struct {
	makers *otter.Cache[string, string]
	// What was never learnt is not looked for.
	signatures, names atomic.Bool
}

const (
	rememberedBonds = 20_000
	// bondLength is how much of a token tells it from others; signatures are
	// long and random from their start on.
	bondLength = 48
	// mostBonds bounds what is looked for in one request.
	mostBonds = 64
)

// signature is the end of "thoughtSignature" and "thought_signature".
var signature = []byte(`ignature"`)

// stored are the beginnings of names of what a provider keeps.
var stored = [][]byte{
	[]byte("files/"), []byte("cachedContents/"), // Gemini
	[]byte("file-"), []byte("resp_"), []byte("conv_"), []byte("batch_"), []byte("vs_"), // OpenAI
}

func newBonds() (*bonds, error) {
	c, err := otter.New(&otter.Options[string, string]{MaximumSize: rememberedBonds})
	if err != nil {
		return nil, err
	}
	return &bonds{makers: c}, nil
}

// learn takes what an answer's bytes name.
func (b *bonds) learn(tenant, backend string, data []byte, names bool) {
	put := func(token []byte) bool {
		key := tenant + "\x00" + string(token)
		if known, found := b.makers.GetIfPresent(key); !found || known != backend {
			b.makers.Set(key, backend) // a stream says its name with each event
		}
		return true
	}
	for at := bytes.Index(data, signature); at >= 0; {
		if token := valueAt(data[at+len(signature):]); len(token) > 0 {
			b.signatures.Store(true)
			put(token)
		}
		step := bytes.Index(data[at+1:], signature)
		if step < 0 {
			break
		}
		at += 1 + step
	}
	if names {
		eachName(data, func(token []byte) bool {
			b.names.Store(true)
			return put(token)
		})
	}
}

// maker finds the backend that a request is bound to: by its last signature,
// else by what it names.
func (b *bonds) maker(x *exchange.Exchange) string {
	found := ""
	look := func(token []byte) bool {
		maker, known := b.makers.GetIfPresent(x.Tenant + "\x00" + string(token))
		if known {
			found = maker
		}
		return !known
	}
	if b.signatures.Load() {
		if token := lastSignature(x.Call.Body); token != nil && !look(token) {
			return found
		}
	}
	if b.names.Load() && eachName([]byte(x.Call.Path), look) {
		eachName(x.Call.Body, look)
	}
	return found
}

func lastSignature(body []byte) []byte {
	at := bytes.LastIndex(body, signature)
	if at < 0 {
		return nil
	}
	return valueAt(body[at+len(signature):])
}

// first moves the target of the backend to the front.
func first(targets []exchange.Target, backend string) {
	for i, t := range targets {
		if t.Backend == backend {
			copy(targets[1:i+1], targets[:i])
			targets[0] = t
			return
		}
	}
}

// valueAt gives the beginning of the string after a member's name; nil where
// none stands there or it is not whole.
func valueAt(rest []byte) []byte {
	rest = bytes.TrimLeft(rest, ": \t\r\n")
	if len(rest) == 0 || rest[0] != '"' {
		return nil
	}
	rest = rest[1:]
	end := bytes.IndexByte(rest[:min(len(rest), bondLength)], '"')
	switch {
	case end >= 0:
		return rest[:end]
	case len(rest) >= bondLength:
		return rest[:bondLength]
	}
	return nil
}

// eachName calls visit with each name of something stored, until it says no.
func eachName(data []byte, visit func([]byte) bool) bool {
	for _, mark := range stored {
		rest := data
		for range mostBonds {
			at := bytes.Index(rest, mark)
			if at < 0 {
				break
			}
			end := at + len(mark)
			for end < len(rest) && end-at < bondLength && inName(rest[end]) {
				end++
			}
			if end > at+len(mark) && !visit(rest[at:end]) {
				return false
			}
			rest = rest[end:]
		}
	}
	return true
}

func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}
