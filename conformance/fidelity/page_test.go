package fidelity

import (
	"fmt"
	"slices"
	"strings"
)

const pageHead = `# Where each field goes

<!-- Written by "make fidelity" from what the translators do. Do not edit. -->

Gemini to Gemini and Chat Completions to Chat Completions pass byte for byte: nothing on this page concerns them. On the two other ways every field of the API descriptions in ` + "`openapi/`" + ` is in one of these tables, and each line was observed: the field was left out of a document, or given another value, and what changed is what stands here. The documents are in ` + "`conformance/fidelity/testdata`" + `.

| In a cell | means |
|---|---|
| ` + "`path`" + ` | the field is carried, to there; ` + "`[]`" + ` is any element |
| emulated | its meaning is brought about by other means |
| told | it is lost, or lost in part, with notice: named in ` + "`X-Louter-Dropped`" + ` or, where a stream has begun, in the log and in ` + "`louter_dropped_fields_total`" + `; under ` + "`strict = true`" + ` a request with it is a 400 |
| refused | a request with it is a 400 that names it; without it the request would be another one |
| implied | nothing to carry, for the reason given |
| as its members | an object or a list: see the lines below it |

Where a cell has several entries, it depends on the value or on what stands around it. ` + "`(answer)`" + ` is the answer that the client gets, ` + "`(error)`" + ` the error; ` + "`(path)`" + ` is the path of the call. Media by URL that a backend does not fetch itself is fetched by Louter and sent inline. Requests were for ` + "`gpt-4.1`" + ` and ` + "`gemini-2.5-pro`" + ` unless the document names another model; models differ in what they take.
`

// page is the whole of docs/fidelity.md.
type page struct{ b strings.Builder }

func (p *page) table(tb table, fates []map[string]*fate, e explained) {
	fmt.Fprintf(&p.b, "\n## %s\n\n", tb.title)
	p.head("Field", tb.ways)
	for _, f := range tb.fields {
		p.row(f.path, f.holds, fates, e)
	}
	p.keywords(tb, fates, e)
}

func (p *page) head(first string, ways []way) {
	fmt.Fprintf(&p.b, "| %s |", first)
	for _, w := range ways {
		fmt.Fprintf(&p.b, " %s |", w.title)
	}
	fmt.Fprintf(&p.b, "\n|---|%s\n", strings.Repeat("---|", len(ways)))
}

func (p *page) row(path string, holds bool, fates []map[string]*fate, e explained) {
	fmt.Fprintf(&p.b, "| `%s` |", path)
	before := ""
	for i, of := range fates {
		cell := describe(path, of[path], holds, e)
		if i > 0 && cell == before {
			fmt.Fprint(&p.b, " same |")
		} else {
			fmt.Fprintf(&p.b, " %s |", cell)
		}
		before = cell
	}
	p.b.WriteByte('\n')
}

// describe says in words what becomes of a field.
func describe(path string, f *fate, holds bool, e explained) string {
	if f == nil {
		f = &fate{}
	}
	var all []string
	if len(f.to) > 0 && holds {
		return "as its members"
	}
	if len(f.to) > 0 {
		all = append(all, targets(f.to))
		if why := e.Emulated[path]; why != "" {
			all[0] = "emulated: " + all[0] + ", " + why
		}
	}
	for _, why := range slices.Sorted(slices.Values(f.lost)) {
		all = append(all, "told: "+why)
	}
	for _, why := range slices.Sorted(slices.Values(f.refused)) {
		all = append(all, "refused: "+strings.TrimSuffix(withoutPlace(why), "."))
	}
	switch why := e.implied(path); {
	case len(f.silent) > 0 || !f.seen && why != "":
		all = append(all, "implied: "+why)
	case !f.seen || len(f.to)+len(f.lost)+len(f.refused) == 0:
		all = append(all, e.outer(path, f))
	}
	return strings.ReplaceAll(strings.Join(all, "; "), "|", "\\|")
}

// outer is the reason that a field shares with the one that holds it.
func (e explained) outer(path string, f *fate) string {
	for _, outer := range f.idleIn {
		if why := e.implied(outer); why != "" {
			return "implied: " + why
		}
	}
	return "as its members"
}

// withoutPlace takes the place in the sample off a refusal.
func withoutPlace(message string) string {
	words := strings.Fields(message)
	for i, word := range words {
		bare := strings.Trim(word, "'.:,")
		if strings.Contains(bare, ".") && fieldOf(bare) != bare {
			words[i] = strings.Replace(word, bare, fieldOf(bare), 1)
		}
	}
	return strings.Join(words, " ")
}

// maxTargets is how many paths a cell names.
const maxTargets = 4

func targets(paths []string) string {
	var out []string
	for _, path := range slices.Sorted(slices.Values(paths)) {
		if strings.HasPrefix(path, "(answer)") {
			path = "(answer)"
		}
		if n := len(out); n > 0 && (path == out[n-1] || strings.HasPrefix(path, out[n-1]+".")) {
			continue
		}
		out = append(out, path)
	}
	if shared := sharedPath(out); len(out) > maxTargets && shared != "" {
		return "`" + shared + "` as a whole"
	}
	rest := ""
	if more := len(out) - maxTargets; more > 0 {
		out, rest = out[:maxTargets], fmt.Sprintf(" and %d more", more)
	}
	return "`" + strings.Join(out, "`, `") + "`" + rest
}

// sharedPath is the path that all lie in; empty where there is none.
func sharedPath(paths []string) string {
	shared := strings.Split(paths[0], ".")
	for _, path := range paths[1:] {
		words := strings.Split(path, ".")
		n := 0
		for n < len(shared) && n < len(words) && shared[n] == words[n] {
			n++
		}
		shared = shared[:n]
	}
	return strings.Join(shared, ".")
}
