package findings

import (
	"slices"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// Text is one entry of the catalogue: a code and what a maker reads about it.
// Words in braces, as in {package}, are filled in by New.
type Text struct {
	Code     string
	Check    string        // the check that finds it
	Severity core.Severity // Blocker findings stop the merge
	Grave    bool          // being known before does not excuse it, unless somebody says why
	Title    string        // at most ten words; heads a group of findings
	What     string
	Why      string
	Fix      []string          // ordered steps
	Then     []string          // steps after the edits of a finding that has edits, which stand in place of Fix
	Example  map[string]string // a value for each word in braces, for the documentation
}

// Docs returns the path of the page that explains the code.
// An organisation's own rules have none.
func (t Text) Docs() string {
	if strings.HasPrefix(t.Code, rulebook.OwnPrefix) {
		return ""
	}
	return "/docs/findings/" + t.Code
}

// All returns the whole catalogue, in the order of the checks.
func All() []Text { return slices.Concat(parts()...) }

func parts() [][]Text {
	return [][]Text{
		descriptorTexts,
		lintTexts,
		secretTexts,
		dependencyTexts,
		listTexts,
		licenceTexts,
		codeTexts(),
		placeTexts,
		vendorTexts,
		dataTexts,
		outsideTexts,
		policyTexts,
		pipelineTexts,
		pipelineSafeTexts,
		runTexts,
	}
}

// Lookup returns the entry of a code.
func Lookup(code string) (Text, bool) {
	for _, part := range parts() {
		for i := range part {
			if part[i].Code == code {
				return part[i], true
			}
		}
	}
	return Text{}, false
}

// OfRule returns the words of a rule about code.
func OfRule(r rulebook.Rule) Text {
	return Text{Code: r.Code, Check: "code", Severity: core.Severity(r.Severity), Title: r.Title, What: r.What, Why: r.Why, Fix: r.Fix, Then: r.Then, Example: r.Example}
}

// codeTexts returns the words of the rules about code.
var codeTexts = sync.OnceValue(func() []Text {
	var out []Text
	for _, r := range rulebook.Builtin().Rules {
		out = append(out, OfRule(r))
	}
	return out
})
