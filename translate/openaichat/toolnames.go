package openaichat

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"louter/translate/ir"
)

// toolNames maps the names and ids of a conversation to what a server takes,
// and back. Both ways are found from the request alone, so that the reader
// of the answer needs nothing from the writer of the request.
type toolNames struct {
	form  callIDForm
	limit int
	sent  map[string]string // by the client's name; only names that change
	// own is the client's name by the one that was sent.
	own    map[string]string
	custom map[string]bool // tools with free-form input, by the client's name
}

func newToolNames(p *profile, req *ir.Request) *toolNames {
	n := &toolNames{form: p.CallID, limit: p.ToolNameMax, sent: map[string]string{}, own: map[string]string{}, custom: map[string]bool{}}
	for _, t := range req.Tools {
		if t.Kind == ir.ToolWebSearch {
			continue
		}
		n.custom[t.Name] = t.Kind == ir.ToolCustom
		n.add(t.Name)
	}
	for _, turn := range req.Turns {
		for _, p := range turn.Parts {
			if call, isCall := p.(ir.ToolCall); isCall {
				n.add(call.Name)
			}
		}
	}
	return n
}

// add finds a name that the server takes; two of the client's never share one.
func (n *toolNames) add(name string) {
	if n.sent[name] != "" {
		return
	}
	fit := name
	if n.limit > 0 {
		fit = fitName(name, n.limit)
	}
	for i := 2; n.own[fit] != "" && n.own[fit] != name; i++ {
		tail := "_" + strconv.Itoa(i)
		fit = fit[:min(len(fit), max(0, n.limit-len(tail)))] + tail
	}
	n.sent[name], n.own[fit] = fit, name
}

func fitName(name string, limit int) string {
	fit := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
	return fit[:min(len(fit), limit)]
}

// toServer gives the name to send.
func (n *toolNames) toServer(name string) string {
	if fit := n.sent[name]; fit != "" {
		return fit
	}
	return name
}

// toClient gives the client's own name for one in an answer.
func (n *toolNames) toClient(name string) string {
	if own := n.own[name]; own != "" {
		return own
	}
	return name
}

// callID gives an id that the server takes; the same for the same id, so that
// calls and results stay paired.
func (n *toolNames) callID(id string) string {
	switch n.form {
	case callIDMax40:
		if len(id) <= 40 {
			return id
		}
		return "call_" + digest(id)[:24]
	case callIDAlnum9:
		if len(id) == 9 && fitName(id, 9) == id && !strings.ContainsAny(id, "_-") {
			return id
		}
		return digest(id)[:9]
	}
	return id
}

// digest spells a hash in letters and digits.
func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.NewReplacer("-", "x", "_", "y").Replace(base64.RawURLEncoding.EncodeToString(sum[:]))
}
