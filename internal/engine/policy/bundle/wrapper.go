package bundle

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Root is the package of the wrappers, below data.
const Root = "paddock_decision"

// library is what all wrappers use.
//
//go:embed library.rego
var library string

// wrapper writes what one gate answers, as Set.Answer does.
func wrapper(gate core.Gate, asked policy.Asked) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What the gate %s answers: its policies, the rules that are bound to it, and the\n# rollout. Made by Paddock.\npackage %s.%s\n\nimport data.%s.lib\n%s", gate, Root, gate, Root, decision)
	pkg := "data.paddock." + string(gate)
	for _, answer := range asked.Answers {
		fmt.Fprintf(&b, "\nentries contains lib.entry(%q, %q, said) if some said in %s.%s\n", answer, pkg, pkg, answer)
		fmt.Fprintf(&b, "\nreadable_%s if lib.readable(%s.%s)\n", answer, pkg, answer)
		fmt.Fprintf(&b, "\ndeny contains lib.failed(%q, %q) if not readable_%s\n", pkg, answer, answer)
	}
	for _, bound := range asked.Bindings {
		b.WriteString(binding(bound))
	}
	return b.String()
}

// decision is what every gate does with what its policies say.
const decision = `
default allow := false

allow if {
	count(deny) == 0
	count(approve) == 0
}

entries contains e if {
	some e in []
}

deny contains e.reason if {
	some e in entries
	e.answer == "deny"
	lib.outcome(e.reason) == "deny"
}

warn contains lib.warning(e.reason) if {
	some e in entries
	e.answer == "deny"
	lib.outcome(e.reason) == "warn"
}

warn contains e.reason if {
	some e in entries
	e.answer == "warn"
}

approve contains need if some need in lib.needs(entries)
`

// binding writes the question of a rule that is bound to a gate.
func binding(b policy.Bound) string {
	pkg := b.Query[:strings.LastIndexByte(b.Query, '.')]
	seen := "input"
	if b.Input != "" {
		seen = fmt.Sprintf("object.get(input, %q, null)", b.Input)
	}
	reason := core.Reason{Code: or(b.Code, "policy_denied"), Message: or(b.Message, "The rule "+b.Query+" does not allow this."), Fix: b.Fix, Rule: pkg}
	asks := []string{fmt.Sprintf("asked := {\"input\": %s, \"reason\": %s}", seen, asJSON(reason))}
	if b.EachImage {
		asks = []string{"some image in lib.images(input)", fmt.Sprintf("asked := {\"input\": lib.with_image(%s, image), \"reason\": lib.placed(%s, image)}", seen, asJSON(reason))}
	}
	ask := "\t" + strings.Join(asks, "\n\t")
	return fmt.Sprintf("\nentries contains {\"answer\": \"deny\", \"reason\": asked.reason} if {\n%s\n\tnot %s with input as asked.input\n}\n", ask, b.Query) +
		fmt.Sprintf("\ndeny contains lib.failed(%q, \"allow\") if {\n%s\n\tallowed := %s with input as asked.input\n\tnot is_boolean(allowed)\n}\n", pkg, ask, b.Query)
}

// asJSON writes a value that is Rego too.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(b)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
