package advice

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// uses counts, for each exemption, the decisions that it has changed, and for each
// app all its decisions.
type uses struct {
	of   map[string]int // by policy.Exemption.Key
	apps map[string]int
}

// exemptions proposes to take out those that have ended, and those that no
// decision about their app has needed.
func (a Advice) exemptions(ctx context.Context, rev preview.Revision, files Files, days int) (out []Proposal, err error) {
	list := rev.Rules().Exemptions()
	if len(list) == 0 {
		return nil, nil
	}
	used, err := a.used(ctx, days)
	if err != nil {
		return nil, err
	}
	today := a.Clock.Now().UTC().Format(time.DateOnly)
	for i, e := range list {
		why := ""
		switch {
		case e.Expires < today:
			why = fmt.Sprintf("The exemption has ended on %s. Nothing changes when it goes.", e.Expires)
		case e.ID != "": // no decision needs it: it is for a finding in the code
			continue
		case used.apps[e.App] > 0 && used.of[e.Key()] == 0:
			why = fmt.Sprintf("None of the %d decisions about %s in %d days has needed it.", used.apps[e.App], e.App, days)
		default:
			continue
		}
		p := Proposal{Kind: DropExemption, Rule: e.Rule, App: e.App, Text: why}
		if p.Diff, err = dropExemption(files.Exemptions, i); err != nil {
			return out, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (a Advice) used(ctx context.Context, days int) (uses, error) {
	out := uses{map[string]int{}, map[string]int{}}
	err := a.Previews.Past(ctx, a.since(days), func(d core.PastDecision) {
		out.apps[d.App]++
		seen := map[string]bool{}
		for _, f := range d.Fired {
			key := policy.Exemption{Rule: f.Code, App: d.App}.Key()
			if f.Became == policy.BecameExempt && !seen[key] {
				seen[key] = true
				out.of[key]++
			}
		}
	})
	return out, err
}
