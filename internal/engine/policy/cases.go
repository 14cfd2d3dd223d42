package policy

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// MaxCases is how many cases one set of policies is held against.
const MaxCases = 10_000

// Case is an example that somebody wrote down: what a gate should say to an input.
type Case struct {
	Note  string // what it is about
	Gate  core.Gate
	Input []byte // JSON; only the keys that matter, see Fill
	Want  Want
	Place string // file:line:column
}

// Want is the answer that a case demands. A list that is nil is not looked at.
type Want struct {
	Result  core.Result
	Codes   []string // of all denials
	Warn    []string // codes of all warnings
	Approve []string // roles that are asked
}

// CaseResult is the outcome of one case.
type CaseResult struct {
	Note    string    `json:"note"`
	Gate    core.Gate `json:"gate"`
	Place   string    `json:"place"`
	Pass    bool      `json:"pass"`
	Problem string    `json:"problem,omitempty"` // why it did not pass
}

// Cases asks the set what each case wants to know, in their order. It is the
// evaluation that decides, with nothing of its own. The error is of a ctx that
// ended: Unavailable.
func (s *Set) Cases(ctx context.Context, list []Case) ([]CaseResult, error) {
	out := make([]CaseResult, 0, len(list))
	for _, c := range list {
		r := CaseResult{Note: c.Note, Gate: c.Gate, Place: c.Place}
		doc, err := Fill(c.Gate, c.Input)
		if err == nil {
			var a Answer
			if a, err = s.Answer(ctx, c.Gate, doc); err == nil {
				r.Problem = c.Want.differs(a.Verdicts)
			}
		}
		if core.CodeOf(err) == core.Unavailable {
			return nil, err
		}
		if err != nil {
			r.Problem = core.AsError(err).Error()
		}
		r.Pass = r.Problem == ""
		out = append(out, r)
	}
	return out, nil
}

// ResultOf is what a gate answers to verdicts before anybody was asked.
func ResultOf(v core.Verdicts) core.Result {
	switch {
	case len(v.Deny) > 0:
		return core.Deny
	case len(v.Approve) > 0:
		return core.Waiting
	}
	return core.Allow
}

// differs says how an answer is not the one that is wanted, "" if it is.
func (w Want) differs(v core.Verdicts) string {
	var bad []string
	if got := ResultOf(v); got != w.Result {
		bad = append(bad, "The answer is "+string(got)+", not "+string(w.Result)+".")
	}
	for _, l := range []struct {
		what      string
		want, got []string
	}{{"The denials are", w.Codes, reasonCodes(v.Deny)}, {"The warnings are", w.Warn, reasonCodes(v.Warn)}, {"The roles that are asked are", w.Approve, needRoles(v.Approve)}} {
		if l.want != nil && !slices.Equal(set(l.want), l.got) {
			bad = append(bad, l.what+" "+listed(l.got)+", not "+listed(set(l.want))+".")
		}
	}
	if len(bad) > 0 && w.Codes == nil && len(v.Deny) > 0 {
		bad = append(bad, "Denied by "+listed(reasonCodes(v.Deny))+".")
	}
	return strings.Join(bad, " ")
}

func reasonCodes(list []core.Reason) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.Code)
	}
	return set(out)
}

func needRoles(list []core.Need) []string {
	out := []string{}
	for _, n := range list {
		out = append(out, string(n.Role))
	}
	return set(out)
}

func set(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

func listed(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
