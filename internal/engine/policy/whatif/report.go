package whatif

import (
	"cmp"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Report is the answer to "what if".
type Report struct {
	From   string       `json:"from"` // revision in force
	To     string       `json:"to"`   // the other one
	Asked  int          `json:"asked"`
	Same   int          `json:"same"`
	Counts map[Kind]int `json:"counts"` // every kind is there
	Rules  []Tally      `json:"by_rule"`
	Owners []Tally      `json:"by_owner"`
	Class  []Tally      `json:"by_classification"`
	Shifts []Shift      `json:"shifts"`        // sorted by kind, app, gate and decision
	Full   int          `json:"asked_in_full"` // subjects that the rules which differ could not settle
}

// Tally counts the shifts of one rule, owner or classification.
type Tally struct {
	Name   string       `json:"name"`
	Counts map[Kind]int `json:"counts"` // only kinds that occur
}

func newReport(from, to *policy.Set) *Report {
	r := &Report{From: from.Revision(), To: to.Revision(), Counts: map[Kind]int{}, Shifts: []Shift{}}
	for _, k := range Kinds {
		r.Counts[k] = 0
	}
	return r
}

// finish sorts the shifts and counts them.
func (r *Report) finish() {
	slices.SortFunc(r.Shifts, func(a, b Shift) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(a.App, b.App),
			cmp.Compare(a.Gate, b.Gate), cmp.Compare(a.Decision, b.Decision))
	})
	rules, owners, class := tallies{}, tallies{}, tallies{}
	for _, s := range r.Shifts {
		r.Counts[s.Kind]++
		for _, rule := range s.Rules {
			rules.add(rule, s.Kind)
		}
		owners.add(s.Owner, s.Kind)
		class.add(string(s.Classification), s.Kind)
	}
	r.Same = r.Asked - len(r.Shifts)
	r.Rules, r.Owners, r.Class = rules.list(), owners.list(), class.list()
}

// Apps counts the apps, not the gates, with a shift of the kind.
func (r *Report) Apps(k Kind) int {
	seen := map[string]bool{}
	for _, s := range r.Shifts {
		if s.Kind == k {
			seen[s.App] = true
		}
	}
	return len(seen)
}

// AppsBlockedBy counts, for each rule, the apps that it newly blocks.
func (r *Report) AppsBlockedBy() map[string]int {
	seen := map[[2]string]bool{}
	out := map[string]int{}
	for _, s := range r.Shifts {
		for _, rule := range s.Rules {
			if id := [2]string{rule, s.App}; s.Kind == Blocked && !seen[id] {
				seen[id] = true
				out[rule]++
			}
		}
	}
	return out
}

type tallies map[string]map[Kind]int

func (t tallies) add(name string, k Kind) {
	if t[name] == nil {
		t[name] = map[Kind]int{}
	}
	t[name][k]++
}

// list puts the one with most shifts first.
func (t tallies) list() []Tally {
	out := []Tally{}
	for name, counts := range t {
		out = append(out, Tally{name, counts})
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(total(b.Counts), total(a.Counts)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func total(counts map[Kind]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// unknown is the shift of a subject that could not be evaluated.
func (s Subject) unknown(err error) Shift {
	return Shift{Kind: Unknown, Gate: s.Gate, App: s.App, Owner: s.Owner, Classification: s.Classification, Decision: s.Decision,
		Rules: []string{}, Why: core.AsError(err).Error()}
}
