package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// tidy sorts, drops repeats and merges approvals of one role to the strictest of their terms, so equal answers
// are equal bytes. Lists are never nil.
func tidy(v *core.Verdicts) {
	v.Deny, v.Warn = sorted(v.Deny), sorted(v.Warn)
	byRole := map[core.Role]core.Need{}
	reasons := map[core.Role][]string{}
	for _, n := range v.Approve {
		if other, ok := byRole[n.Role]; ok {
			byRole[n.Role] = other.With(n)
		} else {
			byRole[n.Role] = n
		}
		reasons[n.Role] = append(reasons[n.Role], n.Reason)
	}
	v.Approve = []core.Need{}
	for _, role := range slices.SortedFunc(maps.Keys(byRole), core.CompareRoles) {
		n := byRole[role]
		slices.Sort(reasons[role])
		n.Reason = strings.Join(slices.Compact(reasons[role]), " ")
		v.Approve = append(v.Approve, n)
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
