package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// tidy sorts, drops repeats and merges approvals of one role, so equal answers
// are equal bytes. Lists are never nil.
func tidy(v *core.Verdicts) {
	v.Deny, v.Warn = sorted(v.Deny), sorted(v.Warn)
	byRole := map[core.Role][]string{}
	for _, n := range v.Approve {
		byRole[n.Role] = append(byRole[n.Role], n.Reason)
	}
	v.Approve = []core.Need{}
	for _, role := range core.Roles {
		if reasons := byRole[role]; len(reasons) > 0 {
			slices.Sort(reasons)
			v.Approve = append(v.Approve, core.Need{Role: role, Reason: strings.Join(slices.Compact(reasons), " ")})
		}
	}
}

func sorted(list []core.Reason) []core.Reason {
	out := append([]core.Reason{}, list...)
	slices.SortFunc(out, func(a, b core.Reason) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Fix, b.Fix), cmp.Compare(a.Rule, b.Rule))
	})
	return slices.Compact(out)
}
