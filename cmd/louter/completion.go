package main

import (
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help is shown below the flags.
func (completionCommand) Help() string {
	return `For bash: source <(louter completion bash). For zsh: louter completion zsh >"${fpath[1]}/_louter". For fish: louter completion fish | source.`
}

// Run prints the script; it holds every verb and flag that there are.
func (c completionCommand) Run(con console, parsed *kong.Context) error {
	t, err := template.New(c.Shell).Funcs(template.FuncMap{"quote": quoteFor(c.Shell), "paths": paths}).Parse(shells[c.Shell])
	if err != nil {
		return err
	}
	return t.Execute(con.out, placesOf(parsed.Model.Node))
}

// place is where a command line may stand: "louter config show".
type place struct {
	At    string
	Verbs []offer // and fixed arguments
	Flags []offer
}

// offer is one word that may come next.
type offer struct {
	Name, Help string
	Takes      bool // a flag whose value is the word after it
}

// placesOf walks the grammar that the command line itself is read by.
func placesOf(root *kong.Node) []place {
	var all []place
	var visit func(*kong.Node, string)
	visit = func(n *kong.Node, at string) {
		p := place{At: at}
		for _, group := range n.AllFlags(true) {
			for _, f := range group {
				p.Flags = append(p.Flags, offer{"--" + f.Name, firstSentence(f.Help), !f.IsBool()})
			}
		}
		for _, argument := range n.Positional {
			if argument.Enum == "" {
				continue
			}
			for _, value := range argument.EnumSlice() {
				p.Verbs = append(p.Verbs, offer{Name: value, Help: firstSentence(argument.Help)})
			}
		}
		for _, child := range n.Children {
			if !child.Hidden {
				p.Verbs = append(p.Verbs, offer{Name: child.Name, Help: firstSentence(child.Help)})
			}
		}
		all = append(all, p)
		for _, child := range n.Children {
			if !child.Hidden {
				visit(child, at+" "+child.Name)
			}
		}
	}
	visit(root, root.Name)
	return all
}

func firstSentence(help string) string {
	first, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(first, ".")
}

// paths are the places that a word leads to.
func paths(all []place) []string {
	names := make([]string, 0, len(all))
	for _, p := range all[1:] {
		names = append(names, p.At)
	}
	return names
}

// quoteFor puts a text into single quotes, as the shell ends them.
func quoteFor(shell string) func(string) string {
	return func(text string) string {
		if shell == "fish" {
			return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
		}
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
}

// shells are the scripts. Each follows the words before the cursor from place
// to place. After a flag that takes a value, and where nothing else fits, the
// shell offers files.
var shells = map[string]string{
	"bash": `# bash completion for louter
_louter() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at=louter word
	COMPREPLY=()
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case "$at $word" in
{{- range paths .}}
		{{quote .}}) at="$at $word" ;;
{{- end}}
		esac
	done
	case "$at $prev" in
	*' =') return ;;
{{- range $p := .}}{{range .Flags}}{{if .Takes}}
	{{quote (print $p.At " " .Name)}}) return ;;
{{- end}}{{end}}{{end}}
	esac
	case "$at" in
{{- range .}}
	{{quote .At}}) COMPREPLY=($(compgen -W '{{range .Verbs}}{{.Name}} {{end}}{{range .Flags}}{{.Name}} {{end}}' -- "$cur")) ;;
{{- end}}
	esac
}
complete -o default -F _louter louter
`,
	"zsh": `#compdef louter
# zsh completion for louter
_louter() {
	local at=louter word
	local -a all
	for word in "${(@)words[2,CURRENT-1]}"; do
		case "$at $word" in
{{- range paths .}}
		({{quote .}}) at="$at $word" ;;
{{- end}}
		esac
	done
	case "$at ${words[CURRENT-1]}" in
{{- range $p := .}}{{range .Flags}}{{if .Takes}}
	({{quote (print $p.At " " .Name)}}) _files; return ;;
{{- end}}{{end}}{{end}}
	esac
	case "$at" in
{{- range .}}
	({{quote .At}}) all=({{range .Verbs}}{{quote (print .Name ":" .Help)}} {{end}}{{range .Flags}}{{quote (print .Name ":" .Help)}} {{end}}) ;;
{{- end}}
	esac
	_describe louter all || _files
}
if [ "$funcstack[1]" = _louter ]; then
	_louter "$@"
else
	compdef _louter louter
fi
`,
	"fish": `# fish completion for louter
function __louter_at
	set -l at louter
	for word in (commandline -opc)[2..-1]
		switch "$at $word"
{{- range paths .}}
			case {{quote .}}
				set at "$at $word"
{{- end}}
		end
	end
	test "$at" = "$argv"
end
{{range $p := .}}{{range .Verbs -}}
complete -c louter -n {{quote (print "__louter_at " $p.At)}} -f -a {{.Name}} -d {{quote .Help}}
{{end}}{{range .Flags -}}
complete -c louter -n {{quote (print "__louter_at " $p.At)}} -l {{slice .Name 2}}{{if .Takes}} -r{{end}} -d {{quote .Help}}
{{end}}{{end}}`,
}
