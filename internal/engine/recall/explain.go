package recall

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Explained says why a decision was made.
type Explained struct {
	ID      string      `json:"id"`
	Gate    core.Gate   `json:"gate"`
	Result  core.Result `json:"result"`
	Because []Because   `json:"because"` // each rule that fired
	Change  []string    `json:"change"`  // what would have to change for another answer
}

// Because is one rule that fired.
type Because struct {
	Answer string        `json:"answer"` // deny, warn or approve
	Code   string        `json:"code"`   // or the role that is asked
	Said   string        `json:"said"`
	Rule   string        `json:"rule"`
	Place  string        `json:"place"`
	Became string        `json:"became,omitempty"` // what the rollout made of it
	Reads  []policy.Read `json:"reads"`            // the facts that the rule can read, as they were
}

// Explain finds out again which rules fired, what they read, and what would have
// to change. Errors are those of Replay.
func (r *Recall) Explain(ctx context.Context, id core.ID) (Explained, error) {
	d, rules, err := r.again(ctx, id)
	if err != nil {
		return Explained{}, err
	}
	tried, err := rules.Explain(ctx, d.Gate, d.Input)
	if err != nil {
		return Explained{}, err
	}
	out := Explained{ID: string(d.ID), Gate: d.Gate, Result: d.Result, Because: []Because{}, Change: []string{}}
	for _, t := range tried {
		for i, code := range t.Codes {
			out.Because = append(out.Because, Because{Answer: t.Answer, Code: code, Said: t.Said[i], Rule: t.Rule, Place: t.Place, Reads: t.Reads, Became: became(d, t, code)})
		}
	}
	for _, x := range d.Verdicts.Deny {
		if byPeople(x) {
			out.Because = append(out.Because, Because{Answer: "deny", Code: x.Code, Said: x.Message, Rule: x.Rule, Reads: []policy.Read{}})
		}
	}
	out.Change = changes(d)
	return out, nil
}

// became is what the rollout made of a rule, as the decision kept it.
func became(d core.Decision, t policy.Tried, code string) string {
	i := slices.IndexFunc(d.Fired, func(f core.Fired) bool {
		return f.Answer == t.Answer && f.Code == code && f.Rule == t.Rule && f.Place == t.Place
	})
	if i < 0 {
		return ""
	}
	return d.Fired[i].Became
}

// changes says what would have to be otherwise for the act to pass.
func changes(d core.Decision) []string {
	out := []string{}
	if d.Result == core.Allow {
		return out
	}
	for _, x := range d.Verdicts.Deny {
		how := x.Fix
		if how == "" {
			how = "One of the facts that the rule reads has to be another."
		}
		out = append(out, x.Code+": "+how)
	}
	for _, n := range d.Verdicts.Approve {
		out = append(out, "Somebody with the role "+string(n.Role)+" has to say yes: "+n.Reason)
	}
	return out
}
