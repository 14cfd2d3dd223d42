package whatif

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// ResultOf is what verdicts mean for the act, before anybody has approved.
func ResultOf(v core.Verdicts) core.Result {
	switch {
	case len(v.Deny) > 0:
		return core.Deny
	case len(v.Approve) > 0:
		return core.Waiting
	}
	return core.Allow
}

// shift compares two answers; its kind is same if nothing changes.
func (s Subject) shift(before, after core.Verdicts) Shift {
	out := Shift{Gate: s.Gate, App: s.App, Owner: s.Owner, Classification: s.Classification, Decision: s.Decision, From: ResultOf(before), To: ResultOf(after)}
	was, now := speaks(before), speaks(after)
	came, went := without(now, was), without(was, now)
	switch {
	case out.To == core.Deny && out.From != core.Deny:
		out.Kind, out.Rules = Blocked, ofDenials(came)
	case out.To == core.Deny && len(ofDenials(came))+len(ofDenials(went)) > 0:
		out.Kind, out.Rules = Reasons, ofDenials(append(came, went...))
	case out.To == core.Waiting && (out.From != core.Waiting || len(came) > 0):
		out.Kind, out.Rules = Waiting, append(came, ofDenials(went)...)
	case out.To == core.Allow && out.From != core.Allow:
		out.Kind, out.Rules = Allowed, went
	}
	if out.Kind != same {
		slices.Sort(out.Rules)
		out.Why = why(out, before, after)
	}
	return out
}

const approve = "approve:"

// speaks lists what says no: the codes of denials and the roles that must approve.
func speaks(v core.Verdicts) []string {
	out := make([]string, 0, len(v.Deny)+len(v.Approve))
	for _, d := range v.Deny {
		out = append(out, d.Code)
	}
	for _, n := range v.Approve {
		out = append(out, approve+string(n.Role))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func without(list, others []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(others, s) {
			out = append(out, s)
		}
	}
	return out
}

func ofDenials(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return len(s) > len(approve) && s[:len(approve)] == approve })
}

// why is the text of a reason that makes the difference.
func why(s Shift, before, after core.Verdicts) string {
	for _, v := range []core.Verdicts{after, before} {
		for _, d := range v.Deny {
			if slices.Contains(s.Rules, d.Code) {
				return d.Message
			}
		}
		for _, n := range v.Approve {
			if slices.Contains(s.Rules, approve+string(n.Role)) {
				return n.Reason
			}
		}
	}
	return ""
}
