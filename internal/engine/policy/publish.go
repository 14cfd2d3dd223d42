package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Publish is a revision of the governance repository that is to be put in force.
type Publish struct {
	Kind        string        `json:"kind" doc:"publish or rollback; empty at other gates."`
	Commit      string        `json:"commit" doc:"The commit that is to decide."`
	Direct      bool          `json:"direct" doc:"It was pushed to main, without a change that others could look at."`
	Files       []string      `json:"files" doc:"Paths that are not as in the revision in force."`
	Rules       PublishRules  `json:"rules" doc:"What becomes of rules, by the codes of their denials and warnings."`
	Exemptions  PublishExempt `json:"exemptions"`
	Tests       PublishTests  `json:"tests"`
	Preview     PublishImpact `json:"preview" doc:"What the revision would change for the apps there are."`
	PreviewDone bool          `json:"preview_done" doc:"The preview could be made; if not, its numbers are 0."`
}

// PublishRules is what becomes of rules.
type PublishRules struct {
	Added   []string      `json:"added"`
	Removed []string      `json:"removed"`
	Changed []string      `json:"changed" doc:"The text of a rule with the code is another."`
	Stages  []StageChange `json:"stages" doc:"How far a rule reaches is another."`
	Halted  []string      `json:"halted" doc:"They only warn, because they would newly block more apps than halt_above."`
}

// StageChange is a rule whose reach changes.
type StageChange struct {
	Rule string `json:"rule"`
	From string `json:"from" doc:"off, warn, enforce, or a longer text for a reach of several stages."`
	To   string `json:"to"`
}

// PublishExempt is what becomes of exemptions.
type PublishExempt struct {
	Added   []Exemption `json:"added" doc:"Those that are new or say something else."`
	Removed []Exemption `json:"removed"`
}

// PublishTests is how the policies' own tests went.
type PublishTests struct {
	Passed   int     `json:"passed"`
	Skipped  int     `json:"skipped"`
	Coverage float64 `json:"coverage" doc:"Lines of the rules that tests run, in percent; 0 where nobody asked for it."`
}

// PublishImpact counts apps, not gates.
type PublishImpact struct {
	Asked        int           `json:"asked" doc:"Questions that both revisions were asked."`
	NewlyBlocked int           `json:"newly_blocked"`
	NewlyWaiting int           `json:"newly_waiting"`
	NewlyAllowed int           `json:"newly_allowed"`
	NotEvaluated int           `json:"not_evaluated"`
	BlockedBy    []RuleBlocked `json:"blocked_by" doc:"Apps newly blocked, by rule, before any rule was halted."`
}

// RuleBlocked is how many apps a rule newly blocks.
type RuleBlocked struct {
	Rule string `json:"rule"`
	Apps int    `json:"apps"`
}

// Compare says what a revision changes of another one. Either may be nil.
func Compare(from, to *Set) (PublishRules, PublishExempt) {
	var r PublishRules
	was, is := from.ruleTexts(), to.ruleTexts()
	for _, code := range slices.Sorted(maps.Keys(is)) {
		switch old, there := was[code]; {
		case !there:
			r.Added = append(r.Added, code)
		case old != is[code]:
			r.Changed = append(r.Changed, code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(was)) {
		if _, there := is[code]; !there {
			r.Removed = append(r.Removed, code)
		}
	}
	r.Stages = stageChanges(from.reaches(), to.reaches())
	r.Halted = to.reaches().Halted()
	return r, PublishExempt{Added: missing(to.exempt(), from.exempt()), Removed: missing(from.exempt(), to.exempt())}
}

func stageChanges(from, to Rollout) (out []StageChange) {
	codes := maps.Clone(from)
	if codes == nil {
		codes = Rollout{}
	}
	maps.Copy(codes, to)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if was, is := from[code].String(), to[code].String(); was != is {
			out = append(out, StageChange{code, was, is})
		}
	}
	return out
}

// String says the reach in words: a stage, or more.
func (r Reach) String() string {
	if r.plain() {
		return orText(string(r.Stage), string(Enforce))
	}
	b, err := r.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (s *Set) reaches() Rollout {
	if s == nil {
		return nil
	}
	return s.rollout
}

func (s *Set) exempt() []Exemption {
	if s == nil {
		return nil
	}
	return s.exemptions
}

// missing returns what list has and others has not, in the order of rule and app.
func missing(list, others []Exemption) (out []Exemption) {
	for _, e := range list {
		if !slices.Contains(others, e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Exemption) int { return cmp.Compare(a.Key(), b.Key()) })
	return out
}

// ruleTexts returns, by code, the text of the rules that write the code.
func (s *Set) ruleTexts() map[string]string {
	out := map[string]string{}
	if s == nil {
		return out
	}
	mods, _ := modules(s.files) // as they are written: a compiler renames variables
	for _, name := range slices.Sorted(maps.Keys(mods)) {
		if isTestFile(name) {
			continue
		}
		for _, r := range mods[name].Rules {
			for _, code := range codes(map[string]*ast.Module{"": {Package: r.Module.Package, Rules: []*ast.Rule{r}}}, nil) {
				out[code] += r.String() + "\n"
			}
		}
	}
	for _, b := range s.bindings {
		code := orText(b.Code, policyDenied)
		out[code] += fmt.Sprint(b)
		for _, name := range slices.Sorted(maps.Keys(mods)) {
			if m := mods[name]; !isTestFile(name) && strings.HasPrefix(b.Query, m.Package.Path.String()+".") {
				out[code] += m.String()
			}
		}
	}
	return out
}

// HaltsAbove returns the rules that would newly block more apps than they may,
// sorted. blocked is how many each would.
func (s *Set) HaltsAbove(blocked map[string]int) (out []string) {
	for code, reach := range s.rollout {
		if reach.HaltAbove != nil && blocked[code] > *reach.HaltAbove {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}
