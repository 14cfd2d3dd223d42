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
		fmt.Fprintf(&b, "\nentries contains lib.entry(%q, %q, said) if some said in lib.untyped(%s.%s)\n", answer, pkg, pkg, answer)
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

// binding writes the question of a rule that is bound to a gate: asked is what
// the rule sees, and what it means when it says no.
func binding(b policy.Bound) string {
	pkg := b.Query[:strings.LastIndexByte(b.Query, '.')]
	seen := "input"
	if b.Input != "" {
		seen = fmt.Sprintf("object.get(input, %q, null)", b.Input)
	}
	reason := asJSON(core.Reason{Code: or(b.Code, "policy_denied"), Message: or(b.Message, "The rule "+b.Query+" does not allow this."), Fix: b.Fix, Rule: pkg})
	asked := fmt.Sprintf("\tasked := {\"input\": %s, \"image\": \"\"}\n", seen)
	if b.EachImage {
		asked = fmt.Sprintf("\tsome image in lib.images(input)\n\tasked := {\"input\": lib.with_image(%s, image), \"image\": image}\n", seen)
	}
	form := allowForm
	if b.Set != "" {
		form = setForm
	}
	return strings.NewReplacer("ASKED", asked, "QUERY", b.Query, "SET", asJSON(b.Set), "REASON", reason, "RULE", asJSON(pkg)).Replace(form)
}

// allowForm: true lets pass, false and undefined deny.
const allowForm = `
entries contains {"answer": "deny", "reason": lib.placed(REASON, asked.image)} if {
ASKED	not QUERY with input as asked.input
}

deny contains lib.failed(RULE, "allow") if {
ASKED	allowed := QUERY with input as asked.input
	not is_boolean(allowed)
}
`

// setForm: a set of texts, or of objects with a msg.
const setForm = `
entries contains lib.foreign(SET, REASON, said, asked.image) if {
ASKED	list := QUERY with input as asked.input
	some said in lib.untyped(list)
}

deny contains lib.failed(RULE, SET) if {
ASKED	list := QUERY with input as asked.input
	not lib.readable(list)
}

deny contains lib.failed(RULE, SET) if {
ASKED	not QUERY with input as asked.input
}
`

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
