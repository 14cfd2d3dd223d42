package advice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// Kind is what a proposal would do.
type Kind string

// The kinds. Each makes the rules stricter or leaves them as strict as they are.
const (
	EnforceRule   Kind = "enforce_rule"   // a rule that warns would deny
	DropExemption Kind = "drop_exemption" // an exemption that has ended, or was of no use, would go
	AddRule       Kind = "add_rule"       // what reports only tell of would be held by a rule
	TeachFinding  Kind = "teach"          // a course would say more
)

// Proposal is one change that somebody may make.
type Proposal struct {
	Kind Kind   `json:"kind"`
	Rule string `json:"rule"`
	App  string `json:"app,omitempty"` // of an exemption
	Text string `json:"text"`          // why, in a sentence or two
	Diff string `json:"diff"`          // unified, for the governance repository; empty where a person has to write it
	// What it would change; empty for an exemption that has ended.
	Decisions *whatif.Report `json:"past_decisions,omitempty"`
	Fleet     *whatif.Report `json:"fleet,omitempty"`
	// Counts are what reports say; of a rule or a lesson only.
	Counts *Counts `json:"counts,omitempty"`
}

// Files are the texts of the governance repository that proposals change.
type Files struct{ Rollout, Exemptions []byte }

// Where the files are.
const (
	RolloutFile    = "policies/rollout.yaml"
	ExemptionsFile = "policies/exemptions.yaml"
)

// Advice makes proposals. All fields are required.
type Advice struct {
	Previews preview.Previews
	Clock    core.Clock
}

// Proposals returns what the decisions of the last days suggest for the revision
// in force: first rules, then exemptions, each by name. The same records give the
// same proposals.
func (a Advice) Proposals(ctx context.Context, rev preview.Revision, files Files, days int) ([]Proposal, error) {
	out := []Proposal{}
	rollout := rev.Rules().Rollout()
	for _, code := range slices.Sorted(maps.Keys(rollout)) {
		if rollout[code].Stage != policy.Warn || rollout[code].Halted {
			continue
		}
		p, err := a.enforce(ctx, rev, files, code, days)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	exemptions, err := a.exemptions(ctx, rev, files, days)
	return append(out, exemptions...), err
}

// staged is a revision with another rollout.
type staged struct {
	preview.Revision
	rules *policy.Set
}

// Rules implements preview.Revision.
func (s staged) Rules() *policy.Set { return s.rules }

// enforce proposes to enforce a rule that warns, with whom it would hit.
func (a Advice) enforce(ctx context.Context, rev preview.Revision, files Files, code string, days int) (Proposal, error) {
	rollout := maps.Clone(rev.Rules().Rollout())
	reach := rollout[code]
	reach.Stage = policy.Enforce
	rollout[code] = reach
	to := staged{rev, rev.Rules().WithRollout(rollout)}
	p := Proposal{Kind: EnforceRule, Rule: code}
	var err error
	if p.Decisions, err = a.Previews.Decisions(ctx, rev, to, a.since(days)); err != nil {
		return p, err
	}
	if p.Fleet, err = a.Previews.Fleet(ctx, rev, to); err != nil {
		return p, err
	}
	p.Diff, err = changeStage(files.Rollout, code, policy.Enforce)
	p.Text = fmt.Sprintf("The rule only warns. Enforced, it would have blocked %d of %d decisions in %d days, and it would newly block %d apps today.",
		blockedBy(p.Decisions, code), p.Decisions.Asked, days, p.Fleet.AppsBlockedBy()[code])
	return p, err
}

func (a Advice) since(days int) time.Time {
	return a.Clock.Now().Add(-time.Duration(days) * 24 * time.Hour)
}

// blockedBy counts the decisions that the rule alone or with others would have
// turned into a no.
func blockedBy(r *whatif.Report, code string) (n int) {
	for _, s := range r.Shifts {
		if s.Kind == whatif.Blocked && slices.Contains(s.Rules, code) {
			n++
		}
	}
	return n
}
